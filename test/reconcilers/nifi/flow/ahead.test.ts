import assert from 'node:assert/strict'
import type { Desired, Sighting } from '../../../../src/contract.ts'
import { checkAhead } from '../../../../reconcilers/nifi/flow/ahead.ts'
import type { FlowFacts } from '../../../../reconcilers/nifi/flow/facts.ts'
import type { FlowSpec } from '../../../../reconcilers/nifi/flow/schema.ts'
import type { FlowState } from '../../../../reconcilers/nifi/flow/state.ts'
import { ComponentTypes } from '../../../../reconcilers/nifi/flow/catalogue/types.ts'
import { content, declare, factsOf, heartbeat, live, marker, processor, spec, state } from './flows.ts'

const bundle = { group: 'org.apache.nifi', artifact: 'nifi-standard-nar', version: '2.3.0' }
const generate = 'org.apache.nifi.processors.standard.GenerateFlowFile'
const types = new ComponentTypes({ processorTypes: [{ type: generate, bundle }] }, { controllerServiceTypes: [] })
const offers = { types, sensitive: new Map([[generate, new Set(['Password'])]]) }

/** What is found of one flow: verdict, code and message. */
function found(declared: FlowSpec, sighting?: Sighting<FlowState>, facts: Partial<FlowFacts> = {}): readonly string[] {
  const flow: Desired<FlowSpec> = declare('beat', declared)
  const items = new Map(sighting === undefined ? [] : [['beat', sighting] as const])
  return checkAhead(flow, { declared: new Map(), observed: { items, facts: factsOf({ offers, ...facts }) } }).map(
    ({ verdict, code, message }) => `${verdict} ${code} ${message}`
  )
}

const changed = content({ ...heartbeat, processors: [processor('gen', { 'File Size': '2KB' }), processor('log')] })
const ours = (more: Partial<FlowState> = {}): Sighting<FlowState> => ({ state: state({ marker: marker(), ...more }) })

describe('what would be refused, as far as it can be known before', () => {
  it('is nothing for a flow that NiFi takes, is not looked at, or may not be seen', () => {
    assert.deepEqual([found(spec({ content: changed }), ours()), found(spec())], [[], []])
    assert.deepEqual(checkAhead(declare('beat'), { declared: new Map() }), [])
    assert.deepEqual(found(spec(), { refused: 'no' }, { mayCreate: false }), [])
  })

  it('is a type that this NiFi has not, and a literal that it keeps secret, of what is to be written only', () => {
    const unknown = spec({
      content: content({
        ...heartbeat,
        processors: [processor('gen', {}, { type: 'GenerateFlowFiles' }), processor('log')]
      })
    })
    assert.match(
      found(unknown).join(),
      /^invalid UNKNOWN_TYPE processors\.gen\.type: .*did you mean "GenerateFlowFile"\?$/
    )
    const secret = spec({
      content: content({ ...heartbeat, processors: [processor('gen', { Password: 'canary' }), processor('log')] })
    })
    assert.match(found(secret).join(), /^invalid SENSITIVE_VALUE processors\.gen\.properties\.Password: /)
    assert.ok(!found(secret).join().includes('canary'))
    const there = live(heartbeat)
    assert.deepEqual(
      found(
        spec(),
        { state: state({ definition: there, marker: marker(heartbeat, there) }) },
        {
          offers: {
            types: new ComponentTypes({ processorTypes: [] }, { controllerServiceTypes: [] }),
            sensitive: new Map()
          }
        }
      ),
      []
    )
  })

  it('is what may be viewed and not modified: the group, a context that it uses, and the parent of a new one', () => {
    assert.match(
      found(spec({ content: changed }), ours({ canModify: false })).join(),
      /^hold NOT_PERMITTED the process group "heartbeat" may not be modified: grant "modify the component" on it \(write \/process-groups\/id-1\)/
    )
    assert.deepEqual(
      found(spec(), ours({ canModify: false, counts: { running: 0, stopped: 2, invalid: 0, disabled: 0 } })),
      [],
      'to operate it may be enough to start it'
    )
    assert.match(
      found(spec(), undefined, { mayCreate: false }).join(),
      /^hold NOT_PERMITTED no process group "beat" may be made here: grant .*\/process-groups\/root-id/
    )
    const contexts = new Map([['ctx', { id: 'c1', canWrite: false, parameters: new Set<string>(), inherits: [] }]])
    assert.match(
      found(spec({ parameterContext: 'ctx' }), undefined, { contexts }).join(),
      /^hold NOT_PERMITTED the parameter context "ctx" may not be modified.*\/parameter-contexts\/c1/
    )
    assert.deepEqual(found(spec(), undefined, { contexts }), [])
  })

  it('is data in a queue that would go: held, or a warning, as the policy of the queue says', () => {
    const doomed = [{ label: 'connections.a -> b', queued: 1234 }]
    const said = (more: Partial<FlowSpec>): string =>
      found(spec({ content: changed, ...more }), ours({ doomed })).join()
    assert.match(said({}), /^hold QUEUED connections\.a -> b holds 1,234 FlowFiles and would be removed; empty it/)
    assert.match(
      said({ onRemovedQueues: 'drain', drainTimeout: 90_000 }),
      /^warn QUEUED .*drained first, for up to 90 s/
    )
    assert.match(said({ onRemovedQueues: 'drop' }), /^warn QUEUED .*is dropped/)
    const handmade = ours({
      doomed,
      definition: live({ ...heartbeat, processors: [...(heartbeat.processors ?? []), processor('by hand')] })
    })
    assert.match(found(spec(), handmade).join(), /^warn QUEUED/, 'what waits for another reason is not written now')
  })
})
