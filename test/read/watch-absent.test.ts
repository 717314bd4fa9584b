import assert from 'node:assert/strict'
import { mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { mkdir, rename, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { AtomicWriter } from './kubelet.ts'
import { inTemporaryDirectory, until } from './versions.ts'
import { observed, reasonsOf, watching } from './watching.ts'

/** On a busy machine a watcher may miss that a directory was made, which the poll is for; an edit in it must be an event. */
const pollMs = 1_000

describe('Watching a directory that comes and goes', () => {
  it('reports once that it is absent, finds it when it appears and follows it from then on', async () => {
    await inTemporaryDirectory(async (parent) => {
      const directory = join(parent, 'config')
      const watcher = observed()
      await watching(directory, { pollMs, watcher: watcher.factory }, async (told) => {
        await until('the problem', () => told.problems.length === 1 && watcher.isReady)
        assert.deepEqual(reasonsOf(told), [`cannot read the configuration directory "${directory}": it does not exist`])
        await mkdir(directory)
        await until('the empty directory', () => told.changes.length === 1)
        const writer = new AtomicWriter(directory, { generation: 'newer' })
        await writer.write({ a: '1' })
        await until(
          'the first version, and a watcher of the new directory',
          () => told.latest('a') === '1' && watcher.started === 2 && watcher.isReady
        )
        await writer.write({ a: '2' })
        await until('the second version', () => told.latest('a') === '2')
        assert.deepEqual([told.problems.length, told.changes.at(-1)?.foundBy], [1, 'event'])
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
      const watcher = observed()
      await watching(directory, { pollMs, watcher: watcher.factory }, async (told) => {
        await until('the first content', () => told.latest('a') === '1' && watcher.isReady)
        for (const round of ['2', '3']) {
          const { started } = watcher
          await rm(directory, { recursive: true })
          await until(
            'the problem, and a watcher of nothing',
            () => told.problems.length === Number(round) - 1 && watcher.started === started + 1 && watcher.isReady
          )
          await mkdir(directory)
          await writeFile(join(directory, 'a'), round)
          await until(
            'the new content, and a watcher of it',
            () => told.latest('a') === round && watcher.started === started + 2 && watcher.isReady
          )
          await writeFile(join(directory, 'a'), `${round} edited`)
          await until('an edit in the new directory', () => told.latest('a') === `${round} edited`)
          assert.equal(told.changes.at(-1)?.foundBy, 'event')
        }
      })
    })
  })

  it('is not deaf after a directory was replaced in one go', async () => {
    await inTemporaryDirectory(async (parent) => {
      const directory = join(parent, 'config')
      await mkdir(directory)
      await writeFile(join(directory, 'a'), '1')
      const watcher = observed()
      await watching(directory, { pollMs: 100, watcher: watcher.factory }, async (told) => {
        await until('the first content', () => told.latest('a') === '1' && watcher.isReady)
        await mkdir(`${directory}.new`)
        await writeFile(join(`${directory}.new`, 'a'), '2')
        await rename(directory, `${directory}.old`)
        await rename(`${directory}.new`, directory)
        await until(
          'the content of the new directory, and a watcher of it',
          () => told.latest('a') === '2' && watcher.started > 1 && watcher.isReady
        )
        await writeFile(join(directory, 'a'), '3')
        await until('an edit in the new directory', () => told.latest('a') === '3')
        assert.equal(told.changes.at(-1)?.foundBy, 'event')
      })
    })
  })

  it('is not deaf after a directory was deleted and made again in one go, with the same inode as a rule', async () => {
    await inTemporaryDirectory(async (parent) => {
      const directory = join(parent, 'config')
      await mkdir(directory)
      const watcher = observed()
      await watching(directory, { pollMs: 100, watcher: watcher.factory }, async (told) => {
        await until('the first content', () => told.changes.length === 1 && watcher.isReady)
        rmSync(directory, { recursive: true })
        mkdirSync(directory)
        writeFileSync(join(directory, 'a'), '2')
        await until(
          'the content of the new directory, and a watcher of it',
          () => told.latest('a') === '2' && watcher.started > 1 && watcher.isReady
        )
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
