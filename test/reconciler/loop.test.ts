/**
 * What the loop of a sidecar looks at, when, and in which order.
 */
import assert from 'node:assert/strict'
import { ReconcileError } from '../../src/errors.ts'
import { keyOf } from '../../src/records.ts'
import { silence, Town } from './town.ts'

const sorted = (calls: readonly string[]): readonly string[] => calls.toSorted()

describe('the loop', () => {
  it('looks at everything at once, and then every interval, exactly as given', async () => {
    const town = new Town()
    town.declare({ box: {} })
    await town.start(30_000)
    await town.pass(90_000)
    assert.deepEqual(
      town.reports.map(({ startedAt, scope }) => [startedAt, scope]),
      [0, 30_000, 60_000, 90_000].map((at) => [at, 'all'])
    )
    await town.stop()
  })

  it('keeps the interval from start to start, whatever a pass takes', async () => {
    const town = new Town()
    town.declare({ box: {} })
    town.mood = () => town.clock.sleep(700)
    await town.start(1_000)
    await town.pass(3_000)
    assert.deepEqual(
      town.reports.map(({ startedAt }) => startedAt),
      [0, 1_000, 2_000]
    )
    await town.stop()
  })

  it('sees what it has written a second later, and reads only that', async () => {
    const town = new Town()
    town.declare({ box: { a: { s1: 1 } } })
    town.holds('box', { b: {}, c: {} })
    await town.start()
    assert.deepEqual(town.take(), ['observe box *', 'create box a'])
    await town.pass(1_000)
    assert.deepEqual(town.take(), ['observe box a'])
    assert.equal(town.reports.at(-1)?.status, 'in-sync')
    await town.pass(28_999)
    assert.deepEqual(town.take(), [])
    await town.stop()
  })

  it('drops a look that is due when a look at everything has seen the item in sync', async () => {
    const town = new Town()
    town.declare({ box: { a: { s1: 1 } } })
    // Acknowledged, and shown by nobody for a while: the next look is due when it should be there.
    let isShown = false
    town.mood = (call) => {
      if (call === 'create box a') void town.clock.sleep(5_000).then(() => (isShown = true))
      if (call.startsWith('observe') && !isShown) town.hide('box', 'a')
      else if (call.startsWith('observe')) town.show('box', 'a')
    }
    await town.start(12_000)
    await town.pass(12_000)
    assert.equal(town.reports.at(-1)?.status, 'in-sync')
    town.take()
    await town.pass(26_000)
    assert.deepEqual(town.take(), ['observe box *', 'observe box *'])
    await town.stop()
  })

  it('reads and writes the one item that has changed, and no other', async () => {
    const town = new Town([{ kind: 'crate' }, { kind: 'box' }])
    const declared = { crate: { x: { s1: 1 } }, box: { a: { s1: 1 }, b: { s1: 1 } } }
    town.declare(declared)
    await town.start()
    await town.pass(5_000)
    town.take()
    town.declare({ ...declared, box: { a: { s1: 2 }, b: { s1: 1 } } })
    await town.settle()
    assert.deepEqual(town.take(), ['observe box a', 'update box a'])
    const { scope, known } = town.reports.at(-1) ?? assert.fail()
    assert.deepEqual([scope, known.outcomes.length], [new Set([keyOf('town', 'box', 'a')]), 3])
    await town.stop()
  })

  it('looks at everything when an item went, the policy changed, or the files cannot be used', async () => {
    const town = new Town()
    town.declare({ box: { a: { s1: 1 }, b: { s1: 1 } } })
    await town.start()
    await town.pass(5_000)
    const seen: unknown[] = []
    for (const change of [
      () => town.declare({ box: { a: { s1: 1 } } }),
      () => town.declare({ box: { a: { s1: 1 } } }, 'mode: observe'),
      () => town.mount({ 'boxs.json': '{' })
    ]) {
      town.take()
      change()
      await town.settle()
      seen.push([town.take()[0], town.reports.at(-1)?.status])
    }
    assert.deepEqual(seen, [
      ['observe box *', 'in-sync'],
      ['observe box *', 'in-sync'],
      ['observe box *', 'degraded']
    ])
    await town.stop()
  })

  it('reads everything where more items are due than are worth asking for by name', async () => {
    const town = new Town()
    const boxes = (value: number) =>
      Object.fromEntries(Array.from({ length: 101 }, (_, index) => [`b${index}`, { s1: value }]))
    town.declare({ box: boxes(1) })
    await town.start()
    await town.pass(5_000)
    town.take()
    town.declare({ box: boxes(2) })
    await town.settle()
    assert.equal(town.take()[0], 'observe box *')
    await town.stop()
  })

  it('reads a kind whole that cannot be read in part, and plans only what has changed', async () => {
    const town = new Town([{ kind: 'box', scoped: false }])
    town.declare({ box: { a: { s1: 1 }, b: { s1: 1 } } })
    await town.start()
    await town.pass(5_000)
    town.holds('box', { b: { s1: 7 } })
    town.take()
    town.declare({ box: { a: { s1: 2 }, b: { s1: 1 } } })
    await town.settle()
    assert.deepEqual(town.take(), ['observe box *', 'update box a'])
    await town.stop()
  })

  it('tries an item again when it is due, and reads only that', async () => {
    const town = new Town()
    town.declare({ box: { a: { s1: 1 }, b: { s1: 1 } } })
    town.mood = (call) => {
      if (call === 'create box a') throw new ReconcileError('UNAVAILABLE', 'later')
    }
    await town.start()
    town.take()
    await town.pass(500)
    assert.deepEqual(town.take(), ['observe box a', 'create box a'])
    await town.stop()
  })

  it('repairs drift at the next interval', async () => {
    const town = new Town()
    town.declare({ box: { a: { s1: 1 } } })
    await town.start()
    await town.pass(5_000)
    town.holds('box', { a: { s1: 9 } })
    await town.pass(25_000)
    assert.equal(town.fieldsOf('box', 'a')?.s1, 1)
    await town.stop()
  })
})

describe('a write that is not answered', () => {
  const kinds = [{ kind: 'crate' }, { kind: 'box', after: ['crate'] }, { kind: 'tin' }]

  it('holds up only its own item and kinds that come after its kind', async () => {
    const town = new Town(kinds)
    town.mood = (call, signal) => (call === 'create crate x' ? silence(signal) : undefined)
    const tins = Object.fromEntries(Array.from({ length: 50 }, (_, index) => [`t${index}`, { s1: 1 }]))
    town.declare({ crate: { x: { s1: 1 }, y: { s1: 1 } }, box: { a: { s1: 1 } }, tin: tins })
    await town.start()
    assert.equal(town.told.filter((line) => /^tin\/\S+ create done$/.test(line)).length, 50)
    assert.ok(town.told.includes('crate/y create done'))
    assert.equal(town.fieldsOf('box', 'a'), undefined)
    await town.pass(1_000)
    town.declare({ crate: { x: { s1: 1 }, y: { s1: 1 } }, box: { a: { s1: 1 } }, tin: { ...tins, t0: { s1: 2 } } })
    await town.settle()
    assert.equal(town.fieldsOf('tin', 't0')?.s1, 2)
    await town.stop()
  })

  it('ends by its own deadline and is tried again alone; then what came after it is done', async () => {
    const town = new Town(kinds, { cycleTimeoutMs: 10_000 })
    let isSilent = true
    town.mood = (call, signal) => (isSilent && call === 'create crate x' ? silence(signal) : undefined)
    town.declare({ crate: { x: { s1: 1 } }, box: { a: { s1: 1 } } })
    await town.start()
    await town.pass(5_000)
    town.take()
    isSilent = false
    await town.pass(5_000)
    assert.ok(town.told.includes('crate/x create failed tried'), town.told.join('\n'))
    await town.pass(2_000)
    assert.deepEqual([town.fieldsOf('crate', 'x')?.s1, town.fieldsOf('box', 'a')?.s1], [1, 1], town.calls.join('\n'))
    await town.stop()
  })

  it('keeps its key: no other pass writes that item meanwhile', async () => {
    const town = new Town(kinds)
    town.mood = (call, signal) => (call.startsWith('create crate') ? silence(signal) : undefined)
    town.declare({ crate: { x: { s1: 1 } } })
    await town.start(1_000)
    await town.pass(20_000)
    town.declare({ crate: { x: { s1: 2 } } })
    await town.pass(20_000)
    assert.equal(town.calls.filter((call) => call === 'create crate x').length, 1)
    await town.stop()
  })

  it('does not hold up the look at everything', async () => {
    const town = new Town(kinds)
    town.mood = (call, signal) => (call === 'create crate x' ? silence(signal) : undefined)
    town.declare({ crate: { x: { s1: 1 } }, tin: { t: { s1: 1 } } })
    await town.start(10_000)
    await town.pass(9_000)
    town.holds('tin', { t: { s1: 9 } })
    await town.pass(1_000)
    assert.equal(town.fieldsOf('tin', 't')?.s1, 1)
    await town.stop()
  })
})

describe('a newer configuration', () => {
  it('is not queued behind an older one: what is not begun is dropped', async () => {
    const town = new Town([{ kind: 'box' }], { concurrency: 1 })
    town.mood = (call) => (call.startsWith('create') ? town.clock.sleep(1_000) : undefined)
    const boxes = (value: number) =>
      Object.fromEntries(Array.from({ length: 20 }, (_, index) => [`b${index}`, { s1: value }]))
    town.declare({ box: boxes(1) })
    await town.start()
    await town.pass(1_500)
    town.take()
    town.declare({ box: boxes(2) })
    await town.pass(40_000)
    const written = town.calls.filter((call) => call.startsWith('create'))
    assert.equal(new Set(written).size, written.length, 'nothing was created twice')
    assert.deepEqual(
      Object.keys(boxes(0)).map((name) => town.fieldsOf('box', name)?.s1),
      Object.keys(boxes(0)).map(() => 2)
    )
    await town.stop()
  })

  it('waits for at most one call a slot, however many items fail', async () => {
    const town = new Town([{ kind: 'box' }], { concurrency: 4, ledger: { baseMs: 1, capMs: 1 } })
    town.mood = async (call) => {
      if (!/ (?:create|update)|^(?:create|update)/.test(call) || call.endsWith(' fresh')) return
      await town.clock.sleep(100)
      throw new ReconcileError('UNAVAILABLE', 'later')
    }
    const failing = Object.fromEntries(Array.from({ length: 1_000 }, (_, index) => [`f${index}`, { s1: 1 }]))
    town.declare({ box: failing })
    await town.start()
    await town.pass(30_000)
    town.take()
    town.declare({ box: { ...failing, fresh: { s1: 1 } } })
    await town.pass(100)
    assert.ok(town.fieldsOf('box', 'fresh') !== undefined)
    const before = town.calls.findIndex((call) => call === 'create box fresh')
    assert.ok(town.calls.slice(0, before).filter((call) => call.startsWith('create')).length <= 4)
    await town.stop()
  })

  it('that comes again and again starves nothing: what was put off goes first in the next pass', async () => {
    const town = new Town([{ kind: 'box' }], { concurrency: 2 })
    town.mood = (call) => (/^(?:create|update)/.test(call) ? town.clock.sleep(1_000) : undefined)
    const declared = (value: number) => ({ box: { a: { s1: value }, b: { s1: value }, old: { s1: 1 } } })
    town.declare(declared(0))
    await town.start(10_000)
    await town.pass(9_000)
    town.holds('box', { old: { s1: 9 } })
    for (let value = 1; value < 60 && town.fieldsOf('box', 'old')?.s1 !== 1; value += 1) {
      town.declare(declared(value))
      await town.pass(500)
    }
    assert.equal(town.fieldsOf('box', 'old')?.s1, 1)
    await town.stop()
  })
})

describe('a service that does not answer', () => {
  it('is asked less and less, not at all between probes, and at once when the files change', async () => {
    const town = new Town()
    let isDown = true
    town.mood = () => {
      if (isDown) throw new ReconcileError('UNREACHABLE', 'down')
    }
    town.declare({ box: { a: { s1: 1 } } })
    await town.start(30_000)
    await town.pass(120_000)
    const asked = town.take().length
    assert.ok(asked >= 5 && asked < 15, String(asked))
    assert.equal(town.state?.breaker, 'open')
    assert.equal(town.reports.at(-1)?.status, 'blind')
    isDown = false
    town.declare({ box: { a: { s1: 2 } } })
    await town.settle()
    assert.deepEqual(sorted(town.take()), ['create box a', 'identity', 'observe box *', 'observe box a'])
    assert.equal(town.state?.breaker, 'closed')
    await town.stop()
  })

  it('is found again by itself', async () => {
    const town = new Town()
    let isDown = true
    town.mood = () => {
      if (isDown) throw new ReconcileError('UNREACHABLE', 'down')
    }
    town.declare({ box: { a: { s1: 1 } } })
    await town.start(30_000)
    await town.pass(300_000)
    isDown = false
    await town.pass(60_000)
    assert.equal(town.fieldsOf('box', 'a')?.s1, 1)
    await town.stop()
  })

  it('kills no item, however long its writes fail', async () => {
    const town = new Town()
    let isDown = true
    town.mood = (call) => {
      if (isDown && call.startsWith('create')) throw new ReconcileError('UNREACHABLE', 'down')
    }
    town.declare({ box: { a: { s1: 1 }, b: { s1: 1 } } })
    await town.start(30_000)
    await town.pass(1_800_000)
    assert.ok(!town.told.some((line) => line.includes('dead')))
    isDown = false
    await town.pass(300_000)
    assert.deepEqual([town.fieldsOf('box', 'a')?.s1, town.fieldsOf('box', 'b')?.s1], [1, 1])
    await town.stop()
  })
})

describe('a field that somebody else keeps writing', () => {
  it('is repaired, told with both values, and paced', async () => {
    const town = new Town()
    town.declare({ box: { a: { s1: 1 } } })
    town.holds('box', { a: { s1: 1 } })
    await town.start(10_000)
    for (let minutes = 0; minutes < 30; minutes += 1) {
      await town.pass(50_000)
      town.holds('box', { a: { s1: 7 } })
      await town.pass(10_000)
    }
    const contested = town.outcomes.findLast((outcome) => outcome.contested !== null)?.contested
    // Also while it is in sync between two repairs.
    assert.ok(town.outcomes.some(({ verb, contested: fight }) => verb === 'keep' && fight?.fields[0]?.theirs === 7))
    assert.deepEqual(contested?.fields, [{ path: 's1', ours: 1, theirs: 7 }])
    assert.ok(town.calls.filter((call) => call.startsWith('update')).length < 12)
    await town.stop()
  })
})

describe('an operator', () => {
  it('gets a look at everything at once', async () => {
    const town = new Town()
    town.declare({ box: { a: { s1: 1 } } })
    await town.start()
    await town.pass(5_000)
    town.take()
    town.reconciler.control.run()
    await town.settle()
    assert.deepEqual(town.take(), ['observe box *'])
    await town.stop()
  })
})

describe('a loop that is stopped', () => {
  it('ends at once while it waits', async () => {
    const town = new Town()
    town.declare({ box: {} })
    await town.start()
    await town.stop()
    assert.equal(town.reports.length, 1)
  })

  it('waits for calls in flight, also for those that have outlived their pass', async () => {
    const town = new Town([{ kind: 'crate' }, { kind: 'tin' }], { cycleTimeoutMs: 60_000 })
    town.mood = (call, signal) => (call === 'create crate x' ? silence(signal) : undefined)
    town.declare({ crate: { x: { s1: 1 } }, tin: {} })
    await town.start()
    await town.pass(40_000)
    await town.stop()
    assert.equal(town.told.at(-1), 'crate/x create failed tried')
  })
})
