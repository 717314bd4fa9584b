/**
 * `npm run bench -- <service> [--items N] [--changes N] [--once]`: measures one service on a real server. Lines for people
 * go to stderr; the last line of stdout is one JSON object.
 * @module
 */
import { parseArgs } from 'node:util'
import type { Result } from './machine.ts'

export interface BenchOptions {
  /** How many items are declared. */
  readonly items: number
  /** How many changes of the configuration are timed. */
  readonly changes: number
  /** Every measurement once: to see that it works, not how fast. */
  readonly once: boolean
}

type Measure = (options: BenchOptions) => Promise<Result>

/** One folder per service, loaded when it is asked for. */
const services = new Map<string, () => Promise<Measure>>([
  ['kafka', async () => (await import('./kafka/index.ts')).measureKafka],
  ['elasticsearch', async () => (await import('./elasticsearch/index.ts')).measureElasticsearch]
])

async function main(words: readonly string[]): Promise<number> {
  const { values, positionals } = parseArgs({
    args: [...words],
    allowPositionals: true,
    options: { items: { type: 'string', default: '1000' }, changes: { type: 'string', default: '100' }, once: { type: 'boolean', default: false } }
  })
  const load = services.get(positionals[0] ?? '')
  if (load === undefined) throw new TypeError(`expected one of ${[...services.keys()].join(', ')}, found "${positionals[0] ?? ''}"`)
  const options = { items: atLeast(10, '--items', values.items), changes: atLeast(1, '--changes', values.changes), once: values.once }
  const measure = await load()
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
