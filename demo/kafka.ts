/**
 * The main job on a real broker, step by step: created, changed, repaired, orphan reported, bad file refused.
 * @module
 */
import { mkdir, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { readConnectionSettings } from '../reconcilers/kafka/connection.ts'
import { openAdmin } from '../reconcilers/kafka/open-admin.ts'
import type { KafkaAdmin } from '../reconcilers/kafka/admin.ts'
import { Environment } from '../src/run/environment.ts'
import { openBroker } from './broker.ts'
import { Sidecar, type LogLine } from './sidecar.ts'
import { say, type Scene } from './stage.ts'

const prefix = 'infometis-demo'
const orders = `${prefix}-orders`
const users = `${prefix}-users`

function topics(partitions: number, retentionMs: string): string {
  return `{
  "${orders}": {
    "partitions": ${partitions},
    "replication-factor": 1,
    "config": { "retention.ms": "${retentionMs}" }   # edit me and watch
  },
  "${users}": {
    "partitions": 2,
    "config": { "cleanup.policy": "compact" }
  }
}
`
}

/** Shows everything once. Every step that did not happen is counted. */
export async function demonstrate(): Promise<Scene> {
  say('►', 'starting a broker (the first time its jars are fetched, which takes a minute)')
  const broker = await openBroker()
  say('✔', `broker ${broker.bootstrap}: ${broker.origin}`)
  const directory = fileURLToPath(new URL('../.cache/demo/kafka', import.meta.url))
  const file = join(directory, 'topics.json')
  await rm(directory, { recursive: true, force: true })
  await mkdir(directory, { recursive: true })
  await writeFile(join(directory, 'policy.yaml'), `owned: ["${prefix}-*"]\n`)
  await writeFile(file, topics(3, '604800000'))

  const variables = { KAFKA_BOOTSTRAP_SERVERS: broker.bootstrap }
  const admin = openAdmin(readConnectionSettings(new Environment({ ...process.env, ...variables })))
  let isWatching = false
  const sidecar = new Sidecar('kafka', directory, variables, (line) => {
    if (isWatching) say(line.level === 'info' ? '►' : '!', line.message)
  })
  const failures = await runSteps(sidecar, admin, file)
  return {
    failures,
    file,
    watch: () => {
      isWatching = true
    },
    end: async () => {
      const exitCode = await sidecar.stop()
      await admin.close()
      await broker.stop()
      if (broker.shared) say('►', `the topics ${prefix}-* were left on your broker: nothing is deleted by itself`)
      return exitCode === 0
    }
  }
}

function isDone(verb: string, key: string): (line: LogLine) => boolean {
  return (line) => line.key === key && line.verb === verb && line.result === 'done'
}

async function runSteps(sidecar: Sidecar, admin: KafkaAdmin, file: string): Promise<number> {
  let failures = 0
  const step = async (title: string, act: () => Promise<void>, happened: Parameters<Sidecar['waitFor']>[0]): Promise<void> => {
    const waiting = sidecar.waitFor(happened)
    await act()
    const startedAt = Date.now()
    const line = await waiting
    if (line === undefined) failures += 1
    const [head = ''] = (line?.message ?? 'did not happen within 15 s').split('\n')
    say(line === undefined ? '✗' : '✔', `${title.padEnd(30)} ${head}  (${Date.now() - startedAt} ms)`)
  }
  const signal = AbortSignal.timeout(120_000)

  await step('created from topics.json', () => Promise.resolve(), (line) => isDone('create', `kafka/topic/${users}`)(line) || line.status === 'in-sync')
  await sidecar.waitFor((line) => line.status === 'in-sync')
  await step('a change of the file applied', () => writeFile(file, topics(6, '604800000')), isDone('update', `kafka/topic/${orders}`))
  await sidecar.waitFor((line) => line.status === 'in-sync')
  await step(
    'changed by hand, repaired',
    async () => {
      await admin.alterConfigs([{ type: 'topic', name: orders, set: { 'retention.ms': '700000000' }, remove: [] }], signal)
    },
    isDone('update', `kafka/topic/${orders}`)
  )
  await step(
    'declared by nobody, reported',
    async () => {
      await admin.createTopics([{ name: `${prefix}-forgotten`, partitions: 1, replicationFactor: 1, config: {} }], signal)
    },
    (line) => line.orphans?.includes(`kafka/topic/${prefix}-forgotten`) === true
  )
  await step('a bad file refused', () => writeFile(file, topics(6, '604800000').replace('},', '}')), (line) => line.message.startsWith('configuration refused'))
  await step(
    'last good kept, still repaired',
    async () => {
      await admin.alterConfigs([{ type: 'topic', name: orders, set: { 'retention.ms': '700000000' }, remove: [] }], signal)
    },
    isDone('update', `kafka/topic/${orders}`)
  )
  await step('the file mended, in sync', () => writeFile(file, topics(6, '604800000')), (line) => line.status === 'in-sync')
  return failures
}
