import assert from 'node:assert/strict'
import type { Json } from '../../../../../src/records.ts'
import { digestOf } from '../../../../../reconcilers/nifi/flow/definition/canonical.ts'
import { compareGroups } from '../../../../../reconcilers/nifi/flow/definition/compare.ts'
import type { Group } from '../../../../../reconcilers/nifi/flow/definition/model.ts'
import { fileWords, inlineWords, type Words } from '../../../../../reconcilers/nifi/flow/identity/words.ts'
import { connection, heartbeat, processor, service } from './sample.ts'
import type { Body } from '../../../../../reconcilers/nifi/json.ts'

/** `path: before → after (change)` of every difference. */
function shown(desired: Group, live: Group, words: Words = fileWords): readonly string[] {
  return compareGroups(desired, live, words).map(
    ({ path, before, after, change }) => `${path}: ${JSON.stringify(before)} → ${JSON.stringify(after)} (${change})`
  )
}

const one = (more: Body): Group => ({ processors: [processor('gen', more)] })

describe('differences of components', () => {
  it('name components that were added and removed by their type', () => {
    const other: Group = {
      processors: [processor('gen', { properties: { 'File Size': '1KB' } }), processor('new')],
      labels: [{ identifier: 'l', label: 'Read me\nfirst' }]
    }
    assert.deepEqual(shown(other, heartbeat), [
      'processors.log: "org.apache.nifi.processors.standard.LogAttribute" → null (removed)',
      'processors.new: null → "org.apache.nifi.processors.standard.GenerateFlowFile" (added)',
      'labels.Read me: null → "Read me" (added)',
      'connections.gen:success -> log: "gen:success -> log" → null (removed)'
    ])
  })

  it('speak of fields, groups and values in the words of the inline form', () => {
    const desired: Group = {
      processGroups: [
        { identifier: 'inner', name: 'inner', processors: [processor('inner/gen', { executionNode: 'PRIMARY' })] }
      ]
    }
    const live: Group = {
      processGroups: [
        { identifier: 'inner', name: 'inner', processors: [processor('inner/gen', { schedulingPeriod: '1 sec' })] }
      ]
    }
    assert.deepEqual(shown(desired, live, inlineWords), [
      'groups.inner.processors.gen.every: "1 sec" → "10 sec" (changed)',
      'groups.inner.processors.gen.runOn: "all" → "primary" (changed)'
    ])
  })

  it('call what was made on the canvas by its name, where the others have keys', () => {
    const byHand = processor('0a1b2c3d-0a1b-3c2d-8e4f-0a1b2c3d4e5f', { name: 'extra' })
    assert.deepEqual(
      shown({}, { processors: [byHand] }, inlineWords).map((line) => line.split(':')[0]),
      ['processors.extra']
    )
  })

  it('take a short type for the full one that ends with it, and no other', () => {
    assert.deepEqual(shown(one({ type: 'GenerateFlowFile' }), one({})), [])
    assert.deepEqual(shown(one({ type: 'FlowFile' }), one({})), [
      'processors.gen.type: "org.apache.nifi.processors.standard.GenerateFlowFile" → "FlowFile" (changed)'
    ])
  })

  it('take a type that is left out for the live one: ports are told by their list', () => {
    assert.deepEqual(
      shown(
        { inputPorts: [{ identifier: 'in', name: 'in' }] },
        { inputPorts: [{ identifier: 'in', name: 'in', type: 'INPUT_PORT' }] }
      ),
      []
    )
  })

  it('say of another type nothing but the type', () => {
    assert.deepEqual(
      shown(one({ type: 'org.x.Other', properties: { a: 'b' }, comments: 'new' }), one({ properties: { c: 'd' } }))
        .length,
      1
    )
  })

  it('know that NiFi leaves the type of what is there as it is', () => {
    const [difference] = compareGroups(one({ type: 'org.x.Other' }), one({}), fileWords)
    assert.equal(difference?.path, 'processors.gen.type')
    assert.equal(difference.risk, 'unsupported')
    assert.match(difference.why ?? '', /declare org\.x\.Other under another identifier/)
  })

  it('say where a connection leads by the names of its ends', () => {
    const live: Group = { ...heartbeat, connections: [connection('gen-success-log', 'gen', 'gen')] }
    assert.deepEqual(shown(heartbeat, live), ['connections.gen:success -> log.destination: "gen" → "log" (changed)'])
  })

  it('say services by their names', () => {
    const uses = (value: string): Body => ({
      properties: { Cache: value },
      propertyDescriptors: { Cache: { identifiesControllerService: true } }
    })
    const services = [service('1', { name: 'small' }), service('2', { name: 'large' })]
    assert.deepEqual(
      shown({ ...one(uses('2')), controllerServices: services }, { ...one(uses('1')), controllerServices: services }),
      ['processors.gen.properties.Cache: "small" → "large" (changed)']
    )
  })

  it('leave out the name, the comments, the context and the version of the top group, and nothing else of it', () => {
    const top: Group = {
      name: 'a',
      comments: 'a',
      parameterContextName: 'a',
      versionedFlowCoordinates: { flowId: 'a' },
      position: { x: 1, y: 1 },
      flowFileConcurrency: 'SINGLE_FLOWFILE_PER_NODE'
    }
    assert.deepEqual(shown(top, { name: 'b' }), [
      'flowFileConcurrency: "UNBOUNDED" → "SINGLE_FLOWFILE_PER_NODE" (changed)'
    ])
    assert.equal(digestOf({ ...top, flowFileConcurrency: 'UNBOUNDED' }), digestOf({ name: 'b' }))
  })

  it('hold the name, the comments and the context of an inner group', () => {
    const inner = (more: Body): Group => ({ processGroups: [{ identifier: 'g', name: 'g', ...more }] })
    assert.deepEqual(shown(inner({ comments: 'new' }), inner({ parameterContextName: 'one' })), [
      'processGroups.g.comments: "" → "new" (changed)',
      'processGroups.g.parameterContextName: "one" → null (changed)'
    ])
  })

  it('are none for fields the server does not know', () => {
    const newer: Group = {
      executionEngine: 'STATELESS',
      maxConcurrentTasks: 4,
      statelessFlowTimeout: '2 min',
      scheduledState: 'DISABLED',
      inputPorts: [{ identifier: 'in', name: 'in', type: 'INPUT_PORT', portFunction: 'FAILURE' }],
      fieldOfTomorrow: 1
    }
    assert.deepEqual(shown(newer, { inputPorts: [{ identifier: 'in', name: 'in', type: 'INPUT_PORT' }] }), [])
    assert.deepEqual(shown({}, { variables: {} }), [])
  })

  it('are shown for such fields where the server knows them, also for ones nobody told us of', () => {
    assert.deepEqual(
      shown({ executionEngine: 'STATELESS', fieldOfTomorrow: 1 }, { executionEngine: 'INHERITED', fieldOfTomorrow: 2 }),
      ['executionEngine: "INHERITED" → "STATELESS" (changed)', 'fieldOfTomorrow: 2 → 1 (changed)']
    )
  })

  it('are none for what the file leaves out and NiFi has no default for', () => {
    const { schedulingPeriod: _period, ...without } = processor('gen')
    assert.deepEqual(shown({ processors: [without] }, one({ schedulingPeriod: '1 min' })), [])
  })

  it('are none for the run state of services and of processors that run', () => {
    const live: Group = {
      controllerServices: [service('s', { scheduledState: 'ENABLED' })],
      processors: [processor('p', { scheduledState: 'RUNNING' })]
    }
    const desired: Group = {
      controllerServices: [service('s', { scheduledState: 'DISABLED' })],
      processors: [processor('p', { scheduledState: 'ENABLED' })]
    }
    assert.deepEqual(shown(desired, live), [])
    assert.equal(digestOf(desired), digestOf(live))
    assert.deepEqual(
      shown({ processors: [processor('p', { scheduledState: 'DISABLED' })] }, { processors: [processor('p')] }).length,
      1
    )
  })

  it('count the order of prioritizers, and of nothing else', () => {
    const live: Group = {
      connections: [connection('c', 'a', 'b', { prioritizers: ['x', 'y'], selectedRelationships: ['x', 'y'] })]
    }
    const turned: Group = {
      connections: [connection('c', 'a', 'b', { prioritizers: ['y', 'x'], selectedRelationships: ['y', 'x'] })]
    }
    assert.deepEqual(shown(turned, live), ['connections.a:x,y -> b.prioritizers: ["x","y"] → ["y","x"] (changed)'])
  })
})

describe('inner groups under version control', () => {
  const inner = (version: string | number | null, ...names: readonly string[]): Group => ({
    processGroups: [
      {
        identifier: 'g',
        name: 'g',
        processors: names.map((name) => processor(name)),
        versionedFlowCoordinates:
          version === null ? null : { bucketId: 'b', flowId: 'f', version, storageLocation: String(Math.random()) }
      }
    ]
  })

  it('are not entered while their coordinates are equal, whoever writes them', () => {
    assert.deepEqual(shown(inner(3, 'a'), inner('3', 'b')), [])
    assert.equal(digestOf(inner(3, 'a')), digestOf(inner('3', 'b')))
  })

  it('are shown by their coordinates when those differ: a file need not hold what is in a version', () => {
    assert.deepEqual(
      shown(inner(4), inner(3, 'a')).map((line) => line.split(':')[0]),
      ['processGroups.g.versionedFlowCoordinates']
    )
  })

  it('are entered when the file says that there is no version control', () => {
    assert.deepEqual(
      shown(inner(null, 'a'), inner(3)).map((line) => line.split(':')[0]),
      ['processGroups.g.versionedFlowCoordinates', 'processGroups.g.processors.a']
    )
  })
})

describe('what belongs to the other side', () => {
  const remote = (more: Body, connections: Group['connections'] = []): Group => ({
    remoteProcessGroups: [{ identifier: 'r', targetUris: 'http://a', ...more }],
    connections
  })

  it('is not compared: names and comments of remote groups', () => {
    assert.deepEqual(
      shown(remote({ name: 'NiFi Flow', comments: 'x', transportProtocol: 'HTTP' }), remote({})).map(
        (line) => line.split(':')[0]
      ),
      ['remoteProcessGroups.NiFi Flow.transportProtocol']
    )
  })

  it('is not compared: ports of remote groups that nothing is connected to, which NiFi discovers by itself', () => {
    const port = (name: string, more: Body = {}): Body => ({ identifier: name, name, ...more })
    const lead = [
      {
        identifier: 'c',
        source: { id: 'gen', type: 'PROCESSOR' },
        destination: { id: 'one', type: 'REMOTE_INPUT_PORT' }
      }
    ]
    const live = remote(
      {
        inputPorts: [
          port('two'),
          port('one', { batchSize: {}, useCompression: false, concurrentlySchedulableTaskCount: 1 })
        ],
        outputPorts: [port('three')]
      },
      lead
    )
    assert.deepEqual(shown(remote({ inputPorts: [port('one'), port('of another server')] }, lead), live), [])
    const changed = shown(
      remote({ inputPorts: [port('one', { batchSize: { count: 5 }, concurrentlySchedulableTaskCount: '2' })] }, lead),
      live
    )
    assert.deepEqual(
      changed.map((line) => line.split(':')[0]),
      ['remoteProcessGroups.r.inputPorts']
    )
  })

  it('is told before another NiFi would be sent to: an address, in whichever field a version writes it', () => {
    const found = (desired: Group): Json =>
      compareGroups(desired, remote({ instanceIdentifier: 'live', targetUri: 'http://a' }), fileWords).map(
        ({ path, risk, apart }) => [path, risk, apart?.id ?? null, apart?.value ?? null]
      )
    assert.deepEqual(found(remote({ targetUris: 'http://b' })), [
      ['remoteProcessGroups.r.targetUris', 'disruptive', 'live', 'http://b']
    ])
    assert.deepEqual(found(remote({ targetUris: null, targetUri: 'http://b' })), [
      ['remoteProcessGroups.r.targetUris', 'disruptive', 'live', 'http://b']
    ])
    assert.deepEqual(found(remote({ targetUris: null })), [])
  })

  it('cannot be changed in place: whether other servers reach a port', () => {
    const port = (allowRemoteAccess: boolean): Group => ({
      inputPorts: [{ identifier: 'in', name: 'in', type: 'INPUT_PORT', allowRemoteAccess }]
    })
    assert.deepEqual(
      compareGroups(port(true), port(false), fileWords).map(({ path, risk }) => [path, risk]),
      [['inputPorts.in.allowRemoteAccess', 'unsupported']]
    )
  })

  it('is compared for ports that others reach: their tasks, which mean nothing for ports inside', () => {
    const port = (more: Body): Group => ({
      inputPorts: [{ identifier: 'in', name: 'in', type: 'INPUT_PORT', ...more }]
    })
    assert.deepEqual(
      shown(port({ concurrentlySchedulableTaskCount: 4 }), port({ concurrentlySchedulableTaskCount: 1 })),
      []
    )
    const reached = { allowRemoteAccess: true }
    assert.deepEqual(shown(port({ ...reached, concurrentlySchedulableTaskCount: 4 }), port(reached)), [
      'inputPorts.in.concurrentlySchedulableTaskCount: 1 → 4 (changed)'
    ])
  })
})
