/**
 * Lifecycle policies.
 */
import assert from 'node:assert/strict'
import { bodyForCreate, bodyForUpdate, undeclaredBody } from '../../../../reconcilers/elasticsearch/body/shape.ts'
import { bodiesFrom } from '../../../../reconcilers/elasticsearch/body/kind.ts'
import {
  lifecyclePolicyKind as kind,
  lifecyclePolicies
} from '../../../../reconcilers/elasticsearch/lifecycle-policy/kind.ts'
import { lifecyclePolicyShape as shape } from '../../../../reconcilers/elasticsearch/lifecycle-policy/state.ts'
import type { Body } from '../../../../reconcilers/elasticsearch/body.ts'
import { differences, found, parsed, verdicts } from '../declared.ts'

function policy(phases: Body): Body {
  return { policy: { phases } }
}

function live(phases: Body): ReturnType<typeof found> {
  return found(
    bodiesFrom(lifecyclePolicies, {
      p: {
        version: 3,
        modified_date: '2026-11-21',
        policy: { phases },
        in_use_by: { indices: [], data_streams: [], composable_templates: [] }
      }
    }),
    'p'
  )
}

const rollover = {
  min_age: '0ms',
  actions: { rollover: { max_age: '7d', max_primary_shard_size: '50gb' }, set_priority: { priority: 100 } }
}
const removal = { min_age: '30d', actions: { delete: { delete_searchable_snapshot: true } } }
const full = live({ hot: rollover, delete: removal })

/** Each difference as `path risk`. */
function risks(spec: Body, item: ReturnType<typeof found>): readonly string[] {
  return kind.compare(spec, item.state).map(({ path, risk }) => `${path.replace('policy.phases.', '')} ${risk}`)
}

describe('a lifecycle policy', () => {
  it('is read without its wrapper', () => {
    assert.deepEqual(kind.describe?.(full.state), policy({ hot: rollover, delete: removal }))
    assert.equal(full.owner, undefined)
    const marked = bodiesFrom(lifecyclePolicies, {
      p: { policy: { phases: {}, _meta: { infometis: { owner: 'me' } } } },
      '30-days-default': { policy: { phases: {} } }
    })
    assert.equal(found(marked, 'p').owner, 'me')
    assert.deepEqual(found(marked, 'p').state.body, policy({}))
    assert.notEqual(found(marked, '30-days-default').excluded, undefined)
  })

  it('is in sync with what the server fills in, by unit', () => {
    assert.deepEqual(
      risks(
        policy({
          hot: { actions: { rollover: { max_age: '168h', max_primary_shard_size: '51200mb' } } },
          delete: { min_age: '720h', actions: { delete: {} } }
        }),
        full
      ),
      []
    )
    assert.deepEqual(risks(policy({ hot: { min_age: 0 } }), full), [])
    assert.deepEqual(
      undeclaredBody(
        shape,
        policy({ hot: { actions: rollover.actions }, delete: { min_age: '30d', actions: { delete: {} } } }),
        full.state
      ),
      []
    )
  })

  it('names fields by phase and action', () => {
    assert.deepEqual(differences(kind, policy({ hot: { actions: { rollover: { max_age: '8d' } } } }), full), [
      ['policy.phases.hot.actions.rollover.max_age', '7d', '8d', 'safe']
    ])
    assert.deepEqual(differences(kind, policy({ warm: { min_age: '1d', actions: { readonly: {} } } }), full), [
      ['policy.phases.warm.min_age', null, '1d', 'safe'],
      ['policy.phases.warm.actions.readonly', null, {}, 'safe']
    ])
  })

  it('is written whole, without the wrapper, with the marker inside `policy`', () => {
    const written = bodyForUpdate(
      shape,
      policy({ delete: { min_age: '40d' } }),
      full.state,
      new Set(['policy.phases.delete.min_age']),
      'me'
    )
    assert.deepEqual(written, {
      policy: {
        phases: { hot: rollover, delete: { ...removal, min_age: '40d' } },
        _meta: { infometis: { owner: 'me' } }
      }
    })
  })

  it('is written with actions in every phase, for the server takes no phase without', () => {
    const spec = policy({ hot: rollover, warm: { min_age: '1d' }, delete: removal })
    assert.deepEqual(
      bodyForCreate(shape, policy({ warm: { min_age: '1d' } }), undefined),
      policy({ warm: { min_age: '1d', actions: {} } })
    )
    assert.deepEqual(risks(spec, full), ['warm.min_age safe', 'warm.actions safe'])
    const written = bodyForUpdate(
      shape,
      spec,
      full.state,
      new Set(['policy.phases.warm.min_age', 'policy.phases.warm.actions']),
      undefined
    )
    assert.deepEqual(written, policy({ hot: rollover, warm: { min_age: '1d', actions: {} }, delete: removal }))
    assert.deepEqual(risks(policy({ hot: { min_age: '0ms' } }), full), [])
  })

  it('keeps a live priority of null, which the server needs to be told', () => {
    const unset = live({ hot: { min_age: '0ms', actions: { set_priority: { priority: null }, readonly: {} } } })
    assert.deepEqual(
      undeclaredBody(shape, policy({ hot: { actions: { set_priority: {} } } }), unset.state).map(({ path }) => path),
      ['policy.phases.hot.actions.readonly']
    )
    const written = bodyForUpdate(
      shape,
      policy({ hot: { min_age: '1d' } }),
      unset.state,
      new Set(['policy.phases.hot.min_age']),
      undefined
    )
    assert.deepEqual(
      written,
      policy({ hot: { min_age: '1d', actions: { set_priority: { priority: null }, readonly: {} } } })
    )
  })

  it('has phases and actions nobody declared as undeclared, each as one', () => {
    const paths = (spec: Body): readonly string[] => undeclaredBody(shape, spec, full.state).map(({ path }) => path)
    assert.deepEqual(paths(policy({})), ['policy.phases.hot', 'policy.phases.delete'])
    assert.deepEqual(paths(policy({ hot: { actions: { rollover: { max_age: '7d' } } }, delete: removal })), [
      'policy.phases.hot.actions.rollover.max_primary_shard_size',
      'policy.phases.hot.actions.set_priority'
    ])
  })
})

describe('data goes sooner', () => {
  it('when a delete phase is added', () => {
    assert.deepEqual(risks(policy({ delete: removal }), live({ hot: rollover })), [
      'delete.min_age destructive',
      'delete.actions.delete destructive'
    ])
    assert.deepEqual(risks(policy({ delete: { min_age: '1d', actions: { delete: {} } } }), live({ hot: rollover })), [
      'delete.min_age destructive',
      'delete.actions.delete destructive'
    ])
    assert.deepEqual(
      risks(
        policy({ delete: { actions: { delete: {} } } }),
        live({ delete: { min_age: '1d', actions: { wait_for_snapshot: { policy: 'x' } } } })
      ),
      ['delete.actions.delete destructive']
    )
  })

  it('when the delete phase begins earlier, not when it begins later or goes', () => {
    assert.deepEqual(risks(policy({ delete: { min_age: '29d' } }), full), ['delete.min_age destructive'])
    assert.deepEqual(risks(policy({ delete: { min_age: null } }), full), ['delete.min_age destructive'])
    assert.deepEqual(risks(policy({ delete: { min_age: '31d' } }), full), ['delete.min_age safe'])
    assert.deepEqual(risks(policy({ delete: null }), full), ['delete safe'])
    assert.equal(
      kind.compare(policy({ delete: { min_age: '1d' } }), full.state)[0]?.why,
      'indices are deleted sooner: after 1d instead of 30d'
    )
  })

  it('when an index that will be deleted rolls over sooner, because its age counts from then', () => {
    const change = (fields: Body, item = full): readonly string[] =>
      risks(policy({ hot: { actions: { rollover: fields } } }), item)
    assert.deepEqual(change({ max_age: '6d' }), ['hot.actions.rollover.max_age destructive'])
    assert.deepEqual(change({ max_primary_shard_size: '1gb' }), [
      'hot.actions.rollover.max_primary_shard_size destructive'
    ])
    assert.deepEqual(change({ max_docs: 5 }), ['hot.actions.rollover.max_docs destructive'])
    assert.deepEqual(change({ max_age: null }), ['hot.actions.rollover.max_age safe'])
    assert.deepEqual(change({ max_age: '6d' }, live({ hot: rollover })), ['hot.actions.rollover.max_age safe'])
    const delayed = live({ hot: { actions: { rollover: { max_age: '7d', min_docs: 5 } } }, delete: removal })
    assert.deepEqual(change({ min_docs: 1 }, delayed), ['hot.actions.rollover.min_docs destructive'])
    assert.deepEqual(change({ min_docs: 9 }, delayed), ['hot.actions.rollover.min_docs safe'])
  })

  it('when an index that will be deleted rolls over no more, because its age then counts from its creation', () => {
    assert.deepEqual(risks(policy({ hot: { actions: { rollover: null } } }), full), [
      'hot.actions.rollover destructive'
    ])
    assert.deepEqual(risks(policy({ hot: null }), full), ['hot destructive'])
    assert.deepEqual(risks(policy({ hot: { actions: { rollover: null } } }), live({ hot: rollover })), [
      'hot.actions.rollover safe'
    ])
  })

  it('when documents are replaced by summaries', () => {
    const warm = { min_age: '5d', actions: { downsample: { fixed_interval: '1h', wait_timeout: '1d' } } }
    assert.deepEqual(risks(policy({ warm }), live({})), [
      'warm.min_age destructive',
      'warm.actions.downsample.fixed_interval destructive'
    ])
    assert.deepEqual(risks(policy({ warm: { actions: { downsample: { fixed_interval: '1d' } } } }), live({ warm })), [
      'warm.actions.downsample.fixed_interval destructive'
    ])
    assert.deepEqual(risks(policy({ warm: { min_age: '4d' } }), live({ warm })), ['warm.min_age destructive'])
  })

  it('when a snapshot is not waited for, or goes with its index', () => {
    const careful = live({
      delete: {
        min_age: '1d',
        actions: { wait_for_snapshot: { policy: 'x' }, delete: { delete_searchable_snapshot: false } }
      }
    })
    assert.deepEqual(risks(policy({ delete: { actions: { wait_for_snapshot: null } } }), careful), [
      'delete.actions.wait_for_snapshot destructive'
    ])
    assert.deepEqual(
      risks(policy({ delete: { actions: { delete: { delete_searchable_snapshot: true } } } }), careful),
      ['delete.actions.delete.delete_searchable_snapshot destructive']
    )
  })

  it('by no other change', () => {
    assert.deepEqual(
      risks(
        policy({
          hot: { actions: { set_priority: { priority: 1 } } },
          warm: { min_age: '1d', actions: { shrink: { number_of_shards: 1 }, forcemerge: { max_num_segments: 1 } } }
        }),
        full
      ),
      [
        'hot.actions.set_priority.priority safe',
        'warm.min_age safe',
        'warm.actions.shrink.number_of_shards safe',
        'warm.actions.forcemerge.max_num_segments safe'
      ]
    )
  })
})

describe('a declared lifecycle policy', () => {
  it('has known phases with known actions', () => {
    assert.deepEqual(parsed(kind, policy({ hoot: {} })), [['unrecognized_keys', 'policy.phases', ['hoot']]])
    assert.deepEqual(parsed(kind, policy({ cold: { actions: { rollover: { max_age: '1d' } } } })), [
      ['unrecognized_keys', 'policy.phases.cold.actions', ['rollover']]
    ])
    assert.equal(Array.isArray(parsed(kind, { phases: {} })), true)
  })

  it('has ages with a unit', () => {
    assert.deepEqual(parsed(kind, policy({ warm: { min_age: '30' } })), [
      ['custom', 'policy.phases.warm.min_age', 'a time with its unit, for example "30d"']
    ])
    assert.deepEqual(
      parsed(kind, policy({ warm: { min_age: '30d', actions: {} } })),
      policy({ warm: { min_age: '30d', actions: {} } })
    )
  })

  it('cannot take from a phase what the server asks for', () => {
    const unset = 'a priority; leave "set_priority" out where none is to be set'
    assert.deepEqual(parsed(kind, policy({ hot: { actions: { set_priority: { priority: null } } } })), [
      ['custom', 'policy.phases.hot.actions.set_priority.priority', unset]
    ])
    assert.deepEqual(parsed(kind, policy({ warm: { actions: null } })), [
      ['invalid_type', 'policy.phases.warm.actions', 'Invalid input: expected object, received null']
    ])
    assert.deepEqual(
      parsed(kind, policy({ warm: { actions: { set_priority: null } } })),
      policy({ warm: { actions: { set_priority: null } } })
    )
  })

  it('rolls over by at least one max_ condition', () => {
    const expected = [
      ['custom', 'policy.phases.hot.actions.rollover', 'at least one condition that starts with "max_"']
    ]
    for (const conditions of [{}, { min_docs: 1 }, { max_age: null }])
      assert.deepEqual(parsed(kind, policy({ hot: { actions: { rollover: conditions } } })), expected)
  })

  it('rolls over in the hot phase before what needs an index that is no longer written', () => {
    const path = 'policy.phases.hot.actions.shrink'
    assert.deepEqual(verdicts(kind, { p: policy({ hot: { actions: { shrink: { number_of_shards: 1 } } } }) }), [
      ['p', 'invalid', 'ROLLOVER', path]
    ])
    assert.deepEqual(
      verdicts(kind, { p: policy({ hot: { actions: { shrink: {}, rollover: { max_age: '1d' } } } }) }),
      []
    )
  })

  it('is warned about a phase that is to begin before an earlier one', () => {
    assert.deepEqual(verdicts(kind, { p: policy({ warm: { min_age: '7d' }, delete: { min_age: '3d' } }) }), [
      ['p', 'warn', 'MIN_AGE', 'policy.phases.delete.min_age']
    ])
    assert.deepEqual(
      verdicts(kind, { p: policy({ warm: { min_age: '7d' }, cold: { min_age: '0ms' }, delete: { min_age: '168h' } }) }),
      []
    )
  })

  it('has a name policies can have', () => {
    assert.deepEqual(verdicts(kind, { _p: policy({}) }), [['_p', 'invalid', 'NAME', '']])
  })

  it('waits on a server without ILM', () => {
    assert.deepEqual(
      verdicts(kind, { p: policy({}) }, { live: new Map(), facts: { unsupported: 'this server has no ILM' } }),
      [['p', 'hold', 'UNSUPPORTED', '']]
    )
  })
})
