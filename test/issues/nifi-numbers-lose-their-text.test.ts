/**
 * A definition lost the last digit of a number beyond 2^53 or had it as text, and properties and parameters the zeros
 * of a decimal: `1.0` was "1". Drift in the last digit could not be seen.
 */
import assert from 'node:assert/strict'
import { gzipSync } from 'node:zlib'
import fc from 'fast-check'
import type { Json } from '../../src/records.ts'
import { parseDesired } from '../../src/parse/desired.ts'
import { parseWithNumbers } from '../../src/parse/written-number.ts'
import { flowKind } from '../../reconcilers/nifi/flow/kind.ts'
import type { Group } from '../../reconcilers/nifi/flow/definition/model.ts'
import type { FlowState } from '../../reconcilers/nifi/flow/state.ts'
import type { FlowSpec } from '../../reconcilers/nifi/flow/schema.ts'
import { parameterContextKind } from '../../reconcilers/nifi/parameter-context/kind.ts'
import { heartbeat, live, unmarked } from '../reconcilers/nifi/flow/flows.ts'

/** The heartbeat with such a threshold of its connection and such an abscissa of its first processor. */
function heartbeatWith(threshold: Json, x: Json = 0): Group {
  const [connection, [generator, ...others]] = [heartbeat.connections ?? [], heartbeat.processors ?? []]
  return {
    ...heartbeat,
    connections: connection.map((each) => ({ ...each, backPressureObjectThreshold: threshold })),
    processors: generator === undefined ? others : [{ ...generator, position: { x, y: 0 } }, ...others]
  }
}

const raw = (text: string): Json => JSON.rawJSON(text)
const definitionWith = (threshold: Json, x?: Json): string =>
  JSON.stringify({ flowContents: heartbeatWith(threshold, x) })

function specOf(file: string, text: string, files: Readonly<Record<string, Uint8Array>> = {}): unknown {
  const contents = new Map([[`${file}.yaml`, Buffer.from(text)], ...Object.entries(files)])
  const plugin = { name: 'nifi', kinds: [parameterContextKind, flowKind] }
  const { desired, problems } = parseDesired({ digest: '', files: contents }, plugin)
  assert.equal(problems, undefined)
  const item = desired?.kinds.flatMap(({ items }) => items)[0]
  return item?.spec ?? assert.fail('nothing is declared')
}

function flowOf(text: string, files?: Readonly<Record<string, Uint8Array>>): FlowSpec {
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- what a kind has read is its spec
  return specOf('flows', text, files) as FlowSpec
}

/** What is declared, in each of the ways in which a definition can be. */
function declared(definition: string): readonly FlowSpec[] {
  return [
    flowOf('a: {definition: a.flow.json}', { 'a.flow.json': Buffer.from(definition) }),
    flowOf('a: {definition: a.flow.json.gz}', { 'a.flow.json.gz': gzipSync(definition) }),
    flowOf(`a: {definition: ${definition}}`)
  ]
}

function shownAs(group: Group): FlowState {
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- what was written out is read again
  return unmarked({ definition: parseWithNumbers(JSON.stringify(live(group))) as Group })
}

/** Fields that differ from a group as NiFi shows it, each with its two values as they are printed. */
function differing(spec: FlowSpec, group: Group): readonly (readonly string[])[] {
  const text = (value: Json): string => (typeof value === 'string' ? value : JSON.stringify(value))
  return flowKind.compare(spec, shownAs(group)).map(({ path, before, after }) => [path, text(before), text(after)])
}

const path = 'connections.gen:success -> log.backPressureObjectThreshold'
const digits = fc.bigInt({ min: 2n ** 53n, max: 2n ** 63n - 2n })

describe('numbers of a flow definition', () => {
  it('keep every digit from each place a definition may stand in, and are drift in the last one', () => {
    fc.assert(
      fc.property(digits, (number) => {
        for (const spec of declared(definitionWith(raw(`${number}`)))) {
          const sent = JSON.stringify(spec.content?.group.connections)
          assert.ok(sent.includes(`"backPressureObjectThreshold":${number},`), sent)
          assert.deepEqual(differing(spec, heartbeatWith(raw(`${number}`))), [])
          const drifted = differing(spec, heartbeatWith(raw(`${number + 1n}`)))
          assert.deepEqual(drifted, [[path, `${number + 1n}`, `${number}`]])
        }
      }),
      { numRuns: 20 }
    )
  })

  it('are sent as they are written, also those that nobody compares', () => {
    for (const spec of declared(definitionWith(10_000, raw('1.50'))))
      assert.match(JSON.stringify(spec.content), /"x":1\.50,/)
  })

  it('are the same in whatever notation, for NiFi keeps none of a count', () => {
    for (const text of ['20000', '2e4', '20000.0', '2.0E+4', '"20000"']) {
      for (const spec of declared(definitionWith(raw(text))))
        assert.deepEqual(differing(spec, heartbeatWith(20_000)), [])
    }
  })

  it('are exported as NiFi shows them', () => {
    const exported = JSON.stringify(flowKind.describe?.(shownAs(heartbeatWith(raw('9007199254740993'), raw('100.0')))))
    assert.match(exported, /"backPressureObjectThreshold":9007199254740993,/)
    assert.match(exported, /"x":100\.0,/)
  })
})

describe('a number where NiFi keeps text', () => {
  const asWritten = ['1.0', '0.10', '-0', '9007199254740993', '12', '1.5'].map((text) => [text, text] as const)
  const rows = [...asWritten, ['1e3', '1000'], ['007', '7']] as const

  it('is a property as it is written, where no power of ten must be worked out', () => {
    for (const [written, text] of rows) {
      const { content } = flowOf(`a: {processors: {gen: {type: G, properties: {p: ${written}}, tasks: 2.0}}}`)
      const [gen] = content?.group.processors ?? []
      assert.deepEqual([gen?.['properties'], gen?.['concurrentlySchedulableTaskCount']], [{ p: text }, 2], written)
    }
  })

  it('is a parameter likewise', () => {
    for (const [written, text] of rows) {
      const source = { source: { value: text }, sensitive: false }
      const spec = specOf('parameter-contexts', `a: {parameters: {p: ${written}, q: {value: ${written}}}}`)
      assert.deepEqual(spec, { parameters: { p: source, q: source } }, written)
    }
  })
})
