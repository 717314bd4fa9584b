/**
 * A definition lost the last digit of a number beyond 2^53 or had it as text, and properties and parameters the zeros of a
 * decimal: `1.0` was "1". Drift in the last digit could not be seen.
 */
import assert from 'node:assert/strict'
import { gzipSync } from 'node:zlib'
import fc from 'fast-check'
import type { Json } from '../../src/contract.ts'
import { parseDesired } from '../../src/parse/desired.ts'
import { parseWithNumbers } from '../../src/parse/written-number.ts'
import { flowKind } from '../../reconcilers/nifi/flow/kind.ts'
import type { Group } from '../../reconcilers/nifi/flow/definition/model.ts'
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
const file = (threshold: Json, x?: Json): string => JSON.stringify({ flowContents: heartbeatWith(threshold, x) })

function read<T>(text: string, files: Readonly<Record<string, Uint8Array>>, kind: 'flows' | 'parameter-contexts'): T {
  const contents = new Map([[`${kind}.yaml`, Buffer.from(text)], ...Object.entries(files)])
  const { desired, problems } = parseDesired({ digest: '', files: contents }, { name: 'nifi', kinds: [parameterContextKind, flowKind] })
  assert.equal(problems, undefined)
  const item = desired?.kinds.flatMap(({ items }) => items)[0]
  return (item?.spec ?? assert.fail('nothing is declared')) as T
}

/** What is declared, in each of the ways in which a definition can be. */
function declared(definition: string): readonly FlowSpec[] {
  const spec = (text: string, files: Readonly<Record<string, Uint8Array>> = {}): FlowSpec => read(text, files, 'flows')
  return [
    spec('a: {definition: a.flow.json}', { 'a.flow.json': Buffer.from(definition) }),
    spec('a: {definition: a.flow.json.gz}', { 'a.flow.json.gz': gzipSync(definition) }),
    spec(`a: {definition: ${definition}}`)
  ]
}

/** Fields that differ from a group as NiFi shows it. */
function differing(spec: FlowSpec, shown: Group): readonly (readonly Json[])[] {
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- what was written out is read again
  const definition = parseWithNumbers(JSON.stringify(live(shown))) as Group
  return flowKind.compare(spec, unmarked({ definition })).map(({ path, before = null, after = null }) => [path, before, after])
}

const path = 'connections.gen:success -> log.backPressureObjectThreshold'
const digits = fc.bigInt({ min: 2n ** 53n, max: 2n ** 63n - 2n })

describe('numbers of a flow definition', () => {
  it('keep every digit from each place a definition may stand in, and are drift in the last one', () => {
    fc.assert(
      fc.property(digits, (number) => {
        for (const spec of declared(file(raw(`${number}`)))) {
          assert.equal(JSON.stringify(spec.content?.group.connections).includes(`"backPressureObjectThreshold":${number},`), true)
          assert.deepEqual(differing(spec, heartbeatWith(raw(`${number}`))), [])
          const [[field, before, after] = []] = differing(spec, heartbeatWith(raw(`${number + 1n}`)))
          assert.deepEqual([field, String(before), String(after)], [path, `${number + 1n}`, `${number}`])
        }
      }),
      { numRuns: 20 }
    )
  })

  it('are sent as they are written, also those that nobody compares', () => {
    for (const spec of declared(file(10_000, raw('1.50')))) assert.match(JSON.stringify(spec.content), /"x":1\.50,/)
  })

  it('are the same in whatever notation, for NiFi keeps none of a count', () => {
    for (const text of ['20000', '2e4', '20000.0', '2.0E+4', '"20000"']) {
      for (const spec of declared(file(raw(text)))) assert.deepEqual(differing(spec, heartbeatWith(20_000)), [])
    }
  })

  it('are exported as NiFi shows them', () => {
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- what was written out is read again
    const definition = parseWithNumbers(JSON.stringify(live(heartbeatWith(raw('9007199254740993'), raw('100.0'))))) as Group
    const exported = JSON.stringify(flowKind.describe?.(unmarked({ definition })))
    assert.match(exported, /"backPressureObjectThreshold":9007199254740993,/)
    assert.match(exported, /"x":100\.0,/)
  })
})

describe('a number where NiFi keeps text', () => {
  const rows = [['1.0', '1.0'], ['0.10', '0.10'], ['-0', '-0'], ['9007199254740993', '9007199254740993'], ['1e3', '1000'], ['12', '12'], ['1.5', '1.5'], ['007', '7']] as const

  it('is a property as it is written, where no power of ten must be worked out', () => {
    for (const [written, text] of rows) {
      const spec = read<FlowSpec>(`a: {processors: {gen: {type: G, properties: {p: ${written}}, tasks: 2.0}}}`, {}, 'flows')
      const [processor] = spec.content?.group.processors ?? []
      assert.deepEqual([processor?.['properties'], processor?.['concurrentlySchedulableTaskCount']], [{ p: text }, 2], written)
    }
  })

  it('is a parameter likewise', () => {
    for (const [written, text] of rows) {
      const { parameters } = read<{ readonly parameters: unknown }>(`a: {parameters: {p: ${written}, q: {value: ${written}}}}`, {}, 'parameter-contexts')
      const source = { source: { value: text }, sensitive: false }
      assert.deepEqual(parameters, { p: source, q: source }, written)
    }
  })
})
