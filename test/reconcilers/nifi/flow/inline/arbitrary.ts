/**
 * Flows as people may write them, all of them valid.
 */
import fc from 'fast-check'

type Declared = Readonly<Record<string, unknown>>
type Entries = readonly (readonly [kind: string, key: string, value: unknown])[]

const key = fc.oneof(
  fc.constantFrom('gen', 'log', 'in', 'out', 'constructor', 'a b', 'größe', '1', 'a-b_c'),
  fc.stringMatching(/^[a-z][a-z0-9_-]{0,8}$/)
)
const time = fc.constantFrom('10 sec', '0 sec', '1.5 mins', '2 days', '#{period}')
const scalar = fc.oneof(fc.string(), fc.integer(), fc.boolean(), fc.constant(null), key)
const properties = fc.dictionary(
  fc.string({ minLength: 1 }).filter((name) => name !== '__proto__'),
  scalar,
  { maxKeys: 4 }
)
const texts = { name: fc.string({ minLength: 1 }), comments: fc.string() }

const processor = fc
  .record(
    {
      type: fc.constantFrom('GenerateFlowFile', 'org.apache.nifi.processors.standard.LogAttribute'),
      ...texts,
      properties,
      schedule: fc.oneof(fc.record({ every: time }), fc.record({ cron: fc.constant('0 0 * * * ?') })),
      tasks: fc.integer({ min: 1, max: 9 }),
      penalty: time,
      yield: time,
      bulletin: fc.constantFrom('DEBUG', 'NONE'),
      runOn: fc.constantFrom('all', 'primary'),
      // Not among those that are connected below.
      terminate: fc.subarray(['end', 'over'], { minLength: 1 }),
      retry: fc.record(
        { relationships: fc.subarray(['success', 'end'], { minLength: 1 }), count: fc.nat(9) },
        { requiredKeys: ['relationships'] }
      ),
      disabled: fc.boolean()
    },
    { requiredKeys: ['type'] }
  )
  .map(({ schedule, ...rest }): Declared => ({ ...rest, ...schedule }))

const port = fc.record(
  { comments: texts.comments, tasks: fc.integer({ min: 1, max: 9 }), disabled: fc.boolean() },
  { requiredKeys: [] }
)
const components: Readonly<Record<string, fc.Arbitrary<unknown>>> = {
  processors: processor,
  services: fc.record({ type: fc.constant('MapCacheClientService'), ...texts, properties }, { requiredKeys: ['type'] }),
  inputPorts: port,
  outputPorts: port,
  funnels: fc.constant({}),
  labels: fc.oneof(fc.string(), fc.record({ text: fc.string(), width: fc.integer({ min: 1, max: 900 }) }))
}

const relationships = fc.subarray(['success', 'failure', 'a/b', 'x,y', 'to -> log', 'a:b', 'back\\slash'], {
  minLength: 1
})

/** A group with up to `depth` levels of groups inside. */
export function groups(depth: number): fc.Arbitrary<Declared> {
  const kinds: Readonly<Record<string, fc.Arbitrary<unknown>>> =
    depth === 0 ? components : { ...components, groups: groups(depth - 1) }
  const entries = fc
    .uniqueArray(key, { maxLength: 7 })
    .chain((keys) =>
      fc.tuple(
        ...keys.map((each) =>
          fc
            .constantFrom(...Object.keys(kinds))
            .chain((kind) => fc.tuple(fc.constant(kind), fc.constant(each), kinds[kind] ?? fc.constant({})))
        )
      )
    )
  const routes = fc.array(
    fc.record({ from: fc.nat(), to: fc.nat(), relationships, isShort: fc.boolean(), maxObjects: fc.nat(99) }),
    { maxLength: 6 }
  )
  const context = fc.option(fc.constantFrom('one', 'two', null), { nil: undefined })
  return fc.tuple(entries, routes, context).map(([made, chosen, parameterContext]) => ({
    ...byKind(made),
    connections: connections(made, chosen),
    ...(parameterContext === undefined ? {} : { parameterContext })
  }))
}

function byKind(entries: Entries): Declared {
  const kinds = Map.groupBy(entries, ([kind]) => kind)
  return Object.fromEntries(
    [...kinds].map(([kind, each]) => [kind, Object.fromEntries(each.map(([, name, made]) => [name, made]))])
  )
}

interface Route {
  readonly from: number
  readonly to: number
  readonly relationships: readonly string[]
  readonly isShort: boolean
  readonly maxObjects: number
}

function connections(entries: Entries, routes: readonly Route[]): readonly unknown[] {
  const [sources, destinations] = [
    endsOf(entries, 'inputPorts', 'outputPorts'),
    endsOf(entries, 'outputPorts', 'inputPorts')
  ]
  if (sources.length === 0 || destinations.length === 0) return []
  const made = new Map<string, unknown>()
  for (const { from, to, relationships: names, isShort, maxObjects } of routes) {
    const [source = '', destination = ''] = [sources[from % sources.length], destinations[to % destinations.length]]
    const list = entries.some(([kind, name]) => kind === 'processors' && name === source) ? names : []
    const label = JSON.stringify([source, [...list].toSorted(), destination])
    if (!made.has(label))
      made.set(
        label,
        isShort && !list.includes('x,y')
          ? short(source, list, destination)
          : { from: source, relationships: list, to: destination, maxObjects }
      )
  }
  return [...made.values()].map((route) =>
    isLong(route) && route.relationships.length === 0 ? { from: route.from, to: route.to } : route
  )
}

function isLong(route: unknown): route is Route {
  return typeof route === 'object'
}

function short(from: string, list: readonly string[], to: string): string {
  return `${from}${list.length === 0 ? '' : `:${list.join(',')}`} -> ${to}`
}

function endsOf(entries: Entries, own: string, inner: string): readonly string[] {
  return entries.flatMap(([kind, name, made]) => {
    if (kind === 'processors' || kind === 'funnels' || kind === own) return [name]
    if (kind !== 'groups') return []
    const ports: unknown = Object.entries(Object(made)).find(([field]) => field === inner)?.[1]
    return Object.keys(Object(ports)).map((each) => `${name}.${each}`)
  })
}

/** The same declaration with its keys, and its connections, in another order. */
export function shuffled(value: unknown, isConnections = false): unknown {
  if (Array.isArray(value)) return isConnections ? value.map((each) => shuffled(each)).toReversed() : value
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(
    Object.entries(value)
      .map(([name, each]) => [name, shuffled(each, name === 'connections')] as const)
      .toReversed()
  )
}
