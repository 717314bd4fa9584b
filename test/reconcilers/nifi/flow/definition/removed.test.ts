import assert from 'node:assert/strict'
import { removedConnections } from '../../../../../reconcilers/nifi/flow/definition/removed.ts'
import type { Group } from '../../../../../reconcilers/nifi/flow/definition/model.ts'
import { connection, processor } from './sample.ts'

const gen = processor('gen', { instanceIdentifier: 'i-gen' })
const log = processor('log', { instanceIdentifier: 'i-log' })
const wire = connection('wire', 'gen', 'log', {
  instanceIdentifier: 'i-wire',
  source: { id: 'gen', type: 'PROCESSOR', instanceIdentifier: 'i-gen' },
  destination: { id: 'log', type: 'PROCESSOR', instanceIdentifier: 'i-log' }
})
const expected = {
  id: 'i-wire',
  label: 'connections.gen:success -> log',
  source: { id: 'i-gen', type: 'PROCESSOR', name: 'gen' },
  destination: { id: 'i-log', type: 'PROCESSOR', name: 'log' },
  groupId: 'i-top'
}
const inside: Group = { instanceIdentifier: 'i-top', processors: [gen, log], connections: [wire] }

describe('connections that are taken away', () => {
  it('are those the merged group no longer has, by their live ids', () => {
    assert.deepEqual(removedConnections(inside, inside), [])
    assert.deepEqual(removedConnections(inside, { ...inside, connections: [] }), [expected])
  })

  it('are those that come from another source, for which NiFi makes new ones; not those that lead elsewhere', () => {
    const end = { id: 'log', type: 'PROCESSOR' }
    assert.deepEqual(removedConnections(inside, { ...inside, connections: [{ ...wire, source: end }] }), [expected])
    assert.deepEqual(
      removedConnections(inside, {
        ...inside,
        connections: [{ ...wire, destination: { id: 'gen', type: 'PROCESSOR' } }]
      }),
      []
    )
  })

  it('are those of a group that is taken away, too', () => {
    const live: Group = { instanceIdentifier: 'i-root', processGroups: [{ ...inside, identifier: 'g', name: 'inner' }] }
    assert.deepEqual(removedConnections(live, {}), [
      { ...expected, label: 'processGroups.inner.connections.gen:success -> log' }
    ])
  })

  it('are told apart when they lead the same way', () => {
    const labels = removedConnections({ ...inside, connections: [wire, { ...wire, identifier: 'other' }] }, {}).map(
      ({ label }) => label
    )
    assert.deepEqual(labels, ['connections.gen:success -> log (wire)', 'connections.gen:success -> log (other)'])
  })
})
