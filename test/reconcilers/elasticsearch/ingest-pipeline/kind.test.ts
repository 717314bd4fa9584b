/**
 * Ingest pipelines.
 */
import assert from 'node:assert/strict'
import { bodyForCreate, bodyForUpdate } from '../../../../reconcilers/elasticsearch/body/shape.ts'
import { bodiesFrom } from '../../../../reconcilers/elasticsearch/body/kind.ts'
import {
  ingestPipelineKind as kind,
  ingestPipelines
} from '../../../../reconcilers/elasticsearch/ingest-pipeline/kind.ts'
import { ingestPipelineShape as shape } from '../../../../reconcilers/elasticsearch/ingest-pipeline/state.ts'
import { differences, found, parsed, remarks, verdicts } from '../declared.ts'

const set = { set: { field: 'a', value: null } }
const answer = {
  p: {
    description: 'd',
    processors: [set, { lowercase: { field: 'b' } }],
    created_date_millis: 1,
    modified_date: 'x',
    _meta: { infometis: { owner: 'me' } }
  },
  'logs@json-pipeline': { processors: [], _meta: { managed: true } }
}
const live = found(bodiesFrom(ingestPipelines, answer), 'p')

describe('an ingest pipeline', () => {
  it('is read without what the server adds, with its owner', () => {
    assert.equal(live.owner, 'me')
    assert.deepEqual(kind.describe?.(live.state), { description: 'd', processors: answer.p.processors })
    assert.notEqual(found(bodiesFrom(ingestPipelines, answer), 'logs@json-pipeline').excluded, undefined)
  })

  it('has its processors compared as one value, exactly as written', () => {
    assert.deepEqual(
      differences(kind, { processors: [{ set: { value: null, field: 'a' } }, { lowercase: { field: 'b' } }] }, live),
      []
    )
    assert.deepEqual(differences(kind, { processors: [set] }, live), [
      ['processors', answer.p.processors, [set], 'safe']
    ])
    assert.equal(
      differences(kind, { processors: [{ set: { field: 'a', value: 'null' } }, answer.p.processors[1] ?? {}] }, live)
        .length,
      1
    )
  })

  it('has what nobody declared as undeclared', () => {
    assert.deepEqual(
      kind.undeclared?.({ processors: answer.p.processors }, live.state).map(({ path, after }) => [path, after]),
      [['description', null]]
    )
  })

  it('is written whole, with values that are null inside processors', () => {
    assert.deepEqual(
      bodyForUpdate(shape, { processors: [set], description: null }, live.state, new Set(['processors']), 'me'),
      {
        description: 'd',
        processors: [set],
        _meta: { infometis: { owner: 'me' } }
      }
    )
    assert.deepEqual(bodyForCreate(shape, { processors: [set], description: null }, undefined), { processors: [set] })
  })

  it('needs a list of processors', () => {
    assert.equal(Array.isArray(parsed(kind, {})), true)
    assert.deepEqual(parsed(kind, { processors: [] }), { processors: [] })
    assert.equal(Array.isArray(parsed(kind, { processors: [], on_failure: [] })), true)
    assert.deepEqual(parsed(kind, { processors: [], procesors: [] }), [['unrecognized_keys', '', ['procesors']]])
  })

  it('is refused for a processor without exactly one key, however deep', () => {
    assert.deepEqual(verdicts(kind, { p: { processors: [set, {}] } }), [['p', 'invalid', 'PROCESSOR', 'processors.1']])
    assert.deepEqual(verdicts(kind, { p: { processors: [{ set: {}, remove: {} }] } }), [
      ['p', 'invalid', 'PROCESSOR', 'processors.0']
    ])
    assert.deepEqual(verdicts(kind, { p: { processors: [{ set: 1 }] } }), [
      ['p', 'invalid', 'PROCESSOR', 'processors.0.set']
    ])
    assert.deepEqual(verdicts(kind, { p: { processors: [{ set: { on_failure: [{}] } }], on_failure: [{}] } }), [
      ['p', 'invalid', 'PROCESSOR', 'processors.0.set.on_failure.0'],
      ['p', 'invalid', 'PROCESSOR', 'on_failure.0']
    ])
    assert.deepEqual(verdicts(kind, { p: { processors: [{ foreach: { field: 'a', processor: {} } }] } }), [
      ['p', 'invalid', 'PROCESSOR', 'processors.0.foreach.processor']
    ])
    assert.deepEqual(verdicts(kind, { p: { processors: [{ set: { on_failure: {} } }] } }), [
      ['p', 'invalid', 'PROCESSOR', 'processors.0.set.on_failure']
    ])
    assert.equal(
      remarks(kind, { p: { processors: [{ a: {}, b: {} }] } })[0]?.message,
      'expected an object with one key, the type of the processor, found 2 keys: a, b'
    )
  })

  it('may have a script as text', () => {
    assert.deepEqual(verdicts(kind, { p: { processors: [{ script: 'ctx.a = 1' }] } }), [])
  })

  it('is warned about another pipeline it calls that is not there', () => {
    const calls = (more: object = {}) => ({ p: { processors: [{ pipeline: { name: 'q', ...more } }] } })
    const remark = ['p', 'warn', 'UNKNOWN_REFERENCE', 'processors.0.pipeline.name']
    assert.deepEqual(verdicts(kind, calls()), [remark])
    assert.deepEqual(verdicts(kind, { ...calls(), q: { processors: [] } }), [])
    assert.deepEqual(verdicts(kind, calls(), { live: new Map([['q', live]]) }), [])
    assert.deepEqual(verdicts(kind, calls(), { live: new Map() }), [remark])
    assert.deepEqual(verdicts(kind, calls({ ignore_missing_pipeline: true })), [])
    assert.deepEqual(verdicts(kind, calls({ name: '{{ x }}' })), [])
  })

  it('is only warned about a name that later versions refuse', () => {
    assert.deepEqual(verdicts(kind, { 'a b': { processors: [] }, Upper: { processors: [] } }), [
      ['a b', 'warn', 'NAME', '']
    ])
  })
})
