import assert from 'node:assert/strict'
import { whyNoRoom, type Room } from '../../../../../reconcilers/elasticsearch/index/reindex/head-room.ts'
import { markerOf, metaWith } from '../../../../../reconcilers/elasticsearch/index/reindex/marker.ts'
import { generationRemarks } from '../../../../../reconcilers/elasticsearch/index/reindex/remarks.ts'
import { judgeCounts } from '../../../../../reconcilers/elasticsearch/index/reindex/swap.ts'
import {
  completion,
  generationBody,
  shardsOf,
  swapActions,
  whyNotCopied,
  type Blueprint
} from '../../../../../reconcilers/elasticsearch/index/reindex/target.ts'
import { judgeEnding, runningOf } from '../../../../../reconcilers/elasticsearch/index/reindex/task.ts'
import { valueAt } from '../../../../../reconcilers/elasticsearch/body/compare.ts'
import { compareIndex } from '../../../../../reconcilers/elasticsearch/index/compare.ts'
import { indexKind } from '../../../../../reconcilers/elasticsearch/index/kind.ts'
import type { IndexReading } from '../../../../../reconcilers/elasticsearch/index/read-indices.ts'
import { indexSchema, type IndexState } from '../../../../../reconcilers/elasticsearch/index/state.ts'
import { item } from '../../items.ts'

const marker = { from: 'shop-1', digest: 'now', block: 'ours' } as const

/** Everything declared may be written, unless `ignored` begins its path. */
function blueprint(live: Partial<IndexReading>, declared: object, ignored = '-'): Blueprint {
  const source = { settings: {}, mappings: {}, aliases: {}, ...live }
  const spec = indexSchema.parse({ strategy: 'reindex', ...declared })
  const fields = compareIndex(spec, { index: 'shop-1', isOpen: true, distribution: 'elasticsearch', ...source })
  return {
    source,
    spec,
    allowed: new Set(fields.map(({ path }) => path).filter((path) => !path.startsWith(ignored))),
    context: { distribution: 'elasticsearch', closed: false }
  }
}

const propertiesOf = (plan: Blueprint): unknown =>
  valueAt(generationBody(plan, marker, 'us'), ['mappings', 'properties'])

describe('a new generation', () => {
  const settings = {
    'index.number_of_shards': '1',
    'index.number_of_replicas': '2',
    'index.refresh_interval': '5s',
    'index.max_result_window': '77',
    'index.uuid': 'x',
    'index.creation_date': '1',
    'index.final_pipeline': 'stamp',
    'index.blocks.write': 'true'
  }

  it('is what the old one is with what is declared, has no replicas and no refresh while it is filled, and nothing of the server’s own', () => {
    assert.deepEqual(generationBody(blueprint({ settings }, { settings: { number_of_shards: 3 } }), marker, 'us'), {
      settings: {
        'index.number_of_shards': '3',
        'index.max_result_window': '77',
        'index.refresh_interval': '-1',
        'index.number_of_replicas': '0'
      },
      mappings: { _meta: { infometis: { owner: 'us', reindex: marker } } }
    })
  })

  it('gets what was held back when it is full, and our own block never', () => {
    const target = { 'index.number_of_replicas': '0', 'index.refresh_interval': '-1' }
    const plan = blueprint({ settings }, {})
    const rest = { 'index.refresh_interval': '5s', 'index.number_of_replicas': '2', 'index.final_pipeline': 'stamp' }
    assert.deepEqual(completion(plan, target, marker), rest)
    assert.deepEqual(completion(plan, target, { ...marker, block: 'theirs' }), {
      ...rest,
      'index.blocks.write': 'true'
    })
    assert.equal(completion(plan, { ...target, ...rest }, marker), undefined)
  })

  it('resets what was not set, and leaves the number of replicas to a server that chooses it', () => {
    const expanding = { 'index.auto_expand_replicas': '0-1', 'index.number_of_replicas': '1' }
    assert.deepEqual(
      completion(
        blueprint({ settings: expanding }, {}),
        { 'index.refresh_interval': '-1', 'index.number_of_replicas': '0' },
        marker
      ),
      {
        'index.refresh_interval': null,
        'index.auto_expand_replicas': '0-1'
      }
    )
    assert.deepEqual(shardsOf(blueprint({ settings: expanding }, {})), { primaries: 1, replicas: 0 })
    assert.deepEqual(shardsOf(blueprint({ settings }, { settings: { number_of_shards: 3 } })), {
      primaries: 3,
      replicas: 2
    })
  })

  it('has a field of another type as it is declared, with multi-fields nobody declared, and other fields as they are', () => {
    const live = {
      properties: {
        sku: { type: 'keyword', ignore_above: 9, fields: { raw: { type: 'text' } } },
        at: { type: 'date', format: 'epoch_millis' }
      }
    }
    const plan = blueprint(
      { mappings: live },
      { mappings: { properties: { sku: { type: 'text', analyzer: 'english' } } } }
    )
    assert.deepEqual(propertiesOf(plan), {
      sku: { type: 'text', analyzer: 'english', fields: { raw: { type: 'text' } } },
      at: { type: 'date', format: 'epoch_millis' }
    })
  })

  it('has no field that is declared as null, and keeps what is ignored', () => {
    const mappings = { properties: { gone: { type: 'keyword' }, kept: { type: 'keyword' } } }
    const plan = blueprint(
      { mappings },
      { mappings: { properties: { gone: null, kept: { type: 'long' } } } },
      'mappings.properties.kept'
    )
    assert.deepEqual(propertiesOf(plan), { kept: { type: 'keyword' } })
  })

  it('brings settings that would close a live index, and only when there is a new index anyway', () => {
    const analysis = { analysis: { analyzer: { mine: { type: 'custom', tokenizer: 'standard' } } } }
    const state: IndexState = {
      index: 'shop-1',
      isOpen: true,
      distribution: 'opensearch',
      settings,
      mappings: { properties: { sku: { type: 'text' } } },
      aliases: {}
    }
    const risksOf = (declared: object): readonly string[] =>
      compareIndex(indexSchema.parse({ strategy: 'reindex', ...declared }), state).map(({ risk }) => risk)
    assert.deepEqual(new Set(risksOf({ settings: analysis })), new Set(['unsupported']))
    assert.deepEqual(
      new Set(risksOf({ settings: analysis, mappings: { properties: { sku: { type: 'text', analyzer: 'mine' } } } })),
      new Set(['safe'])
    )
  })

  it('takes over every alias of the old one in one request, and none without it', () => {
    const aliases = { shop: { is_write_index: true }, all: { filter: { term: { a: 1 } }, index_routing: '7' } }
    assert.deepEqual(
      swapActions(
        'shop',
        'shop-1',
        'shop-2',
        blueprint({ aliases }, { aliases: { all: { filter: { term: { a: 2 } } } } })
      ),
      [
        { remove: { index: 'shop-1', alias: 'shop', must_exist: true } },
        { remove: { index: 'shop-1', alias: 'all', must_exist: true } },
        { add: { index: 'shop-2', alias: 'shop', is_write_index: true } },
        { add: { index: 'shop-2', alias: 'all', filter: { term: { a: 2 } } } }
      ]
    )
  })

  it('is not begun when the old one cannot be copied whole', () => {
    const refused = (live: Partial<IndexReading>): string | undefined =>
      whyNotCopied({ settings: {}, mappings: {}, aliases: {}, ...live })
    assert.match(refused({ mappings: { _source: { excludes: ['big'] } } }) ?? '', /not stored whole/)
    assert.match(refused({ mappings: { _source: { enabled: false } } }) ?? '', /not stored whole/)
    assert.match(refused({ settings: { 'index.blocks.read_only': 'true' } }) ?? '', /blocks\.read_only is true/)
    assert.equal(
      refused({ mappings: { _source: { mode: 'stored' } }, settings: { 'index.blocks.write': 'true' } }),
      undefined
    )
  })
})

describe('room for a copy', () => {
  const room: Room = {
    shards: { present: 10, needed: 2, most: 12 },
    disks: [
      { total: 1_000, free: 300 },
      { total: 1_000, free: 50 }
    ],
    needed: 200,
    watermark: '90%'
  }

  it('is what disks have below the high watermark, and shards the cluster may still have', () => {
    assert.equal(whyNoRoom(room), undefined)
    assert.match(whyNoRoom({ ...room, needed: 201 }) ?? '', /disk/)
    assert.match(
      whyNoRoom({ ...room, shards: { ...room.shards, needed: 3 } }) ?? '',
      /takes 3 more shards and the cluster can have 2 more/
    )
  })

  it('reads a watermark as a share or as bytes that stay free, and does without one', () => {
    assert.equal(whyNoRoom({ ...room, watermark: '0.9' }), undefined)
    assert.equal(whyNoRoom({ ...room, watermark: '100b' }), undefined)
    assert.match(whyNoRoom({ ...room, watermark: '101b' }) ?? '', /free below the high watermark \(101b\)/)
    assert.equal(whyNoRoom({ ...room, mostReserved: '30b', needed: 290 }), undefined)
    assert.match(whyNoRoom({ ...room, mostReserved: '-1', needed: 290 }) ?? '', /disk/)
    assert.equal(whyNoRoom({ ...room, watermark: undefined, needed: 350 }), undefined)
    assert.match(whyNoRoom({ ...room, watermark: undefined, needed: 351 }) ?? '', /disk/)
  })
})

describe('the task that copies', () => {
  const route = { from: 'shop-1', to: 'shop-2' }
  const task = (id: number, description: string, status: object, parent?: string): object => ({
    node: 'n',
    id,
    description,
    status,
    ...(parent !== undefined && { parent_task_id: parent })
  })
  const answer = (...tasks: readonly object[]): Parameters<typeof runningOf>[0] => JSON.parse(JSON.stringify({ tasks }))

  it('is found by what it copies, and a sliced one is counted by its slices', () => {
    const own = 'reindex from [shop-1] to [shop-2]'
    assert.equal(
      runningOf(
        answer(task(1, 'reindex from [shop-1] to [shop-22]', {}), task(2, 'reindex from [shop] to [shop-2]', {})),
        route
      ),
      undefined
    )
    assert.deepEqual(runningOf(answer(task(1, own, { total: 9, created: 3, version_conflicts: 2 })), route), {
      id: 'n:1',
      copied: 5,
      total: 9
    })
    const sliced = answer(
      task(2, own, { total: 4, created: 1 }, 'n:1'),
      task(1, own, { total: 0 }),
      task(3, own, { total: 5, created: 2 }, 'n:1')
    )
    assert.deepEqual(runningOf(sliced, route), { id: 'n:1', copied: 3, total: 9 })
  })

  it('ended well only without failures', () => {
    assert.deepEqual(judgeEnding({ completed: false }), { end: 'running' })
    assert.deepEqual(judgeEnding({ completed: true, response: { failures: [], version_conflicts: 7 } }), {
      end: 'complete'
    })
    assert.equal(
      judgeEnding({ completed: true, response: { failures: [], canceled: 'by user request' } }).end,
      'refused'
    )
    const cancelled = {
      type: 'search_phase_execution_exception',
      reason: 'all shards failed',
      caused_by: { type: 'task_cancelled_exception', reason: 'cancelled' }
    }
    assert.deepEqual(judgeEnding({ completed: true, error: cancelled }), {
      end: 'refused',
      why: 'its task was cancelled'
    })
  })

  it('says which documents do not fit, the first three', () => {
    const failures = [1, 2, 3, 4].map((id) => ({
      id: String(id),
      status: 400,
      cause: { type: 'document_parsing_exception', reason: `bad ${id}` }
    }))
    assert.deepEqual(judgeEnding({ completed: true, response: { failures } }), {
      end: 'refused',
      why: 'document "1": bad 1; document "2": bad 2; document "3": bad 3; and more'
    })
  })

  it('is begun again after what may be over the next time', () => {
    const busy = { id: '1', status: 429, cause: { type: 'es_rejected_execution_exception', reason: 'queue full' } }
    assert.deepEqual(judgeEnding({ completed: true, response: { failures: [busy] } }), {
      end: 'broken',
      why: 'document "1": queue full'
    })
    assert.equal(
      judgeEnding({
        completed: true,
        response: { failures: [{ shard: 0, reason: { type: 'node_disconnected_exception', reason: 'gone' } }] }
      }).end,
      'broken'
    )
    assert.equal(
      judgeEnding({ completed: true, error: { type: 'node_closed_exception', reason: 'closed' } }).end,
      'broken'
    )
    assert.equal(
      judgeEnding({ completed: true, error: { type: 'illegal_argument_exception', reason: 'no source' } }).end,
      'refused'
    )
  })
})

describe('counting both generations', () => {
  it('wants the same number, or at least as many where writers write to both', () => {
    assert.equal(judgeCounts(5, 5, 'ours').counts, 'equal')
    assert.equal(judgeCounts(5, 6, 'ours').counts, 'different')
    assert.equal(judgeCounts(5, 4, 'theirs').counts, 'different')
    assert.equal(judgeCounts(5, 6, 'none').counts, 'equal')
    assert.equal(judgeCounts(5, 4, 'none').counts, 'short')
  })
})

describe('the marker of a generation', () => {
  it('comes back as it was written, beside what others wrote', () => {
    const mappings = { _meta: { team: 'red', infometis: { owner: 'us', digest: 'x' } } }
    const meta = metaWith(
      mappings,
      { reindex: { ...marker, task: 'n:1', copied: true, failed: 'why' }, replaced: { by: 'shop-3', at: 'now' } },
      'us'
    )
    assert.equal(meta['team'], 'red')
    assert.deepEqual(markerOf({ _meta: meta }), {
      reindex: { ...marker, task: 'n:1', copied: true, failed: 'why' },
      replaced: { by: 'shop-3', at: 'now' }
    })
    assert.deepEqual(metaWith({ _meta: meta }, {}, 'us'), mappings['_meta'])
  })

  it('is none when somebody wrote something else there', () => {
    for (const infometis of [
      7,
      { reindex: 'x' },
      { reindex: { from: 'a', digest: 'b', block: 'wat' } },
      { replaced: { by: 1 } }
    ])
      assert.deepEqual(markerOf({ _meta: { infometis } }), {})
  })
})

describe('generations that are not in use', () => {
  const state: IndexState = {
    index: 'shop-2',
    isOpen: true,
    distribution: 'elasticsearch',
    settings: {},
    mappings: {},
    aliases: {}
  }
  const remarks = (others: IndexState['others'], paused = false): readonly string[] => {
    const desired = item(indexKind, 'shop', { strategy: 'reindex' })
    return generationRemarks(
      { ...desired, control: { ...desired.control, paused } },
      { ...state, ...(others && { others }) }
    ).map(({ code, message }) => `${code} ${message}`)
  }

  it('are named with since when and why, and never go away by themselves', () => {
    assert.deepEqual(
      remarks([{ index: 'shop-1', replaced: { by: 'shop-2', at: '2026-11-21T15:20:00.000Z' } }, { index: 'shop-7' }]),
      [
        'OLD_GENERATION shop-1 was replaced by shop-2 at 2026-11-21T15:20:00.000Z and is kept; delete it when it is no longer needed'
      ]
    )
    assert.match(
      remarks([{ index: 'shop-3', reindex: { ...marker, failed: 'no reason' } }])[0] ?? '',
      /shop-3 was given up \(no reason\)/
    )
  })

  it('are warned of when an item is paused in the middle', () => {
    const filled = { index: 'shop-3', reindex: { ...marker, from: 'shop-2' } }
    assert.deepEqual(remarks([filled]), [])
    assert.match(remarks([filled], true)[0] ?? '', /^REINDEX_PAUSED .* shop-2 refuses writes until the copy continues/)
  })
})
