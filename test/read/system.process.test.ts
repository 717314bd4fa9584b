/**
 * What only tools of the system can make: a named pipe, and a process without inotify to spare.
 */
import assert from 'node:assert/strict'
import { execFileSync, spawnSync } from 'node:child_process'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { z } from 'zod'
import { readSnapshot } from '../../src/read/snapshot.ts'
import { skipLoudly } from '../live/skip.ts'
import { inTemporaryDirectory } from './versions.ts'

describe('A snapshot of a plain directory', () => {
  it('leaves out a named pipe, which would wait for its writer', async () => {
    await inTemporaryDirectory(async (directory) => {
      await writeFile(join(directory, 'topics.json'), '{}')
      execFileSync('mkfifo', [join(directory, 'pipe')])
      assert.deepEqual([...(await readSnapshot(directory)).files.keys()], ['topics.json'])
    })
  })
})

describe('A watcher that fails', () => {
  for (const [limit, code] of [
    ['max_inotify_instances', 'EMFILE'],
    ['max_inotify_watches', 'ENOSPC']
  ] as const) {
    it(`is what ${code} makes of chokidar, until the system has inotify to spare again`, async function () {
      // A user namespace has limits of its own, which it may lower and raise without harm to anybody else.
      if (spawnSync('unshare', ['-Ur', 'test', '-w', `/proc/sys/user/${limit}`]).status !== 0)
        skipLoudly(this, 'no user namespace with limits of its own')
      await inTemporaryDirectory(async (directory) => {
        const script = join(import.meta.dirname, 'exhausted.ts')
        const { stdout, stderr } = spawnSync('unshare', ['-Ur', process.execPath, script, directory, limit], {
          encoding: 'utf8',
          timeout: 15_000
        })
        assert.equal(stderr, '')
        const [problem, ...changes] = z.array(z.string()).parse(JSON.parse(stdout))
        assert.match(problem ?? '', new RegExp(`^${code}: `))
        assert.deepEqual(changes, ['event', 'poll', 'event'])
      })
    })
  }
})
