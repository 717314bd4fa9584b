/**
 * What was written is found again: indices of all kinds, created and changed through the plugin, beside the server's own
 * echo. The same bodies in every run; `ECHO_SEED` is for others, `ECHO_SEED=random` for a search, and a failure names its
 * seed.
 */
import assert from 'node:assert/strict'
import fc from 'fast-check'
import type { CycleReport } from '../../../src/line.ts'
import type { Json } from '../../../src/records.ts'
import { isBody, type Body } from '../../../reconcilers/elasticsearch/body.ts'
import { canonicalMapping } from '../../../reconcilers/elasticsearch/mapping/canonical.ts'
import { withIndexDefaults } from '../../../reconcilers/elasticsearch/mapping/index-defaults.ts'
import { flattenSettings } from '../../../reconcilers/elasticsearch/settings/flatten.ts'
import { rounds } from '../../rounds.ts'
import { indexArbitrary, type ArbitraryIndex } from './arbitrary.ts'
import { openScene, serverOrSkip, type Access, type LiveIndex, type Scene } from './harness.ts'
import { openLine, told, type Line } from './line.ts'

const runs = [
  { version: '9.4.3', created: rounds(100, 300) },
  { version: '8.19.8', created: rounds(50, 300) },
  { version: 'opensearch-3.8.0', created: rounds(50, 300) }
] as const

const updated = rounds(50, 300)
const chunk = 50
const wish = process.env['ECHO_SEED'] ?? '20261121'
const seed = Number(wish === 'random' ? fc.sample(fc.integer(), 1)[0] : wish)

function chunks<T>(items: readonly T[]): readonly (readonly T[])[] {
  return Array.from({ length: Math.ceil(items.length / chunk) }, (_, position) =>
    items.slice(position * chunk, (position + 1) * chunk)
  )
}

for (const { version, created } of runs) {
  describe(`the echo of ${version}`, function () {
    this.timeout(180_000)
    const indices = indexArbitrary(version.startsWith('opensearch') ? 'opensearch' : 'elasticsearch')
    let server: Access
    let scene: Scene

    before(async function () {
      server = await serverOrSkip(this, version)
      scene = await openScene(server)
    })

    afterEach(async () => {
      await scene.hand.deleteIndices(await scene.hand.names(scene.prefix))
    })

    /** Declares an index under a name of its own, with aliases of its own. */
    function declared(batch: readonly ArbitraryIndex[]): Readonly<Record<string, Body>> {
      return scene.named(
        Object.fromEntries(
          batch.map(({ settings, mappings, aliases }, position) => {
            const own = Object.entries(aliases).map(([alias, member]): [string, Json] => [
              scene.name(`${alias}-${position}`),
              member
            ])
            return [`echo-${position}`, { settings, mappings, aliases: Object.fromEntries(own) }]
          })
        )
      )
    }

    /** Fails with the seed and every item that is not as `wanted` says. */
    function assertTold(
      report: CycleReport,
      items: Readonly<Record<string, Body>>,
      isWanted: (line: string) => boolean
    ): void {
      const wrong = Object.entries(items).flatMap(([name, body]) => {
        const lines = told(report, name)
        return lines.length > 0 && lines.every(isWanted) ? [] : [`${lines.join('; ')} of ${JSON.stringify(body)}`]
      })
      assert.deepEqual(wrong, [], `ECHO_SEED=${seed}`)
    }

    async function assertIdle(
      line: Line,
      isWanted: (text: string) => boolean,
      items: Readonly<Record<string, Body>>
    ): Promise<void> {
      line.take()
      assertTold(await line.cycle(), items, isWanted)
      assert.deepEqual(line.takeWrites(), [], `ECHO_SEED=${seed}`)
    }

    const isKept = (text: string): boolean => text === 'keep unchanged'

    it(`holds ${created} new indices as declared and nothing else, and a second apply writes nothing`, async () => {
      for (const batch of chunks(fc.sample(indices, { seed, numRuns: created }))) {
        const line = openLine(server, scene)
        const items = declared(batch)
        line.declare({ indices: items })
        const report = await line.apply()
        assertTold(report, items, isKept)
        assert.deepEqual(
          report.undeclared.map(({ key, path, value }) => [key, path, value]),
          [],
          `ECHO_SEED=${seed}`
        )
        await assertIdle(line, isKept, items)
        await line.close()
        await scene.hand.deleteIndices(Object.keys(items))
      }
    })

    it(`holds ${updated} changed indices as far as they can change, and what was declared before survives`, async () => {
      // A runtime field of another type keeps its script when none is declared, and that may not fit.
      const isHeld = (text: string): boolean =>
        isKept(text) || /^hold held .*(needs reindex|would hide|closed)|compile error: Cannot cast/.test(text)
      for (const batch of chunks(fc.sample(fc.tuple(indices, indices), { seed, numRuns: updated }))) {
        const line = openLine(server, scene)
        const [first, second] = [declared(batch.map(([one]) => one)), declared(batch.map(([, other]) => other))]
        line.declare({ indices: first })
        assertTold(await line.apply(), first, isKept)
        const before = await liveOf(Object.keys(first))
        line.declare({ indices: second, policy: { hold: [] } })
        assertTold(await line.apply(), second, isHeld)
        await assertIdle(line, isHeld, second)
        const after = await liveOf(Object.keys(first))
        const lost = Object.entries(second).flatMap(([name, body]) =>
          lostOf(body, before.get(name), after.get(name)).map(
            (path) => `${path} of ${JSON.stringify([first[name], body])}`
          )
        )
        assert.deepEqual(lost, [], `ECHO_SEED=${seed}`)
        await line.close()
        await scene.hand.deleteIndices(Object.keys(first))
      }
    })

    async function liveOf(names: readonly string[]): Promise<ReadonlyMap<string, LiveIndex | undefined>> {
      return new Map(await Promise.all(names.map(async (name) => [name, await scene.hand.index(name)] as const)))
    }
  })
}

/** Paths of what an index had, nobody declared any more and is not as it was. */
function lostOf(declared: Body, before: LiveIndex | undefined, after: LiveIndex | undefined): readonly string[] {
  assert.ok(before !== undefined && after !== undefined)
  const keys = flattenSettings(declared['settings']).values
  const settings = Object.entries(before.settings).flatMap(([key, value]) => {
    const isOurs =
      keys.has(key.replace(/^index\./, '')) || (key.endsWith('number_of_replicas') && keys.has('auto_expand_replicas'))
    return isOurs || JSON.stringify(after.settings[key]) === JSON.stringify(value) ? [] : [key]
  })
  const aliases = Object.entries(before.aliases).flatMap(([alias, member]) => {
    const isOurs = Object.hasOwn(bodyOf(declared['aliases']), alias)
    return isOurs || JSON.stringify(after.aliases[alias]) === JSON.stringify(member) ? [] : [alias]
  })
  // A parameter that equals what its index now decides is dropped by the server, and is as it was all the same.
  const now = withIndexDefaults(after.mappings, before.mappings, flattenSettings(after.settings).values)
  return [
    ...settings,
    ...aliases,
    ...lostBelow(
      canonicalMapping(bodyOf(declared['mappings'])),
      canonicalMapping(before.mappings),
      canonicalMapping(now),
      ''
    )
  ]
}

/** Only what is declared may differ, however deep it is. */
function lostBelow(declared: Body, before: Body, after: Body, path: string): readonly string[] {
  return Object.entries(before).flatMap(([key, value]) => {
    const here = `${path}.${key}`
    const said = Object.hasOwn(declared, key) ? declared[key] : undefined
    const now = Object.hasOwn(after, key) ? after[key] : undefined
    if (said === null || here === '._meta.infometis') return []
    if (isBody(said) && isBody(value) && isBody(now)) return lostBelow(said, value, now, here)
    if (said !== undefined || sameKeys(value, now)) return []
    return [here]
  })
}

function bodyOf(value: Json | undefined): Body {
  return isBody(value) ? value : {}
}

function sameKeys(one: Json, other: Json | undefined): boolean {
  return other !== undefined && JSON.stringify(sorted(one)) === JSON.stringify(sorted(other))
}

/** Scalars as text: settings of an index are. */
function sorted(value: Json): Json {
  if (typeof value === 'boolean' || typeof value === 'number') return String(value)
  return isBody(value)
    ? Object.fromEntries(
        Object.entries(value)
          .toSorted(([a], [b]) => (a < b ? -1 : 1))
          .map(([key, part]) => [key, sorted(part)])
      )
    : value
}
