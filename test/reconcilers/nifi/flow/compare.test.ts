import assert from 'node:assert/strict'
import fc from 'fast-check'
import { compareFlow } from '../../../../reconcilers/nifi/flow/compare.ts'
import type { Group } from '../../../../reconcilers/nifi/flow/definition/model.ts'
import { ownIdentifier } from '../../../../reconcilers/nifi/flow/references/outside-services.ts'
import type { FlowSpec } from '../../../../reconcilers/nifi/flow/schema.ts'
import type { FlowState } from '../../../../reconcilers/nifi/flow/state.ts'
import { content, heartbeat, live, marker, processor, spec, state, unmarked } from './flows.ts'

const larger: Group = { ...heartbeat, processors: [processor('gen', { 'File Size': '2KB' }), processor('log')] }
const withExtra: Group = { ...heartbeat, processors: [...(heartbeat.processors ?? []), processor('extra')] }

function shown(declared: FlowSpec, actual: FlowState | undefined): readonly string[] {
  return compareFlow(declared, actual).map(
    ({ path, before, after, risk }) => `${path}: ${JSON.stringify(before)} → ${JSON.stringify(after)} (${risk})`
  )
}

describe('comparing a declared flow with a live one', () => {
  it('finds nothing where everything is as it was written', () => {
    assert.deepEqual(shown(spec(), state()), [])
  })

  it('shows what changed in the definition, field by field', () => {
    assert.deepEqual(shown(spec({ content: content(larger) }), state()), [
      'processors.gen.properties.File Size: "1KB" → "2KB" (safe)'
    ])
  })

  it('shows drift, and sets it back', () => {
    assert.deepEqual(shown(spec(), state({ definition: live(larger) })), [
      'processors.gen.properties.File Size: "2KB" → "1KB" (safe)'
    ])
  })

  it('stays silent about what NiFi has made of a definition it took, as long as neither has changed', () => {
    const migrated = live(larger)
    assert.deepEqual(shown(spec(), state({ definition: migrated, marker: marker(heartbeat, migrated) })), [])
  })

  it('shows what NiFi has made of a definition once something else has changed', () => {
    const migrated = live(larger)
    const changed: Group = {
      ...heartbeat,
      processors: [processor('gen', { 'File Size': '1KB' }), processor('log', {}, { schedulingPeriod: '1 sec' })]
    }
    const fields = shown(
      spec({ content: content(changed) }),
      state({ definition: migrated, marker: marker(heartbeat, migrated) })
    )
    assert.deepEqual(fields, [
      'processors.gen.properties.File Size: "2KB" → "1KB" (safe)',
      'processors.log.schedulingPeriod: "10 sec" → "1 sec" (safe)'
    ])
  })

  it('compares for real where the group was never finished', () => {
    const { owner, flow, desired = '' } = marker()
    assert.deepEqual(shown(spec(), state({ marker: { owner, flow, desired } })), [])
    assert.equal(shown(spec(), state({ marker: { owner, flow, desired }, definition: live(larger) })).length, 1)
  })

  it('renames a renamed group back', () => {
    assert.deepEqual(shown(spec(), state({ name: 'pulse' })), ['name: "pulse" → "heartbeat" (safe)'])
  })

  it('finishes what was begun under another name, marked or not', () => {
    const name = 'heartbeat [infometis import]'
    assert.deepEqual(shown(spec(), state({ name })), [`name: "${name}" → "heartbeat" (safe)`])
    assert.deepEqual(shown(spec(), unmarked({ name })), [`name: "${name}" → "heartbeat" (safe)`])
  })

  describe('of the group as a whole', () => {
    it('takes the comments of the item before those of the definition', () => {
      const declared = spec({ comments: 'ours', content: content({ ...heartbeat, comments: 'theirs' }) })
      assert.deepEqual(shown(declared, state({ comments: 'old' })), ['comments: "old" → "ours" (safe)'])
    })

    it('leaves the comments of people alone where none are declared', () => {
      assert.deepEqual(shown(spec(), state({ comments: 'do not touch after 17:00' })), [])
    })

    it('never takes a marker for comments, in a definition that was downloaded from a flow of ours', () => {
      const declared = spec({
        content: content({ ...heartbeat, comments: 'proof of life\n[infometis owner=a flow=b]' })
      })
      assert.deepEqual(shown(declared, state({ comments: 'old' })), ['comments: "old" → "proof of life" (safe)'])
    })

    it('takes the context of the item before that of the definition, and unbinds where there is neither', () => {
      const named = content({ ...heartbeat, parameterContextName: 'theirs' })
      assert.deepEqual(shown(spec({ parameterContext: 'ours', content: named }), state({ parameterContext: 'old' })), [
        'parameterContext: "old" → "ours" (safe)'
      ])
      assert.deepEqual(shown(spec({ content: named }), state({ parameterContext: 'old' })), [
        'parameterContext: "old" → "theirs" (safe)'
      ])
      assert.deepEqual(shown(spec(), state({ parameterContext: 'old' })), ['parameterContext: "old" → null (safe)'])
      assert.deepEqual(shown(spec({ parameterContext: null, content: named }), state({ parameterContext: 'old' })), [
        'parameterContext: "old" → null (safe)'
      ])
    })
  })

  describe('with something added by hand', () => {
    it('lets the whole flow wait while the definition is the one we wrote', () => {
      const fields = compareFlow(
        spec(),
        state({ definition: live(withExtra), counts: { running: 2, stopped: 1, invalid: 0, disabled: 0 } })
      )
      assert.deepEqual(
        fields.map(({ path, risk }) => [path, risk]),
        [
          ['state', 'destructive'],
          ['processors.extra', 'destructive']
        ]
      )
      assert.match(fields[0]?.why ?? '', /^processors\.extra: added by hand/)
    })

    it('takes away what the definition no longer has', () => {
      const written = state({ definition: live(withExtra), marker: marker(withExtra, live(withExtra)) })
      assert.deepEqual(shown(spec(), written), [
        'processors.extra: "org.apache.nifi.processors.standard.GenerateFlowFile" → null (safe)'
      ])
    })

    it('tells the two apart by the identifier when both have changed', () => {
      const changed = spec({ content: content(larger) })
      const handmade = { ...processor(ownIdentifier('made-1')), instanceIdentifier: 'made-1' }
      const byHand: Group = { ...live(), processors: [...(live().processors ?? []), handmade] }
      assert.deepEqual(
        new Set(compareFlow(changed, state({ definition: byHand })).map(({ risk }) => risk)),
        new Set(['destructive'])
      )
      const touched = live({
        ...withExtra,
        processors: [processor('gen', { 'File Size': '3KB' }), processor('log'), processor('extra')]
      })
      assert.deepEqual(
        new Set(
          compareFlow(changed, state({ definition: touched, marker: marker(withExtra, live(withExtra)) })).map(
            ({ risk }) => risk
          )
        ),
        new Set(['safe'])
      )
    })

    it('continues with what was written half: what a file brought along may go, what was made on the canvas may not', () => {
      const { owner, flow, desired = '' } = marker()
      const half = { marker: { owner, flow, desired } }
      assert.deepEqual(
        compareFlow(spec(), state({ ...half, definition: live(withExtra) })).map(({ risk }) => risk),
        ['safe']
      )
      const handmade = { ...processor(ownIdentifier('made-1')), instanceIdentifier: 'made-1' }
      const byHand: Group = { ...live(), processors: [...(live().processors ?? []), handmade] }
      assert.deepEqual(
        compareFlow(spec(), state({ ...half, definition: byHand })).map(({ risk }) => risk),
        ['destructive']
      )
      assert.deepEqual(
        compareFlow(spec(), state({ marker: { owner, flow }, definition: byHand })).map(({ risk }) => risk),
        ['destructive']
      )
    })

    it('starts again what we stopped ourselves all the same', () => {
      const fields = compareFlow(
        spec(),
        state({ definition: live(withExtra), marker: { ...marker(), stopped: ['id-7'] } })
      )
      assert.deepEqual(
        fields.map(({ path, risk }) => [path, risk]),
        [
          ['unfinished', 'safe'],
          ['processors.extra', 'destructive']
        ]
      )
    })

    it('removes nothing from a group that is only just adopted', () => {
      const fields = compareFlow(spec({ adopt: true }), unmarked({ definition: live(withExtra) }))
      assert.deepEqual(
        fields.map(({ path, risk }) => [path, risk]),
        [['processors.extra', 'destructive']]
      )
    })
  })

  it('never changes a type, and says how to get there', () => {
    const other: Group = {
      ...heartbeat,
      processors: [processor('gen', { 'File Size': '1KB' }), processor('log', {}, { type: 'LogAttribute' })]
    }
    for (const [form, name] of [
      ['inline', 'key'],
      ['file', 'identifier']
    ] as const) {
      const fields = compareFlow(spec({ content: content(other, { form }) }), state())
      assert.deepEqual(
        fields.map(({ path, before, after, risk }) => [path, before, after, risk]),
        [['processors.log.type', 'org.apache.nifi.processors.standard.GenerateFlowFile', 'LogAttribute', 'unsupported']]
      )
      assert.equal(
        fields[0]?.why,
        'processors.log: NiFi does not change the type of what is there, org.apache.nifi.processors.standard.GenerateFlowFile; ' +
          `declare LogAttribute under another ${name}, and what refers to it likewise: it is made new then, and what is there is removed with what it remembers`
      )
    }
  })

  it('takes a property by the name people see for the one NiFi means', () => {
    const byDisplayName: Group = { ...heartbeat, processors: [processor('gen', { Text: 'a' })], connections: [] }
    const descriptors = { 'internal-text': { name: 'internal-text', displayName: 'Text', dynamic: false } }
    const taken = (text: string): Group =>
      live({
        ...byDisplayName,
        processors: [processor('gen', { 'internal-text': text }, { propertyDescriptors: descriptors })]
      })
    const { owner, flow } = marker()
    assert.deepEqual(
      shown(spec({ content: content(byDisplayName) }), state({ marker: { owner, flow }, definition: taken('a') })),
      []
    )
    assert.deepEqual(
      shown(spec({ content: content(byDisplayName) }), state({ marker: { owner, flow }, definition: taken('b') })),
      ['processors.gen.properties.internal-text: "b" → "a" (safe)']
    )
  })

  describe('with services outside of it', () => {
    const using = (id: string): Group => ({ ...heartbeat, processors: [processor('gen', { Cache: id })] })
    const declared = spec({
      content: content(using('elsewhere'), {
        externalControllerServices: { elsewhere: { identifier: 'elsewhere', name: 'cache' } }
      })
    })
    const { owner, flow } = marker()

    it('finds the same service under the identifier of this server', () => {
      const offered = [{ id: 'here', name: 'cache', apis: [] }]
      assert.deepEqual(
        shown(declared, state({ marker: { owner, flow }, offered, definition: live(using('here')) })),
        []
      )
      assert.deepEqual(
        shown(declared, state({ marker: { owner, flow }, offered, definition: live(using(ownIdentifier('here'))) })),
        []
      )
    })

    it('knows a service by its id too, as people write it by hand', () => {
      const offered = [{ id: 'here', name: 'cache', apis: [] }]
      for (const id of ['here', ownIdentifier('here')])
        assert.deepEqual(
          shown(
            spec({ content: content(using('here')) }),
            state({ marker: { owner, flow }, offered, definition: live(using(id)) })
          ),
          []
        )
    })

    it('shows another one by its name', () => {
      const offered = [{ id: 'here', name: 'slow cache', apis: [] }]
      assert.deepEqual(shown(declared, state({ marker: { owner, flow }, offered, definition: live(using('here')) })), [
        'processors.gen.properties.Cache: "slow cache" → "cache" (safe)'
      ])
    })
  })

  it('lists the components of a new flow once each, and what is declared of the whole', () => {
    const declared = spec({ comments: 'proof of life', parameterContext: 'heartbeat' })
    assert.deepEqual(shown(declared, undefined), [
      'state: null → "RUNNING" (safe)',
      'comments: null → "proof of life" (safe)',
      'parameterContext: null → "heartbeat" (safe)',
      'processors.gen: null → "org.apache.nifi.processors.standard.GenerateFlowFile" (safe)',
      'processors.log: null → "org.apache.nifi.processors.standard.GenerateFlowFile" (safe)',
      'connections.gen:success -> log: null → "gen:success -> log" (safe)'
    ])
  })
})

const texts = fc.string({ minLength: 1, maxLength: 8 })
const groups: fc.Arbitrary<Group> = fc
  .uniqueArray(fc.tuple(texts, fc.dictionary(texts, texts)), { selector: ([identifier]) => identifier, maxLength: 4 })
  .map((parts) => ({
    identifier: 'top',
    processors: parts.map(([identifier, properties]) => processor(identifier, properties))
  }))
const counts = fc.record({ running: fc.nat(3), stopped: fc.nat(3), invalid: fc.nat(3), disabled: fc.nat(3) })

describe('comparing any flow', () => {
  it('finds nothing between a definition and what NiFi shows of it', () => {
    fc.assert(
      fc.property(groups, fc.boolean(), (group, isMarked) => {
        const taken = { definition: live(group), ...(isMarked && { marker: marker(group, live(group)) }) }
        assert.deepEqual(
          compareFlow(spec({ content: content(group), state: 'IGNORE' }), isMarked ? state(taken) : unmarked(taken)),
          []
        )
      })
    )
  })

  it('is silent about properties exactly while both digests match, or nothing differs, and never about anything else', () => {
    fc.assert(
      fc.property(groups, groups, fc.boolean(), fc.boolean(), (declared, actual, desiredMatches, liveMatches) => {
        const digests = marker(desiredMatches ? declared : heartbeat, liveMatches ? live(actual) : live())
        const fields = compareFlow(
          spec({ content: content(declared), state: 'IGNORE' }),
          state({ definition: live(actual), marker: digests })
        )
        const plain = compareFlow(
          spec({ content: content(declared), state: 'IGNORE' }),
          state({ definition: live(actual), marker: { owner: 'infometis', flow: 'heartbeat' } })
        )
        const paths = (list: typeof fields, isTaken: boolean): readonly string[] =>
          list.flatMap(({ path }) => (isTaken && path.includes('.properties.') ? [] : [path]))
        assert.deepEqual(paths(fields, false), paths(plain, desiredMatches && liveMatches))
      })
    )
  })

  it('mixes no risks: a flow continues as a whole or waits as a whole', () => {
    fc.assert(
      fc.property(groups, groups, counts, fc.boolean(), (declared, actual, some, isOurs) => {
        const digests = marker(isOurs ? declared : actual, live(actual))
        const fields = compareFlow(
          spec({ content: content(declared) }),
          state({ definition: live(actual), counts: some, marker: { ...digests, live: 'moved' } })
        )
        assert.ok(new Set(fields.map(({ risk }) => risk)).size <= 1)
        assert.ok(fields.every(({ risk, why }) => risk === 'safe' || why !== undefined))
      })
    )
  })

  it('gives every difference a path of its own', () => {
    fc.assert(
      fc.property(groups, groups, (declared, actual) => {
        const paths = compareFlow(spec({ content: content(declared) }), unmarked({ definition: live(actual) })).map(
          ({ path }) => path
        )
        assert.equal(new Set(paths).size, paths.length)
      })
    )
  })
})
