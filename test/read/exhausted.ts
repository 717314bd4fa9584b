/**
 * Watches a directory while inotify is used up and after, and prints what it was told. system.process.test.ts runs it
 * in a user namespace of its own: `node exhausted.ts DIRECTORY max_inotify_instances|max_inotify_watches`.
 * @module
 */
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { watchDirectory } from '../../src/read/watch.ts'
import { until } from './versions.ts'

const [directory = '', limit = ''] = process.argv.slice(2)
const limitFile = join('/proc/sys/user', limit)
const enough = readFileSync(limitFile, 'utf8')
writeFileSync(limitFile, '0')

const told: string[] = []
const watch = watchDirectory(directory, {
  pollMs: 200,
  onChange: (foundBy) => told.push(foundBy),
  onProblem: (problem) => told.push(problem.kind === 'degraded' ? problem.reason : problem.error.message)
})
await until('the failure and the first content', () => told.length === 2)
writeFileSync(join(directory, 'a'), '1')
await until('a change while the watcher is deaf', () => told.length === 3)
writeFileSync(limitFile, enough)
await sleep(800)
writeFileSync(join(directory, 'a'), '2')
await until('a change after the watcher was started anew', () => told.length === 4)
await watch.close()
process.stdout.write(JSON.stringify(told))
