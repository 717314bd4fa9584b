/**
 * Which type of component is meant, and which bundle brings it.
 */
import assert from 'node:assert/strict'
import type { Component, Group } from '../../../../../reconcilers/nifi/flow/definition/model.ts'
import { ComponentTypes } from '../../../../../reconcilers/nifi/flow/catalogue/types.ts'
import { inlineWords } from '../../../../../reconcilers/nifi/flow/identity/words.ts'
import { ReconcileError } from '../../../../../src/errors.ts'
import type { Body } from '../../../../../reconcilers/nifi/json.ts'

function offer(type: string, coordinates: string): Body {
  const [group = '', artifact = '', version = ''] = coordinates.split(':')
  return { type, bundle: { group, artifact, version }, description: '', tags: [] }
}

const types = new ComponentTypes(
  {
    processorTypes: [
      offer('org.apache.nifi.processors.standard.GenerateFlowFile', 'org.apache.nifi:nifi-standard-nar:2.3.0'),
      offer('org.apache.nifi.kafka.PublishKafka', 'org.apache.nifi:nifi-kafka-nar:2.3.0'),
      offer('org.example.Put', 'org.example:one-nar:1.0'),
      offer('com.example.Put', 'com.example:two-nar:1.0'),
      offer('org.example.Versioned', 'org.example:one-nar:1.9.0'),
      offer('org.example.Versioned', 'org.example:one-nar:1.10.0'),
      offer('org.example.Twice', 'org.example:one-nar:1.0'),
      offer('org.example.Twice', 'org.example:other-nar:1.0')
    ]
  },
  { controllerServiceTypes: [offer('org.apache.nifi.MapCacheClientService', 'org.apache.nifi:nifi-cache-nar:2.3.0')] }
)

function resolve(component: Body): unknown {
  const { group, problems } = types.resolve({ processors: [{ identifier: 'gen', ...component }] }, inlineWords)
  const [found] = group.processors ?? []
  return problems.length > 0
    ? problems.map(({ path, code, message }) => `${path} ${code}: ${message}`)
    : [found?.['type'], Object.values(Object(found?.['bundle'])).join(':')]
}

describe('the type of a component', () => {
  it('is found by its short name, or in full', () => {
    const expected = ['org.apache.nifi.processors.standard.GenerateFlowFile', 'org.apache.nifi:nifi-standard-nar:2.3.0']
    assert.deepEqual(resolve({ type: 'GenerateFlowFile' }), expected)
    assert.deepEqual(resolve({ type: 'org.apache.nifi.processors.standard.GenerateFlowFile' }), expected)
  })

  it('that this NiFi has not is refused with the nearest it has, whatever package that is in', () => {
    assert.deepEqual(resolve({ type: 'org.apache.nifi.processors.kafka.pubsub.PublishKafka_2_6' }), [
      'processors.gen.type UNKNOWN_TYPE: expected a type this NiFi has, found "org.apache.nifi.processors.kafka.pubsub.PublishKafka_2_6"; did you mean "PublishKafka"?'
    ])
    assert.deepEqual(resolve({ type: 'FlowFile' }), [
      'processors.gen.type UNKNOWN_TYPE: expected a type this NiFi has, found "FlowFile"'
    ])
  })

  it('that two classes have is refused with both, unless it is written in full', () => {
    assert.deepEqual(resolve({ type: 'Put' }), [
      'processors.gen.type AMBIGUOUS_TYPE: expected one type, found "Put", which may be com.example.Put or org.example.Put; write it in full'
    ])
    assert.deepEqual(resolve({ type: 'com.example.Put' }), ['com.example.Put', 'com.example:two-nar:1.0'])
  })

  it('of a processor is none of a service', () => {
    const { group, problems } = types.resolve(
      {
        processors: [{ identifier: 'a', type: 'MapCacheClientService' }],
        controllerServices: [{ identifier: 'b', type: 'MapCacheClientService' }]
      },
      inlineWords
    )
    assert.deepEqual(
      problems.map(({ path }) => path),
      ['processors.a.type']
    )
    assert.equal(group.controllerServices?.[0]?.['type'], 'org.apache.nifi.MapCacheClientService')
  })
})

describe('the bundle of a component', () => {
  it('is the declared one where this NiFi has it, else the newest version there is', () => {
    const bundle = { group: 'org.example', artifact: 'one-nar' }
    assert.deepEqual(resolve({ type: 'Versioned', bundle: { ...bundle, version: '1.9.0' } }), [
      'org.example.Versioned',
      'org.example:one-nar:1.9.0'
    ])
    assert.deepEqual(resolve({ type: 'Versioned', bundle: { ...bundle, version: '1.2.0' } }), [
      'org.example.Versioned',
      'org.example:one-nar:1.10.0'
    ])
    assert.deepEqual(
      resolve({ type: 'Versioned', bundle: { group: 'org.other', artifact: 'gone-nar', version: '1.9.0' } }),
      ['org.example.Versioned', 'org.example:one-nar:1.10.0']
    )
  })

  it('has to be declared where two bring the type', () => {
    assert.deepEqual(
      resolve({ type: 'Twice', bundle: { group: 'org.example', artifact: 'other-nar', version: '9' } }),
      ['org.example.Twice', 'org.example:other-nar:1.0']
    )
    assert.deepEqual(resolve({ type: 'Twice' }), [
      'processors.gen.type AMBIGUOUS_TYPE: expected one bundle with "org.example.Twice", found org.example:one-nar and org.example:other-nar; name one of them in a definition file'
    ])
  })
})

describe('resolving a group', () => {
  it('reaches groups inside, and names the place in the words of the author', () => {
    const inner: Component & Group = {
      identifier: 'uuid',
      name: 'inner',
      processors: [
        { identifier: 'x', name: 'Gen', type: 'Nothing' },
        { identifier: 'y', name: 'Gen', type: 'GenerateFlowFile' }
      ]
    }
    const { group, problems } = types.resolve({ processGroups: [inner] })
    assert.deepEqual(
      problems.map(({ path }) => path),
      ['processGroups.inner.processors.Gen (x).type']
    )
    assert.deepEqual(
      group.processGroups?.[0]?.processors?.map(({ type }) => type),
      ['Nothing', 'org.apache.nifi.processors.standard.GenerateFlowFile']
    )
  })

  it('is not begun on an answer that lists no types', () => {
    for (const answer of [{}, null, 'busy', { processorTypes: 1 }]) {
      assert.throws(
        () => new ComponentTypes(answer, { controllerServiceTypes: [] }),
        (error) => error instanceof ReconcileError && error.code === 'UNAVAILABLE'
      )
    }
  })
})
