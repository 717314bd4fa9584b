import assert from 'node:assert/strict'
import { compareFlow } from '../../../../reconcilers/nifi/flow/compare.ts'
import type { Group } from '../../../../reconcilers/nifi/flow/definition/model.ts'
import { describeFlow } from '../../../../reconcilers/nifi/flow/describe.ts'
import { completeFlow } from '../../../../reconcilers/nifi/flow/complete.ts'
import { flowSchema } from '../../../../reconcilers/nifi/flow/schema.ts'
import type { FlowState } from '../../../../reconcilers/nifi/flow/state.ts'
import { live, processor, state, unmarked } from './flows.ts'

const canary = 'canary-secret-1'

/** As a download of 2.x shows a group. */
const downloaded: Group = {
  identifier: 'derived',
  instanceIdentifier: 'id-1',
  groupIdentifier: 'root',
  name: 'heartbeat',
  comments: 'proof of life\n[infometis owner=infometis flow=heartbeat]',
  position: { x: 10, y: 20 },
  parameterContextName: 'heartbeat',
  componentType: 'PROCESS_GROUP',
  processors: [
    {
      ...processor('gen', {
        'File Size': '1KB',
        Password: canary,
        Key: '#{key}',
        Masked: '********',
        Encrypted: 'enc{0123}',
        Unset: null,
        Cache: 'cache-id'
      }),
      instanceIdentifier: 'live-gen',
      groupIdentifier: 'derived',
      componentType: 'PROCESSOR',
      position: { x: 0, y: 0 },
      propertyDescriptors: {
        'File Size': {
          name: 'File Size',
          displayName: 'File Size',
          sensitive: false,
          identifiesControllerService: false
        },
        Password: { name: 'Password', displayName: 'Password', sensitive: true, identifiesControllerService: false },
        Key: { name: 'Key', displayName: 'Key', sensitive: true, identifiesControllerService: false },
        Cache: {
          name: 'Cache',
          displayName: 'Cache',
          sensitive: false,
          identifiesControllerService: true,
          dynamic: false
        }
      }
    },
    { ...live().processors?.[1], identifier: 'log' }
  ],
  connections: [
    {
      identifier: 'c1',
      instanceIdentifier: 'live-c1',
      source: { id: 'gen', type: 'PROCESSOR', groupId: 'derived', name: 'gen', instanceIdentifier: 'live-gen' },
      destination: { id: 'in', type: 'INPUT_PORT', groupId: 'inner', name: 'in', instanceIdentifier: 'live-in' },
      selectedRelationships: ['success'],
      prioritizers: []
    }
  ],
  inputPorts: [],
  processGroups: [
    {
      identifier: 'inner',
      instanceIdentifier: 'live-inner',
      name: 'inner',
      parameterContextName: 'own',
      position: { x: 1, y: 1 },
      inputPorts: [{ identifier: 'in', name: 'in', instanceIdentifier: 'live-in' }]
    }
  ]
}

const offered = [{ id: 'cache-id', name: 'cache', apis: ['Cache'] }]

function exported(actual: FlowState): ReturnType<typeof JSON.parse> {
  return JSON.parse(JSON.stringify(describeFlow(actual)))
}

/** What is compared when the export is committed as it is. */
function differencesAfter(actual: FlowState): readonly unknown[] {
  return compareFlow(completeFlow(flowSchema.parse(exported(actual)), new Map()), actual)
}

describe('exporting a flow', () => {
  const actual = unmarked({ definition: downloaded, comments: 'proof of life', parameterContext: 'heartbeat', offered })

  it('writes a declaration with which nothing differs', () => {
    assert.deepEqual(differencesAfter(actual), [])
  })

  it('tells nothing secret and nothing that only this server knows', () => {
    const text = JSON.stringify(describeFlow(actual))
    for (const forbidden of [
      canary,
      '********',
      'enc{',
      'live-',
      'id-1',
      'derived',
      'instanceIdentifier',
      '[infometis'
    ])
      assert.ok(!text.includes(forbidden), forbidden)
  })

  it('keeps references to parameters, places, and which properties are secret or services outside', () => {
    assert.deepEqual(exported(actual).definition.flowContents.processors[0], {
      ...processor('gen', { 'File Size': '1KB', Key: '#{key}', Cache: 'cache-id' }),
      position: { x: 0, y: 0 },
      propertyDescriptors: {
        Password: { name: 'Password', displayName: 'Password', identifiesControllerService: false, sensitive: true },
        Key: { name: 'Key', displayName: 'Key', identifiesControllerService: false, sensitive: true },
        Cache: { name: 'Cache', displayName: 'Cache', identifiesControllerService: true, sensitive: false }
      }
    })
    assert.deepEqual(exported(actual).definition.externalControllerServices, {
      'cache-id': { identifier: 'cache-id', name: 'cache' }
    })
    assert.equal(exported(actual).definition.flowContents.processGroups[0].parameterContextName, 'own')
  })

  it('asks for adoption only where the group is not marked', () => {
    assert.equal(exported(actual).adopt, true)
    assert.equal(exported(state()).adopt, undefined)
  })

  it('declares the run state it finds, and none where only a part runs', () => {
    const counted = (running: number, stopped: number): unknown =>
      exported(state({ counts: { running, stopped, invalid: 0, disabled: 0 } })).state
    assert.deepEqual([counted(2, 0), counted(0, 2), counted(1, 1)], ['RUNNING', 'STOPPED', 'IGNORE'])
  })

  it('declares comments and context only where there are some', () => {
    assert.deepEqual(Object.keys(exported(state())), ['definition', 'state'])
    assert.deepEqual([exported(actual).comments, exported(actual).parameterContext], ['proof of life', 'heartbeat'])
  })
})
