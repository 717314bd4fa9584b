import assert from 'node:assert/strict'
import { writeFileSync } from 'node:fs'
import { rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { watchDirectory } from '../../src/read/watch.ts'
import type { WatcherFactory } from '../../src/read/watcher.ts'
import { AtomicWriter } from './kubelet.ts'
import { inTemporaryDirectory, payloadOf, until, versionOf } from './versions.ts'
import { neverPoll, puppet, reasonsOf, watching } from './watching.ts'

/** What the system says when all inotify watches are used. */
const exhausted = (path: string): Error =>
  Object.assign(new Error(`ENOSPC: System limit for number of file watchers reached, watch '${path}'`), {
    code: 'ENOSPC'
  })

describe('A watcher that fails', () => {
  it('is reported once, leaves the poll in charge and is started again until it works', async () => {
    await inTemporaryDirectory(async (directory) => {
      const watcher = puppet()
      await watching(directory, { pollMs: 30, watcher: watcher.factory }, async (told) => {
        await until('the first watcher', () => watcher.started.length === 1 && told.changes.length === 1)
        const fail = (): void => {
          for (const path of ['/config', '/config/..data', '/config/a'])
            watcher.started.at(-1)?.onError(exhausted(path))
          // chokidar says ready all the same and is deaf from then on
          watcher.started.at(-1)?.onReady()
        }
        fail()
        await writeFile(join(directory, 'a'), '1')
        await until('the change', () => told.latest('a') === '1')
        assert.equal(told.changes.at(-1)?.foundBy, 'poll')
        assert.deepEqual(reasonsOf(told), [`degraded: ${exhausted('/config').message}`])

        for (const attempt of [2, 3]) {
          await until('a new watcher', () => watcher.started.length === attempt)
          fail()
        }
        await until('a new watcher', () => watcher.started.length === 4)
        assert.equal(told.problems.length, 1)
        assert.equal(watcher.open, 1)

        watcher.started.at(-1)?.onReady()
        // Several polls.
        await sleep(120)
        assert.equal(watcher.started.length, 4)
        fail()
        assert.equal(told.problems.length, 2)
      })
      assert.equal(watcher.open, 0)
    })
  })

  it('is the same when it cannot even be made', async () => {
    await inTemporaryDirectory(async (directory) => {
      let tries = 0
      const watcher: WatcherFactory = (path) => {
        tries += 1
        throw exhausted(path)
      }
      await watching(directory, { pollMs: 50, watcher }, async (told) => {
        await until('a second try', () => tries > 1)
        await writeFile(join(directory, 'a'), '1')
        await until('the change', () => told.latest('a') === '1')
        assert.equal(told.changes.at(-1)?.foundBy, 'poll')
        assert.deepEqual(reasonsOf(told), [`degraded: ${exhausted(directory).message}`])
      })
    })
  })

  it('shows by what the poll finds when it is silently deaf', async () => {
    await inTemporaryDirectory(async (directory) => {
      const watcher = puppet()
      await watching(directory, { pollMs: 400, watcher: watcher.factory }, async (told) => {
        await until('the first content', () => told.changes.length === 1)
        // Ready means one more reading, which is over when it has told what it found.
        writeFileSync(join(directory, 'a'), '1')
        watcher.started[0]?.onReady()
        await until('the change it announces', () => told.latest('a') === '1')
        await writeFile(join(directory, 'a'), '2')
        await until('the change it is deaf to', () => told.latest('a') === '2')
        assert.deepEqual(
          told.changes.map(({ foundBy }) => foundBy),
          ['event', 'event', 'poll']
        )
        assert.deepEqual([told.problems.length, watcher.started.length], [0, 1])
      })
    })
  })
})

describe('A burst of events', () => {
  it('is read while it lasts: later events do not postpone the reading', async () => {
    await inTemporaryDirectory(async (directory) => {
      const watcher = puppet()
      await new AtomicWriter(directory, { generation: 'newer' }).write({ a: '1' })
      await watching(directory, { pollMs: neverPoll, watcher: watcher.factory }, async (told) => {
        await until('the first content', () => told.latest('a') === '1')
        const burst = setInterval(() => watcher.started[0]?.onEvent(), 5)
        try {
          await new AtomicWriter(directory, { generation: 'newer' }).write({ a: '2' })
          await until('the change in the middle of the burst', () => told.latest('a') === '2')
        } finally {
          clearInterval(burst)
        }
      })
    })
  })

  it('is one reading', async () => {
    await inTemporaryDirectory(async (directory) => {
      const watcher = puppet()
      const writer = new AtomicWriter(directory, { generation: 'newer' })
      await writer.write(payloadOf(0))
      await watching(
        directory,
        {
          pollMs: neverPoll,
          coalesceMs: 200,
          watcher: watcher.factory
        },
        async ({ changes }) => {
          await until('the first content', () => changes.length === 1)
          const begin = performance.now()
          watcher.started[0]?.onEvent()
          for (let version = 1; version <= 5; version += 1) {
            await writer.write(payloadOf(version))
            watcher.started[0]?.onEvent()
          }
          await until('the last version', () => changes.length === 2)
          assert.ok(performance.now() - begin >= 199)
          await sleep(250)
          assert.deepEqual(
            changes.map(({ snapshot }) => versionOf(snapshot)),
            [0, 5]
          )
        }
      )
    })
  })

  it('does not hold up a version that came in one step', async () => {
    await inTemporaryDirectory(async (directory) => {
      const watcher = puppet()
      const writer = new AtomicWriter(directory, { generation: 'newer' })
      await writer.write(payloadOf(0))
      const options = { pollMs: neverPoll, coalesceMs: neverPoll, watcher: watcher.factory }
      await watching(directory, options, async ({ changes }) => {
        await until('the first content', () => changes.length === 1)
        watcher.started[0]?.onEvent()
        await writer.write(payloadOf(1))
        watcher.started[0]?.onSwap()
        await until('the version', () => changes.length === 2)
      })
    })
  })

  it('that ends while a reading is in flight means one more reading', async () => {
    await inTemporaryDirectory(async (directory) => {
      const watcher = puppet()
      const seen: (string | undefined)[] = []
      const watch = watchDirectory(directory, {
        pollMs: neverPoll,
        watcher: watcher.factory,
        onChange: (_, snapshot) => {
          seen.push(snapshot.files.get('a')?.toString())
          if (seen.length > 1) return
          // The files are read and the reading is not yet over: this is what must not get lost.
          writeFileSync(join(directory, 'a'), '1')
          watcher.started[0]?.onReady()
        },
        onProblem: (problem) => assert.fail(problem.kind)
      })
      try {
        await until('the change', () => seen.length === 2)
        assert.deepEqual(seen, [undefined, '1'])
      } finally {
        await watch.close()
      }
    })
  })
})

/** Watches of the operating system that are open in this process. */
const watches = (): number => process.getActiveResourcesInfo().filter((resource) => resource === 'FSEventWrap').length

describe('Closing a watch', () => {
  it('leaves no watcher and no timer behind and tells nothing more', async () => {
    await inTemporaryDirectory(async (directory) => {
      const before = watches()
      await writeFile(join(directory, 'a'), '1')
      await watching(directory, { pollMs: 20 }, async (told, watch) => {
        await until('the first content', () => told.changes.length === 1)
        assert.ok(watches() > before)
        await writeFile(join(directory, 'a'), '2')
        await watch.close()
        const told1 = told.changes.length
        await writeFile(join(directory, 'a'), '3')
        await rm(join(directory, 'a'))
        await sleep(250)
        assert.equal(told.changes.length, told1)
        assert.equal(watches(), before)
      })
    })
  })

  it('does not wait for a directory to settle, and may be the first thing that happens', async () => {
    await inTemporaryDirectory(async (directory) => {
      const before = watches()
      const begin = performance.now()
      for (const delay of [0, 1, 5, 20]) {
        await watching(directory, {}, async (told, watch) => {
          if (delay > 0) await sleep(delay)
          await watch.close()
          assert.deepEqual([told.changes.length, told.problems.length], [0, 0])
        })
      }
      assert.ok(performance.now() - begin < 5_000)
      await sleep(50)
      assert.equal(watches(), before)
    })
  })
})
