import assert from 'node:assert/strict'
import type { AnyResource, Found } from '../../../../src/contract.ts'
import { parseDesired } from '../../../../src/parse/desired.ts'
import { plan } from '../../../../src/plan/plan.ts'
import { flowKind } from '../../../../reconcilers/nifi/flow/kind.ts'
import type { FlowState } from '../../../../reconcilers/nifi/flow/state.ts'
import { factsOf, heartbeat, live, processor, state, unmarked } from './flows.ts'

const facts = factsOf()
const definition = { flowContents: heartbeat }

/** A plan for one live flow "heartbeat" and what flows.json declares: each change, its why, and warnings. */
function planned(declared: unknown, actual?: Found<FlowState>, policy: unknown = {}): readonly string[] {
  const files = new Map(
    Object.entries({ flows: declared, policy }).map(([name, content]) => [
      `${name}.json`,
      Buffer.from(JSON.stringify(content))
    ])
  )
  const { desired, problems } = parseDesired({ digest: '', files }, { name: 'nifi', kinds: [flowKind] })
  assert.deepEqual(problems, undefined)
  const items = new Map(actual === undefined ? [] : [['heartbeat', actual] as const])
  const resource = {
    ...flowKind,
    observe: () => Promise.resolve({ items, facts }),
    create: () => Promise.resolve([]),
    update: () => Promise.resolve([])
  }
  const kind: AnyResource = resource
  const made = plan(desired, new Map([['flow', { resource: kind, observed: { items, facts } }]]), {
    owner: 'infometis'
  }).plan
  const changes = made.changes.map((change) =>
    [change.verb, ...('fields' in change ? change.fields.map(({ path }) => path) : [])].join(' ')
  )
  return [...changes, ...made.warnings.map(({ code }) => `warning ${code}`)]
}

const ours = (more: Partial<FlowState> = {}): Found<FlowState> => ({ state: state(more), owner: 'infometis' })
const larger = live({ ...heartbeat, processors: [processor('gen', { 'File Size': '9KB' }), processor('log')] })
const extended = live({ ...heartbeat, processors: [...(heartbeat.processors ?? []), processor('extra')] })

describe('the plan for a flow', () => {
  it('creates what is missing, keeps what is as declared and repairs drift', () => {
    assert.deepEqual(planned({ heartbeat: { definition } }), [
      'create state processors.gen processors.log connections.gen:success -> log'
    ])
    assert.deepEqual(planned({ heartbeat: { definition } }, ours()), ['keep'])
    assert.deepEqual(planned({ heartbeat: { definition } }, ours({ definition: larger })), [
      'update processors.gen.properties.File Size'
    ])
  })

  it('holds the whole flow, run state included, for what was added by hand', () => {
    const actual = ours({ definition: extended, counts: { running: 2, stopped: 1, invalid: 0, disabled: 0 } })
    assert.deepEqual(planned({ heartbeat: { definition } }, actual), ['hold state processors.extra'])
  })

  it('holds a definition that would replace the whole group, until the policy lets it', () => {
    const other = { flowContents: { ...heartbeat, processors: [processor('one'), processor('two')], connections: [] } }
    const fields = 'processors.gen processors.log processors.one processors.two connections.gen:success -> log'
    assert.deepEqual(planned({ heartbeat: { definition: other } }, ours()), [`hold ${fields}`])
    assert.deepEqual(planned({ heartbeat: { definition: other } }, ours(), { hold: ['disruptive'] }), [
      `update ${fields}`
    ])
  })

  it("is empty right after an export, of what was ours and of what was nobody's", () => {
    for (const actual of [
      ours({ comments: 'mine', parameterContext: 'ctx' }),
      { state: unmarked({ definition: larger }) }
    ]) {
      const items = planned({ heartbeat: flowKind.describe?.(actual.state) }, actual)
      assert.deepEqual(
        items.filter((line) => !line.includes('UNKNOWN_CONTEXT')),
        ['keep']
      )
    }
  })

  it('holds what nobody marked, and updates it once it is to be adopted', () => {
    const actual = { state: unmarked({ definition: larger }) }
    assert.deepEqual(planned({ heartbeat: { definition } }, actual), ['hold processors.gen.properties.File Size'])
    assert.deepEqual(planned({ heartbeat: { definition, adopt: true } }, actual), [
      'update processors.gen.properties.File Size'
    ])
  })

  it('holds what another owner has marked', () => {
    assert.deepEqual(planned({ heartbeat: { definition } }, { state: state({ definition: larger }), owner: 'they' }), [
      'hold processors.gen.properties.File Size'
    ])
  })

  it("reports a flow of ours that is no longer declared, and neither others' nor nobody's", () => {
    const other = { other: { definition, state: 'IGNORE' } }
    const created = 'create processors.gen processors.log connections.gen:success -> log'
    assert.deepEqual(planned(other, ours()), [created, 'orphan'])
    assert.deepEqual(planned(other, { state: state(), owner: 'they' }), [created])
    assert.deepEqual(planned(other, { state: unmarked(), excluded: 'not marked as a flow' }), [created])
  })

  it('leaves an ignored field alone', () => {
    const reconcile = { ignore: ['processors.gen.properties', 'state'] }
    assert.deepEqual(
      planned(
        { heartbeat: { definition, reconcile } },
        ours({ definition: larger, counts: { running: 0, stopped: 2, invalid: 0, disabled: 0 } })
      ),
      ['keep']
    )
  })
})
