import assert from 'node:assert/strict'
import { gzipSync } from 'node:zlib'
import type { ReconcileError } from '../../../../src/errors.ts'
import { flowKind } from '../../../../reconcilers/nifi/flow/kind.ts'
import type { Content } from '../../../../reconcilers/nifi/flow/definition/model.ts'
import { heartbeat } from './flows.ts'

const bytes = Buffer.from(JSON.stringify({ flowContents: heartbeat }))

function completed(declared: unknown, files: Readonly<Record<string, Uint8Array>> = {}): Content | undefined {
  return flowKind.complete?.(flowKind.schema.parse(declared), new Map(Object.entries(files))).content
}

describe('what a declared flow is to be', () => {
  it('is read from the file it names, packed or not', () => {
    const plain = completed({ definition: 'beat.flow.json' }, { 'beat.flow.json': bytes })
    assert.equal(plain?.group.processors?.length, 2)
    assert.equal(plain?.form, 'file')
    assert.deepEqual(completed({ definition: 'beat.flow.json.gz' }, { 'beat.flow.json.gz': gzipSync(bytes) }), plain)
  })

  it('is taken as it stands, as export writes it', () => {
    assert.deepEqual(
      completed({ definition: { flowContents: heartbeat } }),
      completed({ definition: 'beat.flow.json' }, { 'beat.flow.json': bytes })
    )
  })

  it('is compiled from the inline form', () => {
    const content = completed({ processors: { log: { type: 'LogAttribute', terminate: ['success'] } } })
    assert.equal(content?.form, 'inline')
    assert.deepEqual(
      content.group.processors?.map(({ identifier }) => identifier),
      ['log']
    )
  })

  it('is refused with the nearest name when the file is not there', () => {
    assert.throws(
      () => completed({ definition: 'beats.flow.json' }, { 'beat.flow.json': bytes, 'flows.yaml': bytes }),
      (error: ReconcileError) => {
        assert.equal(error.code, 'CONFIG_INVALID')
        assert.match(
          error.message,
          /"beats\.flow\.json".*there is beat\.flow\.json.*did you mean "beat\.flow\.json"\?$/
        )
        return true
      }
    )
  })

  it('is refused when it is no definition', () => {
    assert.throws(() => completed({ definition: 'a.flow.json' }, { 'a.flow.json': Buffer.from('{}') }), {
      code: 'CONFIG_INVALID'
    })
    assert.throws(() => completed({ definition: {} }), { code: 'CONFIG_INVALID' })
  })
})
