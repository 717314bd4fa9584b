/**
 * A pass over keys sees of its items what a pass over everything sees, in a number of requests that does not depend on
 * what else there is.
 */
import assert from 'node:assert/strict'
import { z } from 'zod'
import type { Request } from '../../../reconcilers/elasticsearch/connection/link.ts'
import type { AnyResource, Desired, Observed, Service } from '../../../src/contract.ts'
import type { Json } from '../../../src/records.ts'
import { testCycle } from '../../../src/testing/cycle.ts'
import { item } from '../../reconcilers/elasticsearch/items.ts'
import { countedService } from './counted.ts'
import { nodeOrSkip, securedNodeOrSkip, sharedNodeOrSkip, type Access, type ElasticsearchNode } from './harness.ts'
import { Hand } from './hand.ts'

const prefix = 'scoped-'
const n = (short: string): string => `${prefix}${short}`
const bare = { number_of_shards: 1, number_of_replicas: 0 }

type Items = Readonly<Record<string, Json>>

/** Kind → what is declared of it; the names stand for every way in which something can be there. */
const declarations: Readonly<Record<string, Items>> = {
  'component-template': {
    [n('part')]: { template: { settings: { refresh_interval: '5s' } } },
    [n('marked')]: { template: { settings: { default_pipeline: n('foreign-pipe'), 'lifecycle.name': n('foreign') } } },
    [n('no-part')]: { template: {} },
    'logs-settings': { template: {} }
  },
  'index-template': {
    [n('whole')]: { index_patterns: [n('whole-*')], composed_of: [n('part'), n('foreign-part')], priority: 7 },
    [n('lost')]: { index_patterns: [n('lost-*')], composed_of: [n('nowhere')], priority: 8 },
    [n('several')]: {
      index_patterns: [n('several-*')],
      composed_of: [n('nowhere'), n('elsewhere'), n('foreign-part')],
      priority: 9,
      template: { settings: { default_pipeline: n('pipe') } }
    }
  },
  'lifecycle-policy': { [n('policy')]: { policy: { phases: {} } }, [n('no-policy')]: { policy: { phases: {} } } },
  'ingest-pipeline': {
    [n('pipe')]: { processors: [{ pipeline: { name: n('foreign-pipe') } }, { pipeline: { name: n('nowhere') } }] },
    [n('no-pipe')]: { processors: [] },
    [n('odd,pipe')]: { processors: [] }
  },
  index: {
    [n('plain')]: { settings: { ...bare, refresh_interval: '9s' } },
    [n('split')]: { settings: { ...bare, number_of_routing_shards: 8 } },
    [n('one')]: { settings: bare, aliases: { [n('both')]: {} } },
    [n('two')]: { settings: bare, aliases: { [n('both')]: { is_write_index: true } } },
    [n('closed')]: { settings: bare },
    [n('hidden')]: { settings: bare },
    [n('missing')]: { settings: bare, aliases: { [n('both')]: {}, [n('nobody')]: {} } },
    [n('front')]: { strategy: 'reindex', settings: bare, aliases: { [n('both')]: {} } },
    [n('left')]: { settings: bare },
    [n('unfronted')]: { strategy: 'reindex', settings: bare },
    [n('fresh')]: { strategy: 'reindex', settings: bare },
    [n('named')]: { settings: bare },
    [n('stream')]: { settings: bare },
    [`${prefix}UPPER*`]: { settings: bare },
    [n('x'.repeat(300))]: { settings: bare }
  },
  'data-stream': { [n('stream')]: {}, [n('stream-to-be')]: {}, [n('nothing')]: {}, [n('named')]: {}, [n('plain')]: {} },
  alias: {
    [n('named')]: { [n('plain')]: {}, [n('one')]: { routing: '1' } },
    [n('of-stream')]: { [n('stream')]: {} },
    [n('unseen')]: { [n('plain')]: { is_hidden: true } },
    [n('both')]: { [n('one')]: {} },
    [n('to-alias')]: { [n('named')]: {} },
    [n('absent')]: { [n('no-such-index')]: {} },
    [n('hidden')]: { [n('plain')]: {} }
  },
  cluster: { settings: { persistent: { 'cluster.max_shards_per_node': 3000 } } }
}

/** What the server can hold. */
interface ServerParts {
  readonly hasPolicies: boolean
  readonly isOpenSearch: boolean
}

/** The same names on the server, some of them as something else than what is declared. */
async function arrange(hand: Hand, { hasPolicies, isOpenSearch }: ServerParts): Promise<void> {
  const infometis = (more: Items): Items => ({ _meta: { infometis: { owner: 'infometis', ...more } } })
  const copy = { from: n('front-2'), digest: 'd', block: 'ours' }
  await hand.create({
    [n('plain')]: { settings: bare, mappings: infometis({}) },
    [n('split')]: { settings: { ...bare, number_of_routing_shards: 4 } },
    [n('one')]: { settings: bare, aliases: { [n('both')]: {}, [n('unseen')]: { is_hidden: true } } },
    [n('two')]: { settings: bare, aliases: { [n('both')]: { is_write_index: true } } },
    [n('third')]: { settings: bare, aliases: { [n('both')]: { filter: { term: { a: 1 } } } } },
    [n('closed')]: { settings: bare },
    [n('hidden')]: { settings: { ...bare, hidden: true } },
    [n('front-1')]: {
      settings: bare,
      mappings: infometis({ replaced: { by: n('front-2'), at: '2026-01-01T00:00:00Z' } })
    },
    [n('front-2')]: { settings: bare, aliases: { [n('front')]: { is_write_index: true }, [n('both')]: {} } },
    [n('front-3')]: { settings: bare, mappings: infometis({ reindex: copy }) },
    [n('front-4')]: { settings: { ...bare, hidden: true }, mappings: infometis({ reindex: copy }) },
    [n('left-1')]: { settings: bare, aliases: { [n('left')]: {} } },
    [n('left-2')]: { settings: bare, mappings: infometis({ reindex: { ...copy, from: n('left-1') } }) },
    [n('unfronted')]: { settings: bare, mappings: infometis({}) }
  })
  await hand.close(n('closed'))
  await hand.must('PUT', `/_component_template/${n('part')}`, { template: { settings: { refresh_interval: '6s' } } })
  await hand.must('PUT', `/_component_template/${n('foreign-part')}`, { template: {} })
  await hand.must('PUT', `/_component_template/${n('marked')}`, { template: {}, ...infometis({}) })
  await hand.must('PUT', `/_index_template/${n('whole')}`, { index_patterns: [n('whole-*')], priority: 7 })
  await hand.must('PUT', `/_ingest/pipeline/${n('pipe')}`, { processors: [] })
  await hand.must('PUT', `/_ingest/pipeline/${n('foreign-pipe')}`, { processors: [] })
  if (hasPolicies)
    for (const name of ['policy', 'foreign'])
      await hand.must('PUT', `/_ilm/policy/${n(name)}`, { policy: { phases: {} } })
  await hand.changeAliases([
    { add: { index: n('plain'), alias: n('named'), routing: '2' } },
    { add: { index: n('two'), alias: n('named'), is_hidden: false } }
  ])
  if (!hasPolicies && !isOpenSearch) return
  await hand.must('PUT', `/_index_template/${n('streams')}`, { index_patterns: [n('stream*')], data_stream: {} })
  await hand.must('PUT', `/_data_stream/${n('stream')}`)
  if (hasPolicies) await hand.changeAliases([{ add: { index: n('stream'), alias: n('of-stream') } }])
}

class Bench {
  readonly service: Service
  readonly asked: Request[]
  readonly declared: ReadonlyMap<string, readonly Desired<unknown>[]>

  constructor(server: Access) {
    const { service, asked } = countedService(server)
    this.service = service
    this.asked = asked
    this.declared = new Map(
      Object.entries(declarations).map(([kind, items]) => {
        const resource = this.resource(kind)
        return [kind, Object.entries(items).map(([name, spec]) => item(resource, name, spec))]
      })
    )
  }

  resource(kind: string): AnyResource {
    const found = this.service.resources.find((candidate) => candidate.kind === kind)
    assert.ok(found)
    return found
  }

  itemsOf(kind: string): readonly Desired<unknown>[] {
    return this.declared.get(kind) ?? []
  }

  whole(kind: string): Promise<Observed<unknown, unknown>> {
    return this.resource(kind).observe(this.itemsOf(kind), testCycle({ declared: this.declared }))
  }

  scoped(kind: string, items: readonly Desired<unknown>[]): Promise<Observed<unknown, unknown>> {
    const scope = new Set(items.map(({ key }) => key))
    return this.resource(kind).observe(items, testCycle({ declared: this.declared, scope }))
  }

  /** How many requests it takes to see these items. */
  async cost(kind: string, items: readonly Desired<unknown>[]): Promise<number> {
    this.asked.length = 0
    await this.scoped(kind, items)
    return this.asked.length
  }

  /** `name verdict code path` of what the rules say of these items. */
  remarks(kind: string, observed: Observed<unknown, unknown>, names: ReadonlySet<string>): readonly string[] {
    const remarks = this.resource(kind).check?.(this.itemsOf(kind), { observed, declared: this.declared }) ?? []
    return remarks
      .filter(({ name }) => names.has(name))
      .map(({ name, verdict, code, path }) => [name, verdict, code, ...path].join(' '))
      .toSorted()
  }
}

/** Every item alone, and all of them. */
function selections(items: readonly Desired<unknown>[]): readonly (readonly Desired<unknown>[])[] {
  return [...items.map((each) => [each]), items.slice(0, 2), items]
}

function sorted(items: Observed<unknown, unknown>['items']): unknown {
  return [...items].toSorted(([a], [b]) => (a < b ? -1 : 1))
}

/** Fails unless a reading of single items shows, and lets the rules say, what a whole one does. */
async function assertSame(bench: Bench, kind: string): Promise<void> {
  const whole = await bench.whole(kind)
  for (const items of selections(bench.itemsOf(kind))) {
    const scoped = await bench.scoped(kind, items)
    const names = new Set(items.map(({ name }) => name))
    const about = [...names].join(', ')
    const expected = new Map([...whole.items].filter(([name]) => names.has(name)))
    assert.deepEqual(sorted(scoped.items), sorted(expected), about)
    assert.deepEqual(bench.remarks(kind, scoped, names), bench.remarks(kind, whole, names), about)
  }
}

for (const version of ['9.4.3', '8.19.8', 'opensearch-3.8.0'] as const) {
  describe(`a reading of single items on ${version}`, function () {
    this.timeout(120_000)
    let node: ElasticsearchNode
    let hand: Hand
    let bench: Bench

    before(async function () {
      // Policies and data streams need the plugin, and counting at 300 indices a node that nobody else uses.
      node =
        version === '9.4.3'
          ? await nodeOrSkip(this, { version, plugins: ['lifecycle'] })
          : await sharedNodeOrSkip(this, version)
      hand = new Hand(node)
      bench = new Bench(node)
      await arrange(hand, { hasPolicies: version === '9.4.3', isOpenSearch: version.startsWith('opensearch') })
    })

    after(async () => {
      await bench?.service.close()
      await hand?.clear(prefix)
      if (version === '9.4.3') await node?.stop()
    })

    for (const kind of Object.keys(declarations)) {
      it(`shows what a reading of everything shows, and is judged the same: ${kind}`, () => assertSame(bench, kind))

      it(`takes at most four requests for one item: ${kind}`, async () => {
        for (const each of bench.itemsOf(kind)) {
          const cost = await bench.cost(kind, [each])
          const isNamed = !/[*,]/.test(each.name)
          assert.ok(!isNamed || cost <= 4, `${each.name}: ${bench.asked.map(({ path }) => path).join(' ')}`)
        }
      })
    }

    if (version !== '9.4.3') return
    it('takes as many requests beside 300 indices, aliases and templates as beside a few', async () => {
      const first = (kind: string) => bench.itemsOf(kind).slice(0, 1)
      const costs = async (): Promise<readonly number[]> => {
        const all: number[] = []
        for (const kind of Object.keys(declarations)) all.push(await bench.cost(kind, first(kind)))
        return all
      }
      const few = await costs()
      const more = Array.from({ length: 300 }, (_, position) => n(`more-${position}`))
      await hand.create(
        Object.fromEntries(more.map((name) => [name, { settings: bare, aliases: { [`${name}-a`]: {} } }]))
      )
      await Promise.all(more.map((name) => hand.must('PUT', `/_component_template/${name}`, { template: {} })))
      assert.deepEqual(await costs(), few)
      assert.ok(
        few.every((count) => count <= 4),
        few.join()
      )
    })
  })
}

describe('a reading of single items with few rights', function () {
  this.timeout(120_000)
  let hand: Hand
  let url: string
  let caFile: string | undefined

  before(async function () {
    const node = await securedNodeOrSkip(this)
    hand = new Hand(node)
    ;({ url, caFile } = node)
    await arrange(hand, { hasPolicies: false, isOpenSearch: false })
  })

  after(() => hand?.clear(prefix))

  for (const [rights, cluster, names] of [
    ['none', [], [n('nowhere')]],
    ['those of some indices', ['monitor'], [n('plain'), n('front*')]],
    ['those of its own', ['monitor', 'manage_index_templates', 'manage_ingest_pipelines'], [`${prefix}*`]]
  ] as const) {
    it(`shows and refuses what a reading of everything does: ${rights}`, async () => {
      const { encoded: apiKey } = z.object({ encoded: z.string() }).parse(
        await hand.must('POST', '/_security/api_key', {
          name: 'few',
          role_descriptors: { own: { cluster, indices: [{ names, privileges: ['manage'] }] } }
        })
      )
      const bench = new Bench({ url, apiKey, ...(caFile !== undefined && { caFile }) })
      try {
        for (const kind of Object.keys(declarations)) await assertSame(bench, kind)
      } finally {
        await bench.service.close()
      }
    })
  }
})
