/**
 * No answer at all to a write is thrown; what the server says of an item is that item's result.
 */
import assert from 'node:assert/strict'
import { elasticsearchService, plugin } from '../../../../reconcilers/elasticsearch/index.ts'
import type { Link } from '../../../../reconcilers/elasticsearch/connection/link.ts'
import type { AnyResource, Desired, ItemResult } from '../../../../src/contract.ts'
import type { Json } from '../../../../src/records.ts'
import { testCall, testCycle } from '../../../../src/testing/cycle.ts'
import { ReconcileError } from '../../../../src/errors.ts'
import { item } from '../items.ts'
import { refusal, ScriptedLink } from '../scripted-link.ts'

const write = testCall<unknown>({ facts: {} })
const silence = (): ReconcileError => new ReconcileError('UNREACHABLE', 'http://es:9200: connect ECONNREFUSED')

/** What a kind creates, and a field of it that differs from a live one. */
const kinds: Readonly<Record<string, { readonly spec: Json; readonly state: unknown; readonly path: string }>> = {
  'component-template': { spec: { template: {}, version: 2 }, state: { body: { template: {} } }, path: 'version' },
  'index-template': {
    spec: { index_patterns: ['x'], version: 2 },
    state: { body: { index_patterns: ['x'] } },
    path: 'version'
  },
  'lifecycle-policy': {
    spec: { policy: { phases: { hot: { actions: {} } } } },
    state: { body: { policy: { phases: {} } } },
    path: 'policy.phases.hot.actions'
  },
  'ingest-pipeline': { spec: { processors: [], version: 2 }, state: { body: { processors: [] } }, path: 'version' },
  index: {
    spec: { settings: { priority: 9 } },
    state: { index: 'x', isOpen: true, distribution: 'elasticsearch', settings: {}, mappings: {}, aliases: {} },
    path: 'settings.priority'
  },
  'data-stream': {
    spec: { lifecycle: { data_retention: '7d' } },
    state: { lifecycle: {} },
    path: 'lifecycle.data_retention'
  },
  alias: {
    spec: { x: { is_write_index: true } },
    state: { members: new Map([['x', {}]]), streams: new Set() },
    path: 'x.is_write_index'
  },
  cluster: {
    spec: { persistent: { a: 1, b: 2 } },
    state: { persistent: new Map(), transient: new Map() },
    path: 'persistent.a'
  }
}

/** The calls of a kind that write these items through a link. */
function callsOf(
  link: Link,
  kind: string,
  names: readonly string[]
): Readonly<Record<string, () => Promise<readonly ItemResult[]>>> {
  const resource = elasticsearchService(link, 'us').resources.find((candidate) => candidate.kind === kind)
  const { spec, state, path } = kinds[kind] ?? assert.fail(kind)
  assert.ok(resource !== undefined)
  const desired: readonly Desired<unknown>[] = names.map((name) => item(resource, name, spec))
  const updates = desired.map((each) => ({
    desired: each,
    state,
    fields: fieldsOf(resource, each, state).filter((field) => field.path.startsWith(path.split('.')[0] ?? ''))
  }))
  return {
    ...(resource.create !== undefined && { create: () => resource.create?.(desired, write) ?? Promise.resolve([]) }),
    ...(resource.update !== undefined && { update: () => resource.update?.(updates, write) ?? Promise.resolve([]) })
  }
}

function fieldsOf(resource: AnyResource, { spec }: Desired<unknown>, state: unknown) {
  const fields = resource.compare(spec, state)
  assert.ok(fields.length > 0, `${resource.kind} differs`)
  return fields
}

describe('a call that writes', () => {
  it('is tried here for every kind', () => {
    assert.deepEqual(plugin.kinds.map(({ kind }) => kind).toSorted(), Object.keys(kinds).toSorted())
  })

  for (const kind of Object.keys(kinds)) {
    it(`throws why nothing was answered: ${kind}`, async () => {
      for (const [verb, call] of Object.entries(callsOf(new ScriptedLink({}, silence()), kind, ['a', 'b']))) {
        await assert.rejects(call(), (error) => error instanceof ReconcileError && error.code === 'UNREACHABLE', verb)
      }
    })

    it(`gives a result for every item when some requests were answered: ${kind}`, async () => {
      for (const verb of ['create', 'update']) {
        let asked = 0
        const link = new ScriptedLink({}, () =>
          asked++ === 0 ? refusal(400, 'illegal_argument_exception', 'no') : silence()
        )
        const results = (await callsOf(link, kind, ['a', 'b'])[verb]?.()) ?? []
        const codes = results.map((result) => (result.result === 'failed' ? result.error.code : result.result))
        if (results.length > 0)
          assert.deepEqual(
            [codes.length, codes.filter((code) => code === 'REJECTED' || code === 'UNREACHABLE').length],
            [2, 2],
            `${verb}: ${codes.join()}`
          )
      }
    })
  }

  it('takes its turn among writes, so that no reading waits for it', async () => {
    for (const kind of Object.keys(kinds)) {
      const lanes = new Set<string | undefined>()
      const link: Link = {
        patience: { timeout: '9s', master_timeout: '9s' },
        ask: (_request, _signal, lane) => {
          lanes.add(lane)
          return Promise.resolve({ status: 200, body: {} })
        },
        close: () => Promise.resolve()
      }
      for (const call of Object.values(callsOf(link, kind, ['a']))) await call()
      assert.deepEqual([...lanes], ['writing'], kind)
    }
  })

  it('does not ask for each index of a group that was not answered', async () => {
    const link = new ScriptedLink({}, silence())
    await assert.rejects(callsOf(link, 'index', ['a', 'b', 'c'])['update']?.() ?? Promise.resolve(), ReconcileError)
    assert.equal(link.of('PUT').length, 1)
  })

  it('does not split what a server refuses that can do nothing now', async () => {
    const link = new ScriptedLink({}, refusal(503, 'master_not_discovered_exception', 'no master'))
    const results = (await callsOf(link, 'index', ['a', 'b', 'c'])['update']?.()) ?? []
    assert.deepEqual(
      results.map((result) => result.result === 'failed' && result.error.code),
      ['UNAVAILABLE', 'UNAVAILABLE', 'UNAVAILABLE']
    )
    assert.equal(link.of('PUT').length, 1)
  })
})

describe('a server that can say nothing now', () => {
  const troubles = {
    'no master': refusal(503, 'master_not_discovered_exception', 'no master'),
    'no master in time': refusal(429, 'process_cluster_event_timeout_exception', 'too slow'),
    'a state that is not recovered': refusal(
      503,
      'cluster_block_exception',
      'blocked by: [SERVICE_UNAVAILABLE/1/state not recovered]'
    ),
    'security that is not there yet': refusal(503, 'security_exception', 'the security index is unavailable')
  }
  const state = { version: 1, state_uuid: 's', cluster_uuid: 'c' }

  for (const [what, trouble] of Object.entries(troubles)) {
    it(`cannot be looked at, whichever of its answers says so: ${what}`, async () => {
      const paths = new Set<string>()
      for (const { kind } of plugin.kinds) {
        // First everything is refused, then everything but what was asked first, and so on.
        for (let answered = 0; answered < 8; answered += 1) {
          let asked = 0
          const script = {
            'GET /': () => next('/', { version: { number: '9.4.3' } }),
            'GET /_cluster/state/version': () => next('state', state),
            'GET /_resolve/index/*': () => next('/_resolve/index/*', calm('/_resolve'))
          }
          const link = new ScriptedLink(script, ({ path }) => next(path, calm(path)))
          const next = (path: string, answer: Json) => {
            if (asked++ < answered) return answer
            paths.add(path.replace(/^\/x.*/, '/x'))
            return trouble
          }
          const resource = elasticsearchService(link, 'us').resources.find((candidate) => candidate.kind === kind)
          assert.ok(resource !== undefined)
          const declared = kind === 'cluster' ? [] : [item(resource, 'x', kinds[kind]?.spec)]
          const isOver = await resource.observe(declared, testCycle({ full: true })).then(
            () => true,
            (error: unknown) => {
              assert.ok(error instanceof ReconcileError)
              assert.equal(error.code, 'UNAVAILABLE', `${kind}: ${error.message}`)
              return false
            }
          )
          if (isOver) {
            assert.ok(answered > 1)
            break
          }
        }
      }
      assert.ok(
        [
          '/_resolve/index/*',
          '/_alias',
          '/_security/user/_has_privileges',
          '/_index_template',
          '/other/_mapping'
        ].every((path) => paths.has(path)),
        [...paths].join(', ')
      )
    })
  }

  /** The answer of an empty cluster. */
  function calm(path: string): Json {
    if (path.startsWith('/_resolve'))
      return { indices: [{ name: 'other', attributes: ['open'] }], aliases: [], data_streams: [] }
    if (path === '/_component_template') return { component_templates: [] }
    if (path === '/_index_template') return { index_templates: [] }
    return path === '/_data_stream' ? { data_streams: [] } : {}
  }
})
