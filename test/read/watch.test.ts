import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { appendFile, chmod, mkdir, rename, rm, utimes, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { z } from 'zod'
import type { ConfigFiles } from '../../src/parse/desired.ts'
import type { ReadProblem, Watch } from '../../src/read/look.ts'
import { type DirectoryWatchOptions, watchDirectory } from '../../src/read/watch.ts'
import type { WatcherFactory, WatcherListeners } from '../../src/read/watcher.ts'
import { AtomicWriter, type Generation } from './kubelet.ts'
import { inTemporaryDirectory, payloadOf, until, versionOf } from './versions.ts'

/** Long enough for no poll to happen in a test: what is found then, the watcher has found. */
const neverPoll = 60_000

interface Told {
  readonly changes: { readonly foundBy: 'event' | 'poll'; readonly snapshot: ConfigFiles }[]
  readonly problems: ReadProblem[]
  /** Content of a file in the last snapshot. */
  latest(name: string): string | undefined
}

/** Runs with a watch on a directory and everything it has told, and closes it. */
async function watching(
  directory: string,
  options: Omit<DirectoryWatchOptions, 'onChange' | 'onProblem'>,
  run: (told: Told, watch: Watch) => Promise<void>
): Promise<void> {
  const told: Told = {
    changes: [],
    problems: [],
    latest: (name) => {
      const content = told.changes.at(-1)?.snapshot.files.get(name)
      return content && Buffer.from(content).toString()
    }
  }
  const watch = watchDirectory(directory, {
    ...options,
    onChange: (foundBy, snapshot) => told.changes.push({ foundBy, snapshot }),
    onProblem: (problem) => told.problems.push(problem)
  })
  try {
    await run(told, watch)
  } finally {
    await watch.close()
  }
}

/** A watcher that says only what the test makes it say. */
function puppet(): { readonly factory: WatcherFactory; readonly started: WatcherListeners[]; open: number } {
  const watcher = {
    started: [] as WatcherListeners[],
    open: 0,
    factory: ((_, listeners) => {
      watcher.started.push(listeners)
      watcher.open += 1
      return {
        close: () => {
          watcher.open -= 1
          return Promise.resolve()
        }
      }
    }) satisfies WatcherFactory
  }
  return watcher
}

const reasonsOf = (told: Told): string[] =>
  told.problems.map((problem) => (problem.kind === 'degraded' ? `degraded: ${problem.reason}` : problem.error.message))

describe('Watching a mounted volume', function () {
  this.timeout(90_000)

  it('tells only whole versions, in order, and always the last one, however fast 200 updates come', async () => {
    const updates = 200
    const follow = async (generation: Generation, gapMs: number): Promise<void> =>
      inTemporaryDirectory(async (directory) => {
        const writer = new AtomicWriter(directory, { generation })
        await writer.write(payloadOf(0))
        await watching(directory, { pollMs: neverPoll }, async ({ changes, problems }) => {
          await until('the first version', () => changes.length > 0)
          const begin = performance.now()
          for (let version = 1; version <= updates; version += 1) {
            await sleep(Math.max(0, begin + version * gapMs - performance.now()))
            await writer.write(payloadOf(version))
          }
          await until('the last version', () => changes.at(-1)?.snapshot.files.get('topics.json')?.toString() === payloadOf(updates)['topics.json'])
          const versions = changes.map(({ snapshot }) => versionOf(snapshot))
          assert.deepEqual(versions, [...new Set(versions)].toSorted((a, b) => a - b))
          assert.ok(versions.length > (gapMs === 200 ? updates / 2 : 10), `${versions.length} versions seen`)
          assert.deepEqual(problems, [])
        })
      })
    await Promise.all([follow('older', 20), follow('newer', 20), follow('older', 200), follow('newer', 200)])
  })

  it('tells nothing when kubelet has nothing new', async () => {
    await inTemporaryDirectory(async (directory) => {
      const writer = new AtomicWriter(directory, { generation: 'newer' })
      await writer.write(payloadOf(1))
      await watching(directory, { pollMs: 50 }, async ({ changes }) => {
        await until('the first version', () => changes.length === 1)
        await writer.write(payloadOf(1))
        await sleep(300)
        assert.equal(changes.length, 1)
      })
    })
  })

  it('tells that all keys are gone and that they are back', async () => {
    await inTemporaryDirectory(async (directory) => {
      const writer = new AtomicWriter(directory, { generation: 'older' })
      await writer.write(payloadOf(1))
      await watching(directory, { pollMs: neverPoll }, async ({ changes, problems }) => {
        await until('the first version', () => changes.length === 1)
        await writer.write({})
        await until('an empty volume', () => changes.at(-1)?.snapshot.files.size === 0)
        await writer.write(payloadOf(2))
        await until('the second version', () => changes.length === 3)
        assert.deepEqual(problems, [])
      })
    })
  })
})

describe('Watching a plain directory', () => {
  it('sees files edited in place, renamed over, added and removed', async () => {
    await inTemporaryDirectory(async (directory) => {
      const at = (name: string): string => join(directory, name)
      await writeFile(at('topics.json'), '1')
      await watching(directory, { pollMs: neverPoll }, async (told) => {
        await until('the first content', () => told.latest('topics.json') === '1')
        await writeFile(at('topics.json'), '2')
        await until('an overwritten file', () => told.latest('topics.json') === '2')
        await appendFile(at('topics.json'), '3')
        await until('an appended file', () => told.latest('topics.json') === '23')
        await writeFile(at('.new'), '4')
        await rename(at('.new'), at('topics.json'))
        await until('a file renamed over', () => told.latest('topics.json') === '4')
        await writeFile(at('topics.json'), '5')
        await until('an edit after a rename', () => told.latest('topics.json') === '5')
        await writeFile(at('policy.yaml'), '6')
        await until('a file added', () => told.latest('policy.yaml') === '6')
        await rm(at('topics.json'))
        await until('a file removed', () => told.latest('topics.json') === undefined)
        await rm(at('policy.yaml'))
        await until('an emptied directory', () => told.changes.at(-1)?.snapshot.files.size === 0)
        assert.ok(told.changes.every(({ foundBy }) => foundBy === 'event'))
        assert.deepEqual(told.problems, [])
      })
    })
  })

  it('says nothing about times, permissions, hidden files and sub-directories', async () => {
    await inTemporaryDirectory(async (directory) => {
      const path = join(directory, 'topics.json')
      await writeFile(path, '1')
      await watching(directory, { pollMs: 100 }, async (told) => {
        await until('the first content', () => told.changes.length === 1)
        await utimes(path, new Date(), new Date())
        await chmod(path, 0o600)
        await writeFile(path, '1')
        await writeFile(join(directory, '.topics.json.swp'), 'x')
        await mkdir(join(directory, 'flows'))
        await writeFile(join(directory, 'flows', 'inner.json'), 'x')
        await sleep(600)
        await writeFile(path, '2')
        await until('the second content', () => told.latest('topics.json') === '2')
        assert.equal(told.changes.length, 2)
      })
    })
  })
})

describe('Watching a directory that comes and goes', () => {
  it('reports once that it is absent, finds it when it appears and follows it from then on', async () => {
    await inTemporaryDirectory(async (parent) => {
      const directory = join(parent, 'config')
      await watching(directory, { pollMs: neverPoll }, async (told) => {
        await until('the problem', () => told.problems.length === 1)
        await sleep(200)
        assert.deepEqual(reasonsOf(told), [`cannot read the configuration directory "${directory}": it does not exist`])
        await mkdir(directory)
        await until('the empty directory', () => told.changes.length === 1)
        const writer = new AtomicWriter(directory, { generation: 'newer' })
        await writer.write({ a: '1' })
        await until('the first version', () => told.latest('a') === '1')
        await sleep(200)
        await writer.write({ a: '2' })
        await until('the second version', () => told.latest('a') === '2')
        assert.equal(told.problems.length, 1)
      })
    })
  })

  it('finds it by the poll when not even its parent was there', async () => {
    await inTemporaryDirectory(async (parent) => {
      const directory = join(parent, 'mnt', 'config')
      await watching(directory, { pollMs: 100 }, async (told) => {
        await until('the problem', () => told.problems.length === 1)
        await mkdir(directory, { recursive: true })
        await writeFile(join(directory, 'a'), '1')
        await until('the content', () => told.latest('a') === '1')
      })
    })
  })

  it('follows the new directory after the old one was deleted', async () => {
    await inTemporaryDirectory(async (parent) => {
      const directory = join(parent, 'config')
      await mkdir(directory)
      await writeFile(join(directory, 'a'), '1')
      await watching(directory, { pollMs: neverPoll }, async (told) => {
        await until('the first content', () => told.latest('a') === '1')
        for (const round of ['2', '3']) {
          await rm(directory, { recursive: true })
          await until('the problem', () => told.problems.length === Number(round) - 1)
          await sleep(100)
          await mkdir(directory)
          await writeFile(join(directory, 'a'), round)
          await until('the new content', () => told.latest('a') === round)
          await sleep(200)
          await writeFile(join(directory, 'a'), `${round} edited`)
          await until('an edit in the new directory', () => told.latest('a') === `${round} edited`)
        }
        assert.ok(told.changes.every(({ foundBy }) => foundBy === 'event'))
      })
    })
  })

  it('is not deaf after a directory was replaced in one go', async () => {
    await inTemporaryDirectory(async (parent) => {
      const directory = join(parent, 'config')
      await mkdir(directory)
      await writeFile(join(directory, 'a'), '1')
      await watching(directory, { pollMs: 300 }, async (told) => {
        await until('the first content', () => told.latest('a') === '1')
        await mkdir(`${directory}.new`)
        await writeFile(join(`${directory}.new`, 'a'), '2')
        await rename(directory, `${directory}.old`)
        await rename(`${directory}.new`, directory)
        await until('the content of the new directory', () => told.latest('a') === '2')
        await sleep(200)
        await writeFile(join(directory, 'a'), '3')
        await until('an edit in the new directory', () => told.latest('a') === '3')
        assert.equal(told.changes.at(-1)?.foundBy, 'event')
      })
    })
  })

  it('is not deaf after a directory was deleted and made anew in one go, with the same inode as a rule', async () => {
    await inTemporaryDirectory(async (parent) => {
      const directory = join(parent, 'config')
      await mkdir(directory)
      await watching(directory, { pollMs: 300 }, async (told) => {
        await until('the first content', () => told.changes.length === 1)
        await sleep(200)
        rmSync(directory, { recursive: true })
        mkdirSync(directory)
        writeFileSync(join(directory, 'a'), '2')
        await until('the content of the new directory', () => told.latest('a') === '2')
        await sleep(500)
        for (const name of ['b', 'c', 'd']) {
          await writeFile(join(directory, name), '3')
          await until('a file added to the new directory', () => told.latest(name) === '3')
          assert.equal(told.changes.at(-1)?.foundBy, 'event')
        }
      })
    })
  })

  it('tells the content again after it was unreadable, even when it is the same', async () => {
    await inTemporaryDirectory(async (parent) => {
      const directory = join(parent, 'config')
      await mkdir(directory)
      await watching(directory, { pollMs: 50 }, async (told) => {
        await until('the first content', () => told.changes.length === 1)
        await rename(directory, `${directory}.away`)
        await until('the problem', () => told.problems.length === 1)
        await writeFile(directory, 'a file')
        await until('another reason', () => told.problems.length === 2)
        await rm(directory)
        await until('the first reason again', () => told.problems.length === 3)
        await rename(`${directory}.away`, directory)
        await until('the same content', () => told.changes.length === 2)
        assert.equal(told.changes[0]?.snapshot.digest, told.changes[1]?.snapshot.digest)
        assert.deepEqual(
          reasonsOf(told).map((reason) => reason.replace(/^.*: /, '')),
          ['it does not exist', 'it is not a directory', 'it does not exist']
        )
      })
    })
  })
})

/** What the system says when all inotify watches are used. */
const exhausted = (path: string): Error =>
  Object.assign(new Error(`ENOSPC: System limit for number of file watchers reached, watch '${path}'`), { code: 'ENOSPC' })

describe('A watcher that fails', () => {
  it('is reported once, leaves the poll in charge and is started anew until it works', async () => {
    await inTemporaryDirectory(async (directory) => {
      const watcher = puppet()
      await watching(directory, { pollMs: 100, watcher: watcher.factory }, async (told) => {
        await until('the first watcher', () => watcher.started.length === 1 && told.changes.length === 1)
        const fail = (): void => {
          for (const path of ['/config', '/config/..data', '/config/a']) watcher.started.at(-1)?.onError(exhausted(path))
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
        await sleep(350)
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

  for (const [limit, code] of [['max_inotify_instances', 'EMFILE'], ['max_inotify_watches', 'ENOSPC']] as const) {
    it(`is what ${code} makes of chokidar, until the system has inotify to spare again`, async function () {
      // A user namespace has limits of its own, which it may lower and raise without harm to anybody else.
      if (spawnSync('unshare', ['-Ur', 'test', '-w', `/proc/sys/user/${limit}`]).status !== 0) this.skip()
      await inTemporaryDirectory(async (directory) => {
        const script = join(import.meta.dirname, 'exhausted.ts')
        const { stdout, stderr } = spawnSync('unshare', ['-Ur', process.execPath, script, directory, limit], { encoding: 'utf8', timeout: 15_000 })
        assert.equal(stderr, '')
        const [problem, ...changes] = z.array(z.string()).parse(JSON.parse(stdout))
        assert.match(problem ?? '', new RegExp(`^${code}: `))
        assert.deepEqual(changes, ['event', 'poll', 'event'])
      })
    })
  }

  it('shows by what the poll finds when it is silently deaf', async () => {
    await inTemporaryDirectory(async (directory) => {
      const watcher = puppet()
      await watching(directory, { pollMs: 50, watcher: watcher.factory }, async (told) => {
        await until('the first content', () => told.changes.length === 1)
        watcher.started[0]?.onReady()
        // Ready means one more reading, which must be over before the change; a plain directory takes 100 ms.
        await sleep(250)
        await writeFile(join(directory, 'a'), '1')
        await until('the change', () => told.latest('a') === '1')
        assert.deepEqual(told.changes.map(({ foundBy }) => foundBy), ['event', 'poll'])
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
      await watching(directory, { pollMs: neverPoll, coalesceMs: 500, watcher: watcher.factory }, async ({ changes }) => {
        await until('the first content', () => changes.length === 1)
        const begin = performance.now()
        watcher.started[0]?.onEvent()
        for (let version = 1; version <= 5; version += 1) {
          await writer.write(payloadOf(version))
          watcher.started[0]?.onEvent()
        }
        await until('the last version', () => changes.length === 2)
        assert.ok(performance.now() - begin >= 499)
        await sleep(600)
        assert.deepEqual(changes.map(({ snapshot }) => versionOf(snapshot)), [0, 5])
      })
    })
  })

  it('that ends while a reading is under way means one more reading', async () => {
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
