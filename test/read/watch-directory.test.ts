import assert from 'node:assert/strict'
import { appendFile, chmod, mkdir, rename, rm, utimes, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { inTemporaryDirectory, until } from './versions.ts'
import { neverPoll, watching } from './watching.ts'

describe('Watching a plain directory', () => {
  it('sees files edited in place, renamed over, added and removed', async () => {
    await inTemporaryDirectory(async (directory) => {
      const at = (name: string): string => join(directory, name)
      await writeFile(at('topics.json'), '1')
      await watching(directory, { pollMs: neverPoll, coalesceMs: 5 }, async (told) => {
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
      await watching(directory, { pollMs: 20, coalesceMs: 5 }, async (told) => {
        await until('the first content', () => told.changes.length === 1)
        await utimes(path, new Date(), new Date())
        await chmod(path, 0o600)
        await writeFile(path, '1')
        await writeFile(join(directory, '.topics.json.swp'), 'x')
        await mkdir(join(directory, 'flows'))
        await writeFile(join(directory, 'flows', 'inner.json'), 'x')
        // Some readings of a directory that holds still take 100 ms each.
        await sleep(250)
        await writeFile(path, '2')
        await until('the second content', () => told.latest('topics.json') === '2')
        assert.equal(told.changes.length, 2)
      })
    })
  })
})
