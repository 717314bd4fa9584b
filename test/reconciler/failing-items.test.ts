/**
 * Items that fail again and again: what they cost the others, and what becomes of them.
 */
import assert from 'node:assert/strict'
import { ReconcileError } from '../../src/errors.ts'
import { keyOf } from '../../src/records.ts'
import { Town, type Items } from './town.ts'

describe('items that always fail', () => {
  const minuteMs = 60_000
  const numbered = (name: string, count: number): Items =>
    Object.fromEntries(Array.from({ length: count }, (_, index) => [`${name}${index}`, { s1: 1 }]))
  const good = numbered('good', 950)
  const bad = numbered('bad', 50)

  /** 50 of 1,000 items fail, each after a second. */
  async function failing(): Promise<Town> {
    const town = new Town([{ kind: 'box' }], { concurrency: 4 })
    town.mood = async (call) => {
      if (!call.startsWith('create box bad')) return
      await town.clock.sleep(1_000)
      throw new ReconcileError('UNAVAILABLE', 'no')
    }
    town.declare({ box: { ...bad, ...good } })
    await town.start(30_000)
    return town
  }

  const deadIn = ({ reports }: Town): number =>
    reports.at(-1)?.known.outcomes.filter(({ reason }) => reason === 'dead').length ?? 0

  it('hold up nobody: of 1,000 all others are done in the first pass', async () => {
    const town = await failing()
    await town.pass(20_000)
    const [first] = town.reports
    const results = Map.groupBy(first?.outcomes ?? [], ({ result }) => result)
    assert.deepEqual([results.get('done')?.length, results.get('failed')?.length], [950, 50])
    await town.stop()
  })

  it('make a new item wait for one call a slot', async () => {
    const town = await failing()
    await town.pass(5 * minuteMs)
    const waits: number[] = []
    for (let index = 0; index < 10; index += 1) {
      // Another moment of their retries each time.
      await town.pass(7_300)
      town.take()
      town.declare({ box: { ...bad, ...good, ...numbered('fresh', index + 1) } })
      await town.pass(1_000)
      const before = town.calls.indexOf(`create box fresh${index}`)
      waits.push(
        before === -1 ? Infinity : town.calls.slice(0, before).filter((call) => call.startsWith('create')).length
      )
    }
    assert.ok(Math.max(...waits) <= 4, waits.join(', '))
    await town.stop()
  })

  it('die after their attempts and their time, and cost nothing from then on', async () => {
    const town = await failing()
    await town.pass(29 * minuteMs)
    assert.equal(deadIn(town), 0)
    await town.pass(20 * minuteMs)
    assert.equal(deadIn(town), 50)
    const idle = new Town()
    idle.declare({ box: good })
    await idle.start(30_000)
    await idle.pass(5 * minuteMs)
    for (const each of [town, idle]) each.take()
    for (const each of [town, idle]) await each.pass(5 * minuteMs)
    assert.deepEqual(town.take(), idle.take())
    for (const each of [town, idle]) await each.stop()
  })

  it('are tried at once when an operator asks for it, and unknown ones are named', async () => {
    const town = new Town()
    let isBad = true
    town.mood = (call) => {
      if (isBad && call === 'create box a') throw new ReconcileError('REJECTED', 'no')
    }
    town.declare({ box: { a: { s1: 1 }, b: { s1: 1 } } })
    await town.start()
    await town.pass(5_000)
    isBad = false
    const [a, b, z] = ['a', 'b', 'z'].map((name) => keyOf('town', 'box', name))
    assert.ok(a !== undefined && b !== undefined && z !== undefined)
    assert.deepEqual(town.reconciler.control.requeue([a, b, z]), { requeued: [a], unknown: [z], notDead: [b] })
    await town.settle()
    assert.equal(town.fieldsOf('box', 'a')?.s1, 1)
    await town.stop()
  })
})
