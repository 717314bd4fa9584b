/**
 * What chokidar makes of a system without inotify to spare, in a process with limits of its own.
 */
import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { z } from 'zod'
import { skipLoudly } from '../live/skip.ts'
import { inTemporaryDirectory } from './versions.ts'

describe('A watcher that fails', () => {
  for (const [limit, code] of [['max_inotify_instances', 'EMFILE'], ['max_inotify_watches', 'ENOSPC']] as const) {
    it(`is what ${code} makes of chokidar, until the system has inotify to spare again`, async function () {
      // A user namespace has limits of its own, which it may lower and raise without harm to anybody else.
      if (spawnSync('unshare', ['-Ur', 'test', '-w', `/proc/sys/user/${limit}`]).status !== 0) skipLoudly(this, 'no user namespace with limits of its own')
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
})
