import assert from 'node:assert/strict'
import type { ConfigAlteration } from '../../../../reconcilers/kafka/admin.ts'
import { adapterErrors } from '../../../../reconcilers/kafka/broker-errors.ts'
import { alterConfigs } from '../../../../reconcilers/kafka/kafkajs/alter-configs.ts'
import type { Asking, Outcome } from '../../../../reconcilers/kafka/kafkajs/session.ts'

interface Entry {
  readonly value: string | null
  readonly source?: number
  readonly sensitive?: boolean
}
type Config = Readonly<Record<string, Entry>>

/** Shows one configuration after another, the last one for ever, and notes what it was asked. */
class FakeSession implements Asking {
  readonly brokerTimeout = 800
  readonly asked: string[] = []
  readonly #shown: Config[]

  constructor(...shown: readonly Config[]) {
    this.#shown = [...shown]
  }

  ask<T>(operation: string): Promise<Outcome<T>> {
    this.asked.push(operation)
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the answer kafkajs gives to this operation
    return Promise.resolve({ value: (operation === 'DescribeConfigs' ? this.#describe() : undefined) as T })
  }

  #describe() {
    const config = (this.#shown.length > 1 ? this.#shown.shift() : this.#shown[0]) ?? {}
    const configEntries = Object.entries(config).map(([configName, { value, source = 1, sensitive = false }]) => ({
      configName,
      configValue: value,
      configSource: source,
      isSensitive: sensitive,
      readOnly: false,
      configSynonyms: []
    }))
    return { resources: [{ resourceType: 2, resourceName: 'orders', configEntries }] }
  }
}

const keep: Entry = { value: '12345' }
const alteration: ConfigAlteration = { type: 'topic', name: 'orders', set: { 'retention.ms': '2' }, remove: [] }

async function alter(session: Asking, change: Partial<ConfigAlteration> = {}) {
  const [answer] = await alterConfigs(session, [{ ...alteration, ...change }], new AbortController().signal)
  return answer?.error
}

describe('replacing all keys of a topic through kafkajs', () => {
  it('validates before it writes, and reads again afterwards', async () => {
    const session = new FakeSession(
      { 'retention.ms': { value: '1' }, 'max.message.bytes': keep },
      { 'retention.ms': { value: '2' }, 'max.message.bytes': keep }
    )
    assert.equal(await alter(session), undefined)
    assert.deepEqual(session.asked, ['DescribeConfigs', 'AlterConfigs', 'AlterConfigs', 'DescribeConfigs'])
  })

  for (const [reason, entry] of [
    ['sensitive', { value: null, sensitive: true }],
    ['without a value', { value: null }]
  ] as const) {
    it(`is refused when the topic carries a key that is ${reason}, and nothing is sent`, async () => {
      const session = new FakeSession({ 'retention.ms': { value: '1' }, 'secret.key': entry })
      const error = await alter(session)
      assert.equal(error?.code, adapterErrors.UNSAFE_WITH_THIS_CLIENT)
      assert.match(error.message, /secret\.key/)
      assert.deepEqual(session.asked, ['DescribeConfigs'])
    })
  }

  it('does not mind a hidden value that is not the topic’s own, or is to be replaced or removed', async () => {
    const hidden: Entry = { value: null, sensitive: true }
    const inherited = { 'secret.key': { ...hidden, source: 4 } }
    assert.equal(await alter(new FakeSession(inherited, { ...inherited, 'retention.ms': { value: '2' } })), undefined)
    const replaced = new FakeSession({ 'secret.key': hidden }, { 'secret.key': hidden })
    assert.equal(await alter(replaced, { set: { 'secret.key': 'new' } }), undefined)
    assert.equal(
      await alter(new FakeSession({ 'secret.key': hidden }, {}), { set: {}, remove: ['secret.key'] }),
      undefined
    )
  })

  it('waits for a reader that lags behind', async () => {
    const before = { 'retention.ms': { value: '1' }, 'segment.ms': keep }
    const session = new FakeSession(before, before, { 'retention.ms': { value: '2' } })
    assert.equal(await alter(session, { remove: ['segment.ms'] }), undefined)
  })

  it('says that somebody else wrote when a key that was kept is not as it was', async () => {
    const session = new FakeSession(
      { 'max.message.bytes': keep },
      { 'max.message.bytes': { value: '777' }, 'retention.ms': { value: '2' } }
    )
    const error = await alter(session)
    assert.equal(error?.code, adapterErrors.CHANGED_MEANWHILE)
    assert.match(error.message, /max\.message\.bytes/)
  })
})
