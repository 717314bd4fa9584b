import assert from 'node:assert/strict'
import { mergeGroups } from '../../../../../reconcilers/nifi/flow/definition/merge.ts'
import type { Component, Group } from '../../../../../reconcilers/nifi/flow/definition/model.ts'
import { fileWords } from '../../../../../reconcilers/nifi/flow/identity/words.ts'
import { connection, heartbeat, processor } from './sample.ts'
import type { Body } from '../../../../../reconcilers/nifi/json.ts'

/** As a server shows a processor: everything filled in. */
const filled: Body = {
  style: {},
  retryCount: 10,
  retriedRelationships: [],
  backoffMechanism: 'PENALIZE_FLOWFILE',
  maxBackoffPeriod: '10 mins',
  scheduledState: 'ENABLED',
  componentType: 'PROCESSOR',
  groupIdentifier: 'live-top',
  comments: ''
}
const defaults = { 'File Size': '1KB', 'Batch Size': '1', 'Data Format': 'Text', 'character-set': null }

const live: Group = {
  identifier: 'live-top',
  instanceIdentifier: 'i-top',
  name: 'heartbeat',
  comments: '[infometis owner=a flow=heartbeat]',
  parameterContextName: 'one',
  processors: [
    processor('log', {
      ...filled,
      instanceIdentifier: 'i-log',
      type: 'org.apache.nifi.processors.standard.LogAttribute',
      autoTerminatedRelationships: ['success'],
      position: { x: 8, y: 9 }
    }),
    processor('gen', {
      ...filled,
      instanceIdentifier: 'i-gen',
      properties: defaults,
      position: { x: 5, y: 6 },
      bundle: { group: 'org.apache.nifi', artifact: 'nifi-standard-nar', version: '2.3.0' }
    })
  ],
  connections: [
    connection('gen-success-log', 'gen', 'log', {
      instanceIdentifier: 'i-c',
      bends: [{ x: 1, y: 1 }],
      zIndex: 3,
      source: { id: 'gen', type: 'PROCESSOR', groupId: 'live-top', instanceIdentifier: 'i-gen', name: 'gen' }
    })
  ]
}

const merge = (desired: Group, allows: (path: string) => boolean = () => true): Group =>
  mergeGroups(desired, live, allows, fileWords)
const find = (list: readonly Component[] | undefined, identifier: string): Component | undefined =>
  list?.find((each) => each.identifier === identifier)
const changed = (more: Body): Group => ({
  ...heartbeat,
  processors: (heartbeat.processors ?? []).map((each) => (each.identifier === 'gen' ? { ...each, ...more } : each))
})

describe('merging a definition into what is live', () => {
  it('sends what is live, field by field, where the file says nothing else: NiFi restarts nothing', () => {
    assert.equal(merge(heartbeat), live)
    assert.equal(
      merge(
        changed({
          position: { x: 0, y: 1 },
          style: { color: 'red' },
          bundle: { group: 'org.apache.nifi', artifact: 'nifi-standard-nar', version: '9.9.9' }
        })
      ),
      live
    )
  })

  it('changes one property and keeps the others, the defaults among them', () => {
    const merged = merge(changed({ properties: { 'File Size': '2KB' } }))
    assert.deepEqual(find(merged.processors, 'gen'), {
      ...find(live.processors, 'gen'),
      properties: { ...defaults, 'File Size': '2KB' }
    })
    assert.equal(find(merged.processors, 'log'), find(live.processors, 'log'))
    assert.equal(merged.connections, live.connections)
  })

  it('sends the default itself where the file leaves out a field that a person has changed', () => {
    const drifted: Group = {
      ...live,
      processors: live.processors?.map((each) => ({ ...each, penaltyDuration: '5 sec', retryCount: 2 })) ?? []
    }
    const { penaltyDuration: _penalty, ...gen } = processor('gen', { properties: { 'File Size': '1KB' } })
    const merged = mergeGroups({ ...heartbeat, processors: [gen] }, drifted, () => true, fileWords)
    assert.deepEqual(find(merged.processors, 'gen'), {
      ...find(live.processors, 'gen'),
      penaltyDuration: '30 sec',
      retryCount: 10
    })
  })

  it('takes away a property that is no longer set, and does not send it as null', () => {
    const merged = merge(changed({ properties: { 'Data Format': null, 'File Size': '1KB' } }))
    assert.deepEqual(Object.keys(Object(find(merged.processors, 'gen')?.['properties'])), [
      'File Size',
      'Batch Size',
      'character-set'
    ])
  })

  it('leaves the name, the comments and the context of the top group to the caller', () => {
    const { name, comments, parameterContextName } = merge({
      ...heartbeat,
      name: 'other',
      comments: 'other',
      parameterContextName: 'other',
      flowFileConcurrency: 'SINGLE_FLOWFILE_PER_NODE'
    })
    assert.deepEqual(
      { name, comments, parameterContextName },
      { name: 'heartbeat', comments: '[infometis owner=a flow=heartbeat]', parameterContextName: 'one' }
    )
  })

  it('puts what is new behind what is live, at home in the live group', () => {
    const fresh = processor('new', {
      groupIdentifier: 'file-top',
      instanceIdentifier: 'of another server',
      properties: { groupId: 'file-top', instanceIdentifier: 'x' }
    })
    const inner = {
      identifier: 'g',
      name: 'g',
      groupIdentifier: 'file-top',
      processors: [processor('deep', { groupIdentifier: 'g', instanceIdentifier: 'of another server' })]
    }
    const wire = connection('w', 'gen', 'new', {
      groupIdentifier: 'file-top',
      source: { id: 'gen', type: 'PROCESSOR', groupId: 'file-top' }
    })
    const merged = merge({
      ...heartbeat,
      identifier: 'file-top',
      processors: [fresh, ...(heartbeat.processors ?? [])],
      connections: [...(heartbeat.connections ?? []), wire],
      processGroups: [inner]
    })
    assert.deepEqual(
      merged.processors?.map(({ identifier }) => identifier),
      ['log', 'gen', 'new']
    )
    const expected = { ...fresh, groupIdentifier: 'live-top', instanceIdentifier: null }
    assert.deepEqual(find(merged.processors, 'new'), expected)
    assert.deepEqual(find(merged.connections, 'w')?.['source'], { id: 'gen', type: 'PROCESSOR', groupId: 'live-top' })
    assert.deepEqual(merged.processGroups?.[0], {
      ...inner,
      groupIdentifier: 'live-top',
      processors: [{ ...inner.processors[0], instanceIdentifier: null }]
    })
  })

  it('removes what is not declared', () => {
    const merged = merge({ processors: (heartbeat.processors ?? []).filter(({ identifier }) => identifier === 'gen') })
    assert.deepEqual([merged.processors?.length, merged.connections?.length], [1, 0])
  })

  it('keeps nothing of a component of another type but its place', () => {
    const merged = merge(
      changed({ type: 'org.x.Other', bundle: { group: 'org.x', artifact: 'x-nar' }, properties: { a: 'b' } })
    )
    const { type, properties, bundle, position, instanceIdentifier } =
      find(merged.processors, 'gen') ?? processor('none')
    assert.deepEqual(
      { type, properties, bundle, position, instanceIdentifier },
      {
        type: 'org.x.Other',
        properties: { a: 'b' },
        bundle: { group: 'org.x', artifact: 'x-nar' },
        position: { x: 5, y: 6 },
        instanceIdentifier: 'i-gen'
      }
    )
  })

  it('takes nothing of a component whose path is not allowed', () => {
    const desired = {
      ...changed({ properties: { 'File Size': '2KB' }, comments: 'new' }),
      labels: [{ identifier: 'l', label: 'hello' }]
    }
    const merged = merge(desired, (path) => path === 'processors.gen.comments')
    assert.deepEqual(merged, {
      ...live,
      processors: live.processors?.map((each) => (each.identifier === 'gen' ? { ...each, comments: 'new' } : each))
    })
  })
})
