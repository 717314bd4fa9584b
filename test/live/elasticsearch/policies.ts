/**
 * Lifecycle policies of every shape the server's parser knows, beside what it refuses.
 * @module
 */
import type { Json } from '../../../src/records.ts'
import { writtenNumber } from '../../../src/parse/written-number.ts'

type Phases = Readonly<Record<string, Json>>

/** A policy and what is special about it. */
export interface PolicyExample {
  readonly title: string
  readonly policy: Readonly<Record<string, Json>>
}

const rollover = { max_age: '7d' }
const repository = { snapshot_repository: 'backups' }

const hot = (actions: Phases, phase: Phases = {}): Phases => ({ hot: { ...phase, actions: { rollover, ...actions } } })
const warm = (actions: Phases): Phases => ({ warm: { min_age: '7d', actions } })
const cold = (actions: Phases): Phases => ({ cold: { min_age: '30d', actions } })
const frozen = (searchable: Phases): Phases => ({
  frozen: { min_age: '60d', actions: { searchable_snapshot: { ...repository, ...searchable } } }
})
const removal = (actions: Phases, age: Json = '90d'): Phases => ({ delete: { min_age: age, actions } })

const byPhases: readonly (readonly [string, Phases])[] = [
  ['no phase', {}],
  ['a phase without actions', { warm: { min_age: '1d' } }],
  ['a phase with no action', warm({})],
  ['a phase without an age', { hot: { actions: {} } }],
  ['an age of zero', { hot: { min_age: '0ms', actions: {} }, delete: { min_age: '0s', actions: { delete: {} } } }],
  ['an age of zero as a number', { hot: { min_age: 0, actions: {} } }],
  [
    'ages in all units',
    { warm: { min_age: '36h' }, cold: { min_age: '5000m' }, delete: { min_age: '100000000s', actions: { delete: {} } } }
  ],
  ['rollover by age, in hours', { hot: { actions: { rollover: { max_age: '168h' } } } }],
  ['rollover by sizes', { hot: { actions: { rollover: { max_size: '51200mb', max_primary_shard_size: '50gb' } } } }],
  ['rollover by a size of no whole unit', { hot: { actions: { rollover: { max_primary_shard_size: '1.5gb' } } } }],
  [
    'rollover by documents',
    { hot: { actions: { rollover: { max_docs: 1_000_000, max_primary_shard_docs: 200_000_000 } } } }
  ],
  ['rollover by documents as text', { hot: { actions: { rollover: { max_docs: '1000000' } } } }],
  ['rollover by documents with an exponent', { hot: { actions: { rollover: { max_docs: writtenNumber('1e6') } } } }],
  [
    'rollover with all conditions',
    {
      hot: {
        actions: {
          rollover: {
            ...rollover,
            max_docs: 9,
            min_age: '1d',
            min_docs: 1,
            min_size: '1gb',
            min_primary_shard_size: '1gb',
            min_primary_shard_docs: 1
          }
        }
      }
    }
  ],
  [
    'priorities',
    {
      ...hot({ set_priority: { priority: 100 } }),
      ...warm({ set_priority: { priority: 50 } }),
      ...cold({ set_priority: { priority: 0 } })
    }
  ],
  ['readonly', { ...hot({ readonly: {} }), ...warm({ readonly: {} }), ...cold({ readonly: {} }) }],
  ['unfollow', { ...hot({ unfollow: {} }), ...warm({ unfollow: {} }), ...cold({ unfollow: {} }) }],
  ['shrink to a number of shards', warm({ shrink: { number_of_shards: 1 } })],
  ['shrink by size, in the hot phase', hot({ shrink: { max_primary_shard_size: '50gb' } })],
  ['shrink that lets writes in again', warm({ shrink: { number_of_shards: 1, allow_write_after_shrink: true } })],
  ['forcemerge', warm({ forcemerge: { max_num_segments: 1 } })],
  ['forcemerge with another codec', hot({ forcemerge: { max_num_segments: 1, index_codec: 'best_compression' } })],
  ['allocation of replicas', warm({ allocate: { number_of_replicas: 1 } })],
  ['allocation of no replicas', cold({ allocate: { number_of_replicas: 0 } })],
  [
    'allocation by attributes',
    warm({ allocate: { include: { box: 'a,b' }, exclude: { rack: 'r1' }, require: { zone: 'z' } } })
  ],
  ['allocation with empty rules', warm({ allocate: { number_of_replicas: 2, include: {}, require: {} } })],
  ['allocation of shards per node', cold({ allocate: { number_of_replicas: 1, total_shards_per_node: 200 } })],
  ['no migration', { ...warm({ migrate: { enabled: false } }), ...cold({ migrate: { enabled: true } }) }],
  ['migration by default', warm({ migrate: {} })],
  ['downsampling', hot({ downsample: { fixed_interval: '1h' } })],
  ['downsampling that waits', warm({ downsample: { fixed_interval: '1d', wait_timeout: '12h' } })],
  [
    'downsampling in steps',
    {
      ...hot({ downsample: { fixed_interval: '1h' } }),
      ...warm({ downsample: { fixed_interval: '2h' } }),
      ...cold({ downsample: { fixed_interval: '1d' } })
    }
  ],
  ['searchable snapshots', cold({ searchable_snapshot: repository })],
  ['searchable snapshots without a merge', cold({ searchable_snapshot: { ...repository, force_merge_index: false } })],
  ['searchable snapshots, a few of a node', hot({ searchable_snapshot: { ...repository, total_shards_per_node: 3 } })],
  [
    'searchable snapshots with replicas for a while',
    cold({ searchable_snapshot: { ...repository, replicate_for: '14d' } })
  ],
  ['the frozen phase', frozen({ force_merge_index: true })],
  ['freeze, which does nothing any more', cold({ freeze: {} })],
  ['deletion', removal({ delete: {} })],
  ['deletion that keeps the snapshot', removal({ delete: { delete_searchable_snapshot: false } })],
  [
    'deletion after a snapshot',
    removal({ wait_for_snapshot: { policy: 'nightly' }, delete: { delete_searchable_snapshot: 'true' } })
  ],
  [
    'all phases',
    {
      ...hot({ set_priority: { priority: 100 } }),
      ...warm({ shrink: { number_of_shards: 1 }, forcemerge: { max_num_segments: 1 } }),
      ...cold({ searchable_snapshot: repository }),
      ...frozen({}),
      ...removal({ delete: {} })
    }
  ]
]

/** What the server takes. */
export const policyExamples: readonly PolicyExample[] = [
  ...byPhases.map(([title, phases]) => ({ title, policy: { phases } })),
  {
    title: 'words of the author',
    policy: { phases: hot({}), _meta: { description: 'logs', tags: ['a', 'b'], nested: { n: 1, none: {}, list: [] } } }
  },
  {
    title: 'numbers of the author',
    policy: {
      phases: hot({}),
      _meta: { one: writtenNumber('1.0'), e: writtenNumber('1e3'), big: writtenNumber('9007199254740993') }
    }
  },
  { title: 'deprecated', policy: { phases: hot({}), deprecated: true } },
  { title: 'not deprecated', policy: { phases: hot({}), deprecated: false } }
]

const refusedPhases: readonly (readonly [string, Phases])[] = [
  ['an unknown phase', { hoot: { actions: {} } }],
  ['an unknown action', hot({ 'no-such-action': {} })],
  ['an unknown field of an action', hot({ set_priority: { priority: 1, more: 2 } })],
  ['an action of another phase', { hot: { actions: { delete: {} } } }],
  ['an age without a unit', { warm: { min_age: '30', actions: {} } }],
  ['rollover without a condition', { hot: { actions: { rollover: {} } } }],
  ['rollover that is only delayed', { hot: { actions: { rollover: { min_docs: 1 } } } }],
  ['shrink in the hot phase without rollover', { hot: { actions: { shrink: { number_of_shards: 1 } } } }],
  ['shrink to nothing', warm({ shrink: {} })],
  ['forcemerge into nothing', warm({ forcemerge: {} })],
  ['set_priority without a priority', hot({ set_priority: {} })],
  ['a priority below zero', hot({ set_priority: { priority: -1 } })],
  ['allocation of nothing', warm({ allocate: {} })],
  ['a frozen phase without its snapshot', { frozen: { min_age: '1d', actions: {} } }],
  ['two repositories', { ...hot({ searchable_snapshot: repository }), ...frozen({ snapshot_repository: 'others' }) }],
  [
    'shrink after a searchable snapshot',
    { ...hot({ searchable_snapshot: repository }), ...warm({ shrink: { number_of_shards: 1 } }) }
  ],
  [
    'downsampling into shorter intervals',
    { ...hot({ downsample: { fixed_interval: '1h' } }), ...warm({ downsample: { fixed_interval: '1h' } }) }
  ],
  ['rollover that is no object', { hot: { actions: { rollover: '7d' } } }]
]

/** What the server refuses. */
export const refusedPolicies: readonly PolicyExample[] = refusedPhases.map(([title, phases]) => ({
  title,
  policy: { phases }
}))
