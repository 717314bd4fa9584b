/**
 * `infometis diff` as a whole process, beside Kafka's own command line reading the same facts.
 * @module
 */
import type { Json } from '../../src/contract.ts'
import { javaArguments } from '../../test/servers/kafka-node.ts'
import { kafkaJars, kafkaTools, toolsVersion } from '../../test/servers/kafka.ts'
import { cost, type Command, type Cost } from '../processes.ts'
import { ratio, summarize, type Summary } from '../statistics.ts'
import type { Scene } from './scene.ts'

const rounds = 11

type Costs = { readonly [key: string]: Json; readonly wallMs: Summary; readonly cpuMs: Summary }

/**
 * Takes turns. `topics` describes all topics: partitions, replicas and, in the same run, what each topic has set.
 * `configs` describes the same settings once more, with every source.
 */
export async function measureDiff(scene: Scene, directory: string): Promise<{ readonly [key: string]: Json }> {
  const { cluster, commandLine, say } = scene
  const jars = await kafkaJars(toolsVersion)
  const diff = (entry: string): Command => ({
    file: process.execPath,
    args: [entry, 'diff', 'kafka', '--config', directory, '--output', 'json'],
    env: { KAFKA_BOOTSTRAP_SERVERS: cluster.bootstrap }
  })
  const tool = (mainClass: string, ...args: readonly string[]): Command => ({
    file: 'java',
    args: [...javaArguments(jars, mainClass, '256m', cluster.dir), '--bootstrap-server', cluster.bootstrap, '--describe', ...args]
  })
  const commands = {
    checkout: diff(commandLine.checkout),
    dist: diff(commandLine.dist),
    topics: tool(kafkaTools.topics),
    configs: tool(kafkaTools.configs, '--entity-type', 'topics')
  }
  const [checkout, dist, topics, configs] = await inTurns([commands.checkout, commands.dist, commands.topics, commands.configs], scene.once ? 1 : rounds)
  if (checkout === undefined || dist === undefined || topics === undefined || configs === undefined) throw new RangeError('expected four results')
  const over = (own: Costs): { [key: string]: number } => ({
    wall: ratio(topics.wallMs.p50, own.wallMs.p50),
    cpu: ratio(topics.cpuMs.p50, own.cpuMs.p50),
    wallWithConfigs: ratio(topics.wallMs.p50 + configs.wallMs.p50, own.wallMs.p50),
    cpuWithConfigs: ratio(topics.cpuMs.p50 + configs.cpuMs.p50, own.cpuMs.p50)
  })
  const result = { checkout, dist, topics, configs, timesFaster: { checkout: over(checkout), dist: over(dist) } }
  for (const [name, { wallMs, cpuMs }] of Object.entries({ checkout, dist, topics, configs })) say(`${name.padEnd(8)} wall ${wallMs.p50} ms (min ${wallMs.min}), CPU ${cpuMs.p50} ms (min ${cpuMs.min})`)
  say(`diff is quicker by ${JSON.stringify(result.timesFaster)}`)
  return result
}

/** The first round only warms caches. */
async function inTurns(commands: readonly Command[], count: number): Promise<readonly Costs[]> {
  const costs: Cost[][] = commands.map(() => [])
  for (let round = 0; round <= count; round += 1) {
    for (const [index, command] of commands.entries()) {
      const used = await cost(command)
      if (round > 0) costs[index]?.push(used)
    }
  }
  return costs.map((samples) => ({ wallMs: summarize(samples.map(({ wallMs }) => wallMs)), cpuMs: summarize(samples.map(({ cpuMs }) => cpuMs)) }))
}
