/**
 * The conformance suite of work queues: what every queue of keys promises, whoever keeps it.
 * @module
 */
import assert from 'node:assert/strict'
import { queueClasses, type Queue, type QueueClass, type QueueKey } from '../queue/work-queue.ts'
import { keyOf } from '../records.ts'
import { ManualClock } from './manual-clock.ts'
import { runnerFunction } from './runner.ts'

/** Opens an empty queue whose time is that of `clock`. */
export type OpenQueue = (clock: ManualClock) => Queue

/** One rule, ready to run. */
export interface QueueRule {
  readonly title: string
  /** Throws what is wrong. */
  readonly run: () => void
}

const key = (name: string): QueueKey => keyOf('service', 'kind', name)
const now = (of: QueueClass, dueAt = 0) => ({ class: of, dueAt }) as const
const [a, b, c] = [key('a'), key('b'), key('c')]

interface Bench {
  readonly queue: Queue
  readonly clock: ManualClock
  /** Takes what is due and gives it back as done; the keys in order. */
  readonly drain: () => readonly QueueKey[]
}

type Hold = (bench: Bench) => void

const rules: readonly (readonly [title: string, hold: Hold])[] = [
  [
    'a key that is due is taken once, and not before its time',
    ({ queue, drain }) => {
      queue.add(a, now('fresh'))
      queue.add(b, now('fresh', 1))
      assert.deepEqual([drain(), drain()], [[a], []])
      assert.equal(queue.nextDueAt, 1)
    }
  ],
  [
    'each class is taken before the next',
    ({ queue, drain }) => {
      queue.add(a, now('retry'))
      queue.add(b, now('drift'))
      queue.add(c, now('fresh'))
      assert.deepEqual(drain(), [c, b, a])
    }
  ],
  [
    'within a class the longest waiting is taken first, then by name',
    ({ queue, clock, drain }) => {
      queue.add(c, now('fresh', 10))
      clock.set(5)
      queue.add(b, now('fresh', 10))
      queue.add(a, now('fresh', 10))
      clock.set(10)
      assert.deepEqual(drain(), [c, a, b])
    }
  ],
  [
    'the order does not depend on the order in which keys were added',
    ({ queue, drain }) => {
      const entries = queueClasses.flatMap((of) => ['x', 'y', 'z'].map((name) => [key(`${of} ${name}`), of] as const))
      for (const [each, of] of entries.toReversed()) queue.add(each, now(of))
      assert.deepEqual(
        drain(),
        entries.map(([each]) => each)
      )
    }
  ],
  [
    'of a key that is added again the higher class and the earlier time hold',
    ({ queue, clock }) => {
      queue.add(a, now('retry', 50))
      queue.add(a, now('fresh', 90))
      assert.equal(queue.nextDueAt, 50)
      clock.set(50)
      const [started] = queue.takeDue()
      assert.deepEqual([started?.key, started?.class, started?.since], [a, 'fresh', 0])
    }
  ],
  [
    'a started key is in no other pass, and what is added meanwhile is taken afterwards',
    ({ queue, drain }) => {
      queue.add(a, now('drift'))
      const [started] = queue.takeDue()
      queue.add(a, now('fresh'))
      assert.deepEqual([drain(), queue.isStarted(a)], [[], true])
      assert.throws(() => queue.start(a))
      started?.done()
      assert.deepEqual(drain(), [a])
    }
  ],
  [
    'a key that is given back is taken when it is due, and keeps since when it waits',
    ({ queue, clock }) => {
      clock.set(7)
      queue.add(a, now('fresh', 7))
      queue.takeDue()[0]?.requeue(now('retry', 20))
      assert.equal(queue.nextDueAt, 20)
      clock.set(20)
      const [started] = queue.takeDue()
      assert.deepEqual([started?.class, started?.since], ['retry', 7])
    }
  ],
  [
    'a key that is given back and was added meanwhile takes the higher class and the earlier time',
    ({ queue, clock }) => {
      queue.add(a, now('fresh'))
      const [started] = queue.takeDue()
      queue.add(a, now('fresh', 5))
      started?.requeue(now('retry', 90))
      clock.set(5)
      assert.equal(queue.takeDue()[0]?.class, 'fresh')
    }
  ],
  [
    'a started key ends once',
    ({ queue }) => {
      const started = queue.start(a)
      started.done()
      assert.throws(() => started.done())
      assert.throws(() => started.requeue(now('fresh')))
    }
  ],
  [
    'a key that somebody else has looked at is dropped, unless it was added since',
    ({ queue, clock, drain }) => {
      queue.add(a, now('fresh', 50))
      queue.add(b, now('fresh', 50))
      clock.set(20)
      queue.add(b, now('retry', 60))
      queue.seen(a, 10)
      queue.seen(b, 10)
      queue.seen(c, 10)
      clock.set(60)
      assert.deepEqual(drain(), [b])
    }
  ],
  [
    'what waits is counted by class, with the age of the oldest that is due',
    ({ queue, clock }) => {
      queue.add(a, now('fresh'))
      queue.add(b, now('retry', 100))
      clock.set(30)
      assert.deepEqual(queue.pending(), { counts: { fresh: 1, drift: 0, retry: 1 }, oldestMs: 30 })
    }
  ]
]

/** The suite as data. */
export function queueRules(open: OpenQueue): readonly QueueRule[] {
  return rules.map(([title, hold]) => ({
    title,
    run: () => {
      const clock = new ManualClock()
      const queue = open(clock)
      const drain = (): readonly QueueKey[] =>
        queue.takeDue().map((started) => {
          started.done()
          return started.key
        })
      hold({ queue, clock, drain })
    }
  }))
}

/** Registers the suite with the `describe` and `it` of mocha, or of any runner with the same globals. */
export function queueConformance(name: string, open: OpenQueue): void {
  const it = runnerFunction('it')
  runnerFunction('describe')(`${name} keeps the promises of a work queue`, () => {
    for (const { title, run } of queueRules(open)) it(title, () => run())
  })
}
