import assert from 'node:assert/strict'
import fc from 'fast-check'
import { compareFlow } from '../../../../../reconcilers/nifi/flow/compare.ts'
import type { Component, Group } from '../../../../../reconcilers/nifi/flow/definition/model.ts'
import { writeComments } from '../../../../../reconcilers/nifi/flow/identity/marker.ts'
import { unsetByHand } from '../../../../../reconcilers/nifi/flow/by-hand/set-by-hand.ts'
import { fileWords } from '../../../../../reconcilers/nifi/flow/identity/words.ts'
import { content, live, marker, processor, spec, state } from '../flows.ts'
import { NifiModel } from '../../nifi-model.ts'
import { flow as flowOf, World } from '../write/world.ts'
import type { Body } from '../../../../../reconcilers/nifi/json.ts'

type Properties = Readonly<Record<string, string | null>>

/** What the type gives where the file says nothing. */
const defaults: Properties = { 'File Size': '0B', 'Batch Size': '1', Text: null }

/** As 1.18 shows it: with defaults, and without a word on what is dynamic. */
function shownAs(identifier: string, properties: Properties, more: Body = {}): Component {
  const all = { ...defaults, ...properties }
  const propertyDescriptors = Object.fromEntries(
    Object.keys(all).map((name) => [
      name,
      { name, displayName: name, sensitive: false, identifiesControllerService: false, ...more }
    ])
  )
  return processor(identifier, all, { propertyDescriptors })
}

const declared: Group = { identifier: 'top', processors: [processor('gen', { 'File Size': '1KB' }), processor('log')] }
const flow = (gen: Properties, log: Properties = {}, more: Body = {}): Group => ({
  identifier: 'top',
  processors: [shownAs('gen', { 'File Size': '1KB', ...gen }, more), shownAs('log', log, more)]
})
const taken = marker(declared, live(flow({})))
/** Live by now, with the marker of the flow as it was taken. */
const now = (group: Group): Group => ({ ...live(group), comments: writeComments('mine', taken) })

function shown(group: Group, desired: Group = declared): readonly string[] {
  return compareFlow(spec({ content: content(desired) }), state({ definition: now(group), marker: taken })).map(
    ({ path, before, after, risk }) => `${path}: ${JSON.stringify(before)} → ${JSON.stringify(after)} (${risk})`
  )
}

describe('a property set by hand that NiFi 1 does not tell from a default', () => {
  const change = 'processors.gen.properties.extra: "by hand" → null (safe)'

  it('is taken away when the group is what it was but for it', () => {
    assert.deepEqual(shown(flow({ extra: 'by hand' })), [change])
    assert.deepEqual(shown(flow({}, { Text: 'by hand' })), ['processors.log.properties.Text: "by hand" → null (safe)'])
  })

  it('is found beside what the declaration tells', () => {
    assert.deepEqual(shown(flow({ 'File Size': '9KB', extra: 'by hand' })), [
      'processors.gen.properties.File Size: "9KB" → "1KB" (safe)',
      change
    ])
    const changed = { ...declared, processors: [processor('gen', { 'File Size': '2KB' }), processor('log')] }
    assert.deepEqual(shown(flow({ extra: 'by hand' }), changed), [
      'processors.gen.properties.File Size: "1KB" → "2KB" (safe)',
      change
    ])
  })

  it('is found with another one of the same component', () => {
    assert.deepEqual(shown(flow({ extra: 'by hand', more: 'by hand' })), [change, change.replace('extra', 'more')])
  })

  it('is found in a group inside', () => {
    const inside = (group: Group): Group => ({
      identifier: 'top',
      processGroups: [{ ...group, identifier: 'g', name: 'g' }]
    })
    const remembered = marker(inside(declared), live(inside(flow({}))))
    const definition = { ...live(inside(flow({ extra: 'by hand' }))), comments: writeComments('', remembered) }
    const fields = compareFlow(spec({ content: content(inside(declared)) }), state({ definition, marker: remembered }))
    assert.deepEqual(
      fields.map(({ path }) => path),
      ['processGroups.g.processors.gen.properties.extra']
    )
  })

  it('is left alone where nothing proves it', () => {
    assert.deepEqual(shown(flow({ 'Batch Size': '5' })), [], 'the value before is not known')
    assert.deepEqual(shown(flow({ extra: 'by hand', 'Batch Size': '5' })), [], 'something else has changed too')
    assert.deepEqual(shown(flow({ extra: 'by hand' }, { extra: 'by hand' })), [], 'in two components')
    assert.deepEqual(shown(flow({ extra: '1', more: '2', most: '3' })), [], 'three of them')
  })

  it('is left alone where NiFi tells that it belongs to the type', () => {
    assert.deepEqual(shown(flow({ fresh: 'default' }, {}, { dynamic: false })), [])
  })

  it('is left alone where the group was never taken as a whole', () => {
    const { owner, flow: name } = taken
    const definition = { ...live(flow({ extra: 'by hand' })), comments: writeComments('', { owner, flow: name }) }
    assert.deepEqual(
      compareFlow(spec({ content: content(declared) }), state({ definition, marker: { owner, flow: name } })),
      []
    )
  })

  it('is only what was not set when the group was taken', () => {
    const names = fc.constantFrom('File Size', 'Batch Size', 'Text', 'extra', 'more')
    const value = fc.option(fc.constantFrom('1', '2'))
    const flows = fc.tuple(fc.dictionary(names, value), fc.dictionary(names, value))
    const edits = fc.array(fc.record({ index: fc.nat(1), name: names, value }), { maxLength: 3 })
    fc.assert(
      fc.property(flows, flows, edits, (wanted, before, changes) => {
        const desired: Group = { processors: wanted.map((each, index) => processor(`p${index}`, each)) }
        const at = (each: readonly Properties[]): Group =>
          live({ identifier: 'top', processors: each.map((set, index) => shownAs(`p${index}`, set)) })
        const after = before.map((set, index) => ({
          ...set,
          ...Object.fromEntries(
            changes.flatMap((each) => (each.index === index ? [[each.name, each.value] as const] : []))
          )
        }))
        const changed = { ...at(after), comments: writeComments('', marker(desired, at(before))) }
        for (const [index, component] of (unsetByHand(desired, changed, fileWords).processors ?? []).entries()) {
          const added = Object.keys(Object(component['properties'])).filter(
            (name) => !Object.hasOwn(wanted[index] ?? {}, name)
          )
          for (const name of added)
            assert.deepEqual(
              [{ ...defaults, ...before[index] }[name] ?? null, after[index]?.[name] === null],
              [null, false],
              name
            )
        }
      }),
      { numRuns: 300 }
    )
  })

  for (const version of ['1.18.0', '2.3.0'] as const) {
    it(`goes, and stays away, on ${version}`, async () => {
      const world = new World(new NifiModel(version))
      const wanted = flowOf(declared)
      await world.create(wanted)
      const { body } = world.nifi.component('gen')
      const tells = version === '2.3.0' ? { dynamic: true } : {}
      const descriptor = {
        name: 'extra',
        displayName: 'extra',
        sensitive: false,
        identifiesControllerService: false,
        ...tells
      }
      world.nifi.component('gen').body = {
        ...body,
        properties: { ...Object(body['properties']), extra: 'by hand' },
        propertyDescriptors: { ...Object(body['propertyDescriptors']), extra: descriptor }
      }
      assert.equal((await world.cycle(wanted))?.result, 'done')
      assert.deepEqual(
        world.fields.map(({ path, risk }) => `${path} ${risk}`),
        ['processors.gen.properties.extra safe']
      )
      assert.equal(world.nifi.property('gen', 'extra') ?? null, null)
      assert.equal(world.nifi.property('gen', 'File Size'), '1KB')
      assert.deepEqual([world.nifi.component('gen').bounces, world.nifi.component('log').bounces], [1, 0])
      assert.equal(await world.cycle(wanted), undefined)
    })
  }
})
