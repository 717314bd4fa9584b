/**
 * `infometis diff` as a whole process, beside Kafka's own command line reading the same facts.
 * @module
 */
import { join } from 'node:path'
import type { Json } from '../../src/records.ts'
import { javaArguments } from '../../test/servers/kafka-node.ts'
import { kafkaJars, kafkaTools, toolsVersion } from '../../test/servers/kafka.ts'
import { cost, type Command, type Cost } from '../processes.ts'
import { ratio, summarize, type Summary } from '../statistics.ts'
import type { Scene } from './scene.ts'

const rounds = 9

/** What bin/kafka-run-class.sh of Kafka 4.x gives every tool. */
const launcherFlags = [
  '-Xmx256M',
  '-server',
  '-XX:+UseG1GC',
  '-XX:MaxGCPauseMillis=20',
  '-XX:InitiatingHeapOccupancyPercent=35',
  '-XX:+ExplicitGCInvokesConcurrent',
  '-Djava.awt.headless=true'
]

type Costs = { readonly [key: string]: Json; readonly wallMs: Summary; readonly cpuMs: Summary }

/** Takes turns, and compares each of our programs with each way to ask Kafka's tools. */
export async function measureDiff(scene: Scene, directory: string): Promise<{ readonly [key: string]: Json }> {
  const own = ownCommands(scene, directory)
  const tools = await toolCommands(scene)
  const costs = await inTurns({ ...own, ...tools }, scene.once ? 1 : rounds)
  for (const [name, { wallMs, cpuMs }] of costs)
    scene.say(`${name.padEnd(15)} wall ${wallMs.p50} ms (min ${wallMs.min}), CPU ${cpuMs.p50} ms (min ${cpuMs.min})`)
  const timesFaster = Object.fromEntries(Object.keys(own).map((name) => [name, compare(costs, name)]))
  scene.say(`diff is quicker by ${JSON.stringify(timesFaster)}`)
  return { ...Object.fromEntries(costs), timesFaster }
}

function ownCommands({ cluster, commandLine }: Scene, directory: string): Record<string, Command> {
  const diff = (entry: string): Command => ({
    file: process.execPath,
    args: [entry, 'diff', 'kafka', '--config', directory, '--output', 'json', '--timeout', '5m'],
    env: { KAFKA_BOOTSTRAP_SERVERS: cluster.bootstrap }
  })
  return { checkout: diff(commandLine.checkout), dist: diff(commandLine.dist), bundle: diff(commandLine.bundle) }
}

/**
 * `topics` describes all topics: partitions, replicas and what each topic has set. `configs` describes the latter once
 * more, with every source. `topicsQuickJvm` is `topics` on a Java told to start as quickly as it can.
 */
async function toolCommands({ cluster }: Scene): Promise<Record<string, Command>> {
  const jars = await kafkaJars(toolsVersion)
  const asked = ['--bootstrap-server', cluster.bootstrap, '--describe']
  const launched = ['-Dorg.slf4j.simpleLogger.defaultLogLevel=warn', ...launcherFlags, '-cp', join(jars, '*')]
  return {
    topics: java(...launched, kafkaTools.topics, ...asked),
    configs: java(...launched, kafkaTools.configs, ...asked, '--entity-type', 'topics'),
    topicsQuickJvm: java(...javaArguments(jars, kafkaTools.topics, '256m', cluster.dir), ...asked)
  }
}

function java(...args: readonly string[]): Command {
  return { file: 'java', args }
}

/** The first round only warms caches. */
async function inTurns(
  commands: Readonly<Record<string, Command>>,
  count: number
): Promise<ReadonlyMap<string, Costs>> {
  const samples = new Map(Object.keys(commands).map((name): [string, Cost[]] => [name, []]))
  for (let round = 0; round <= count; round += 1) {
    for (const [name, command] of Object.entries(commands)) {
      const used = await cost(command)
      if (round > 0) samples.get(name)?.push(used)
    }
  }
  return new Map(
    [...samples].map(([name, used]) => [
      name,
      { wallMs: summarize(used.map(({ wallMs }) => wallMs)), cpuMs: summarize(used.map(({ cpuMs }) => cpuMs)) }
    ])
  )
}

/** How many times the medians of the tools are ours. */
function compare(costs: ReadonlyMap<string, Costs>, name: string): { readonly [key: string]: Json } {
  const over = (...tools: readonly string[]): { readonly [key: string]: Json } => {
    const times = (of: 'wallMs' | 'cpuMs'): number => {
      const median = (command: string): number => costs.get(command)?.[of].p50 ?? Number.NaN
      return ratio(
        tools.reduce((sum, tool) => sum + median(tool), 0),
        median(name)
      )
    }
    return { wall: times('wallMs'), cpu: times('cpuMs') }
  }
  return { topics: over('topics'), topicsQuickJvm: over('topicsQuickJvm'), topicsAndConfigs: over('topics', 'configs') }
}
