/**
 * `npm run bench -- <service>|start|parse|memory [--items N] [--change] [--changes N] [--once]`: measures one service on a real
 * server, how all start, how a change of the files is parsed, or what memory one takes. Lines for people go to stderr; the last line of stdout is one JSON object.
 * @module
 */
import { parseArgs } from 'node:util'
import type { Result } from './machine.ts'

export interface BenchOptions {
  /** How many items are declared. */
  readonly items: number
  /** How many changes of the configuration are timed. */
  readonly changes: number
  /** Only how long a change of the files takes to be applied, at several sizes up to `items`. */
  readonly changeOnly: boolean
  /** Every measurement once: to see that it works, not how fast. */
  readonly once: boolean
}

type Measure = (options: BenchOptions) => Promise<Result>

interface ServiceBench {
  /** How many items are declared unless `--items` says otherwise. */
  readonly items: string
  /** And with `--change`. */
  readonly changeItems?: string
  /** One folder per service, loaded when it is asked for. */
  readonly load: () => Promise<Measure>
}

const services = new Map<string, ServiceBench>([
  ['kafka', { items: '1000', changeItems: '10000', load: async () => (await import('./kafka/index.ts')).measureKafka }],
  [
    'elasticsearch',
    { items: '1000', load: async () => (await import('./elasticsearch/index.ts')).measureElasticsearch }
  ],
  ['start', { items: '1000', load: async () => (await import('./start.ts')).measureStart }],
  ['parse', { items: '10000', load: async () => (await import('./parse.ts')).measureParse }],
  ['memory', { items: '1000', load: async () => (await import('./memory.ts')).measureMemory }],
  ['nifi', { items: '100', load: async () => (await import('./nifi/index.ts')).measureNifi }],
  ['kubernetes', { items: '10', load: async () => (await import('./kubernetes/index.ts')).measureKubernetes }]
])

async function main(words: readonly string[]): Promise<number> {
  const { values, positionals } = parseArgs({
    args: [...words],
    allowPositionals: true,
    options: {
      items: { type: 'string' },
      change: { type: 'boolean', default: false },
      changes: { type: 'string', default: '100' },
      once: { type: 'boolean', default: false }
    }
  })
  const service = services.get(positionals[0] ?? '')
  if (service === undefined)
    throw new TypeError(`expected one of ${[...services.keys()].join(', ')}, found "${positionals[0] ?? ''}"`)
  const options = {
    items: atLeast(10, '--items', values.items ?? (values.change ? service.changeItems : undefined) ?? service.items),
    changeOnly: values.change,
    changes: atLeast(1, '--changes', values.changes),
    once: values.once
  }
  const measure = await service.load()
  const result = await measure(options)
  process.stdout.write(`${JSON.stringify(result)}\n`)
  return 0
}

function atLeast(least: number, flag: string, text: string): number {
  const number = Number(text)
  if (Number.isInteger(number) && number >= least) return number
  throw new TypeError(`${flag}: expected a whole number of at least ${least}, found "${text}"`)
}

try {
  process.exitCode = await main(process.argv.slice(2))
} catch (error) {
  console.error(error instanceof TypeError ? error.message : error)
  process.exitCode = 2
}
