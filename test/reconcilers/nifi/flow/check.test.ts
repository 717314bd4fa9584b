import assert from 'node:assert/strict'
import type { CheckContext, Desired, Remark } from '../../../../src/contract.ts'
import type { Json } from '../../../../src/records.ts'
import { checkFlows } from '../../../../reconcilers/nifi/flow/check.ts'
import type { Group } from '../../../../reconcilers/nifi/flow/definition/model.ts'
import type { FlowFacts } from '../../../../reconcilers/nifi/flow/facts.ts'
import type { FlowSpec } from '../../../../reconcilers/nifi/flow/schema.ts'
import type { FlowState } from '../../../../reconcilers/nifi/flow/state.ts'
import { content, declare, factsOf, heartbeat, live, processor, spec, state, unmarked } from './flows.ts'

interface World {
  /** Declared contexts. */
  readonly contexts?: Readonly<Record<string, Json>>
  /** Live flow `beat`; null: looked and not there. Absent: offline. */
  readonly live?: FlowState | null
  readonly facts?: Partial<FlowFacts>
}

function check(
  flows: readonly Desired<FlowSpec>[],
  { contexts = {}, live: actual, facts = {} }: World = {}
): readonly Remark[] {
  const declared = Object.entries(contexts).map(([name, each]) => ({ ...declare(name), spec: each }))
  const items = new Map(actual === undefined || actual === null ? [] : [['beat', { state: actual }] as const])
  const observed = { items, facts: factsOf(facts) }
  const context: CheckContext<FlowState, FlowFacts> = {
    declared: new Map([['parameter-context', declared]]),
    ...(actual !== undefined && { observed })
  }
  return checkFlows(flows, context)
}

/** `verdict CODE` of one flow called "beat". */
function told(declared: FlowSpec, world: World = {}): readonly string[] {
  return check([declare('beat', declared)], world).map(({ verdict, code }) => `${verdict} ${code}`)
}

function message(declared: FlowSpec, world: World): string {
  return check([declare('beat', declared)], world)[0]?.message ?? ''
}

const sized: Group = { ...heartbeat, processors: [processor('gen', { 'File Size': '#{size}' })], connections: [] }
const nameless: FlowFacts['offered'] = []

describe('rules over declared flows', () => {
  it('say nothing of a flow that is as it should be', () => {
    assert.deepEqual(told(spec()), [])
    assert.deepEqual(told(spec(), { live: state() }), [])
    assert.deepEqual(told(spec(), { live: null }), [])
  })

  it('refuse two flows whose names differ in spaces only, both of them', () => {
    const remarks = check([declare('beat'), declare('beat '), declare('other')])
    assert.deepEqual(
      remarks.map(({ name, verdict, code }) => [name, verdict, code]),
      [
        ['beat', 'invalid', 'NAME_COLLISION'],
        ['beat ', 'invalid', 'NAME_COLLISION']
      ]
    )
  })

  it('refuse a name that flows have while they are made, and one of spaces', () => {
    assert.deepEqual(
      check([declare('beat [infometis import]')]).map(({ code }) => code),
      ['NAME']
    )
    assert.deepEqual(
      check([declare('  ')]).map(({ code }) => code),
      ['NAME']
    )
  })

  describe('about parameter contexts', () => {
    const bound = spec({ parameterContext: 'settings', content: content(sized) })
    const facts = (parameters: readonly string[], inherits: readonly string[] = []): World => ({
      live: null,
      facts: { contexts: new Map([['settings', { parameters: new Set(parameters), inherits }]]) }
    })

    it('warn offline of a context that is not declared, and hold online while it is nowhere', () => {
      assert.deepEqual(told(bound), ['warn UNKNOWN_CONTEXT'])
      assert.deepEqual(told(bound, { live: null }), ['hold UNKNOWN_CONTEXT'])
      assert.match(
        message(bound, { contexts: { setting: { parameters: {} } } }),
        /found "settings".*did you mean "setting"\?$/
      )
    })

    it('are content with one that is declared, live or brought along', () => {
      assert.deepEqual(told(bound, { contexts: { settings: { parameters: { size: { value: '1' } } } } }), [])
      assert.deepEqual(told(bound, facts(['size'])), [])
      const brought = content(sized, {
        parameterContexts: { settings: { name: 'settings', parameters: [{ name: 'size' }] } }
      })
      assert.deepEqual(told(spec({ parameterContext: 'settings', content: brought })), [])
    })

    it('know the contexts of groups inside', () => {
      const inner: Group = {
        ...heartbeat,
        processGroups: [{ identifier: 'i', name: 'inner', parameterContextName: 'gone' }]
      }
      assert.deepEqual(told(spec({ content: content(inner) }), { live: null }), ['hold UNKNOWN_CONTEXT'])
    })

    it('warn of a parameter that the context does not give, nor what it inherits', () => {
      assert.deepEqual(told(bound, facts(['sizes'])), ['warn UNKNOWN_PARAMETER'])
      assert.match(message(bound, facts(['sizes'])), /#\{size\}.*did you mean "sizes"\?$/)
      const contexts = { settings: { parameters: {}, inherits: ['base'] }, base: { parameters: { size: '1' } } }
      assert.deepEqual(told(bound, { contexts }), [])
      assert.deepEqual(told(bound, { contexts: { ...contexts, base: { parameters: { size: null } } } }), [
        'warn UNKNOWN_PARAMETER'
      ])
    })

    it('do not guess what an inherited context gives that is not known', () => {
      assert.deepEqual(told(bound, { contexts: { settings: { parameters: {}, inherits: ['elsewhere'] } } }), [])
    })

    it('count a parameter that the server has and nobody declares', () => {
      assert.deepEqual(told(bound, { ...facts(['size']), contexts: { settings: { parameters: {} } } }), [])
    })
  })

  describe('about services outside of the flow', () => {
    const using = spec({
      content: content(
        { ...heartbeat, processors: [processor('gen', { Cache: 'x' })], connections: [] },
        {
          externalControllerServices: { x: { identifier: 'x', name: 'cache' }, y: { identifier: 'y', name: 'unused' } }
        }
      )
    })
    const offered = (...apis: readonly (readonly string[])[]): World => ({
      live: null,
      facts: { offered: apis.map((each, index) => ({ id: `s${index}`, name: 'cache', apis: each })) }
    })

    it('refuse a flow whose service the parent does not offer', () => {
      assert.deepEqual(told(using, { live: null, facts: { offered: nameless } }), ['invalid EXTERNAL_SERVICE'])
      assert.match(
        message(using, { live: null, facts: { offered: [{ id: 's', name: 'caches', apis: [] }] } }),
        /"cache".*found none; did you mean "caches"\?$/
      )
    })

    it('refuse one that it offers twice, unless they are for different things', () => {
      assert.deepEqual(told(using, offered(['Map'])), [])
      assert.deepEqual(told(using, offered(['Map'], ['Map'])), ['invalid EXTERNAL_SERVICE'])
      assert.match(message(using, offered(['Map'], ['Map'])), /found 2: s0, s1$/)
      assert.deepEqual(told(using, offered(['Map'], ['Record'])), [])
    })

    it('say nothing offline, and nothing of services no property names', () => {
      assert.deepEqual(told(using), [])
    })
  })

  describe('about what is live', () => {
    const changed = spec({
      content: content({ ...heartbeat, processors: [processor('gen', { 'File Size': '9KB' }), processor('log')] })
    })

    it('hold a group that nobody has marked until it is to be adopted', () => {
      assert.deepEqual(told(changed, { live: unmarked() }), ['hold UNMARKED'])
      assert.deepEqual(told({ ...changed, adopt: true }, { live: unmarked() }), [])
    })

    it('do not hold what was begun under another name and never marked', () => {
      assert.deepEqual(told(changed, { live: unmarked({ name: 'beat [infometis import]' }) }), [])
    })

    it('hold twins and name both, also where adoption is asked for', () => {
      const twins = [{ id: 'id-2', name: 'copy' }]
      assert.deepEqual(told(changed, { live: state({ twins }) }), ['hold TWINS'])
      assert.deepEqual(told({ ...changed, adopt: true }, { live: unmarked({ twins }) }), ['hold TWINS'])
      assert.match(message(changed, { live: state({ twins }) }), /id-1 \("heartbeat"\) and id-2 \("copy"\)/)
    })

    it('hold a group under version control and name where its versions are', () => {
      const definition = {
        ...live(),
        versionedFlowCoordinates: { registryUrl: 'http://registry:18080', flowId: 'f', version: 3 }
      }
      assert.deepEqual(told(changed, { live: state({ versioned: 'beat' }) }), ['hold VERSIONED'])
      assert.match(
        message(changed, { live: state({ versioned: 'beat', definition }) }),
        /\(beat in http:\/\/registry:18080\)/
      )
    })

    it('refuse a property that is declared twice, by the name people see and by the one NiFi means', () => {
      const twice = spec({
        content: content({
          ...heartbeat,
          processors: [processor('gen', { Text: 'a', 'internal-text': 'b' })],
          connections: []
        })
      })
      const propertyDescriptors = { 'internal-text': { name: 'internal-text', displayName: 'Text', dynamic: false } }
      const definition = live({
        ...heartbeat,
        processors: [processor('gen', {}, { propertyDescriptors })],
        connections: []
      })
      assert.deepEqual(told(twice, { live: state({ definition }) }), ['invalid PROPERTY_TWICE'])
    })

    it('only warn where there is nothing to do', () => {
      assert.deepEqual(told(spec(), { live: unmarked() }), ['warn UNMARKED'])
      assert.deepEqual(told(spec(), { live: state({ twins: [{ id: 'id-2', name: 'copy' }] }) }), ['warn TWINS'])
    })

    it('warn of groups of the same name beside the flow', () => {
      assert.deepEqual(
        told(spec(), { live: state(), facts: { beside: new Map([['beat', [{ id: 'id-9', name: 'beat' }]]]) } }),
        ['warn NAMESAKE']
      )
    })
  })
})
