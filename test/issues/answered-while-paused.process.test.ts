/** A server that was paused for a test still answered it: some of its threads ran on for a moment after SIGSTOP. */
import assert from 'node:assert/strict'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { skipLoudly } from '../live/skip.ts'
import { startServer, type ServerProcess } from '../servers/process.ts'

/**
 * Keeps four threads busy: more than the cores of most machines, so that some are in the middle of a turn when the
 * signal comes.
 */
const busy = `
  const { Worker } = require('node:worker_threads')
  for (let n = 0; n < 4; n++) new Worker('for (;;) {}', { eval: true })
  setInterval(() => {}, 1000)
`

describe('a server that is paused', function () {
  this.timeout(60_000)
  let directory: string
  let server: ServerProcess

  before(async function () {
    if (!existsSync('/proc/self/schedstat')) skipLoudly(this, 'this system does not tell how long threads computed')
    directory = await mkdtemp(join(tmpdir(), 'infometis-paused-'))
    server = await startServer(process.execPath, ['--eval', busy], {
      cwd: directory,
      log: join(directory, 'output.log')
    })
  })

  after(async () => {
    await server?.kill()
    if (directory !== undefined) await rm(directory, { recursive: true, force: true })
  })

  /** Nanoseconds its threads have computed, from /proc/<pid>/task/<thread>/schedstat; read without a pause, which would give them time. */
  function computed(): number {
    const tasks = `/proc/${server.pid}/task`
    const times = readdirSync(tasks).map((thread) =>
      Number(readFileSync(join(tasks, thread, 'schedstat'), 'utf8').split(' ')[0])
    )
    return times.reduce((sum, time) => sum + time, 0)
  }

  it('computes nothing more when pause() is over', async () => {
    for (let round = 0; round < 10; round++) {
      await server.pause()
      const before = computed()
      await sleep(20)
      assert.equal(computed(), before)
      server.signal('SIGCONT')
      while (computed() === before) await sleep(1)
    }
  })
})
