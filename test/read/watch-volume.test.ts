import assert from 'node:assert/strict'
import { setTimeout as sleep } from 'node:timers/promises'
import { rounds } from '../rounds.ts'
import { AtomicWriter, type Generation } from './kubelet.ts'
import { inTemporaryDirectory, payloadOf, until, versionOf } from './versions.ts'
import { neverPoll, observed, watching } from './watching.ts'

describe('Watching a mounted volume', function () {
  this.timeout(rounds(30_000, 90_000))

  it('tells only whole versions, in order, and always the last one, however fast updates come', async () => {
    const follow = async (generation: Generation, updates: number, gapMs: number): Promise<void> =>
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
          await until(
            'the last version',
            () => changes.at(-1)?.snapshot.files.get('topics.json')?.toString() === payloadOf(updates)['topics.json']
          )
          const versions = changes.map(({ snapshot }) => versionOf(snapshot))
          assert.deepEqual(
            versions,
            [...new Set(versions)].toSorted((a, b) => a - b)
          )
          assert.ok(
            versions.length > updates / (gapMs === 200 ? 4 : 20),
            `${versions.length} of ${updates} versions seen`
          )
          assert.deepEqual(problems, [])
        })
      })
    const [fast, slow] = [rounds(50, 200), rounds(8, 200)]
    await Promise.all([
      follow('older', fast, 20),
      follow('newer', fast, 20),
      follow('older', slow, 200),
      follow('newer', slow, 200)
    ])
  })

  it('is not gathered: a version is told however long edits of files are waited for', async () => {
    for (const generation of ['older', 'newer'] as const) {
      await inTemporaryDirectory(async (directory) => {
        const writer = new AtomicWriter(directory, { generation })
        const watcher = observed()
        await writer.write(payloadOf(0))
        const options = { pollMs: neverPoll, coalesceMs: neverPoll, watcher: watcher.factory }
        await watching(directory, options, async ({ changes }) => {
          await until('the first version, and a watcher', () => changes.length === 1 && watcher.isReady)
          for (let version = 1; version <= 3; version += 1) {
            await writer.write(payloadOf(version))
            await until(`version ${version}`, () => changes.length === version + 1)
          }
          assert.deepEqual(
            changes.map(({ foundBy, snapshot }) => [foundBy, versionOf(snapshot)]),
            [0, 1, 2, 3].map((version) => ['event', version])
          )
        })
      })
    }
  })

  it('tells nothing when kubelet has nothing new', async () => {
    await inTemporaryDirectory(async (directory) => {
      const writer = new AtomicWriter(directory, { generation: 'newer' })
      await writer.write(payloadOf(1))
      await watching(directory, { pollMs: 50 }, async ({ changes }) => {
        await until('the first version', () => changes.length === 1)
        await writer.write(payloadOf(1))
        await writer.write(payloadOf(2))
        await until('the second version', () => changes.some(({ snapshot }) => versionOf(snapshot) === 2))
        assert.equal(changes.length, 2)
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
