import assert from 'node:assert/strict'
import { BrokerOrder } from '../../../reconcilers/kafka/broker-order.ts'

const brokers = ['a', 'b', 'c'].map((host) => ({ host, port: 1 }))
const [a, b, c] = brokers

describe('the order in which brokers are tried', () => {
  const orderAfter = (...failed: (typeof a)[]): string => {
    const order = new BrokerOrder(brokers)
    for (const broker of failed) if (broker !== undefined) order.failed(broker)
    return order
      .inTurn()
      .map(({ host }) => host)
      .join('')
  }

  it('begins behind the broker that failed last, and comes round again', () => {
    assert.equal(orderAfter(), 'abc')
    assert.equal(orderAfter(a), 'bca')
    assert.equal(orderAfter(a, b), 'cab')
    assert.equal(orderAfter(a, b, c), 'abc')
  })

  it('moves once when several connections fail on the same broker, and never for a broker that is not the first', () => {
    assert.equal(orderAfter(a, a), 'bca')
    assert.equal(orderAfter(b), 'abc')
  })
})
