import assert from 'node:assert/strict'
import type { Json } from '../../../../../src/records.ts'
import type { Group } from '../../../../../reconcilers/nifi/flow/definition/model.ts'
import { readRunning } from '../../../../../reconcilers/nifi/flow/run-state/running.ts'
import type { RunState } from '../../../../../reconcilers/nifi/flow/schema.ts'
import { Answered, ScriptedLink, type Scripted } from '../../scripted-link.ts'

const { signal } = new AbortController()

/** A remote process group in a group inside the flow, with a port of each side. */
const definition: Group = {
  identifier: 'top',
  instanceIdentifier: 'id-1',
  processGroups: [
    {
      identifier: 'inner',
      name: 'inner',
      instanceIdentifier: 'id-2',
      remoteProcessGroups: [
        {
          identifier: 'far',
          instanceIdentifier: 'far-1',
          targetUris: 'http://far/nifi',
          inputPorts: [{ identifier: 'in', instanceIdentifier: 'in-1', name: 'orders' }],
          outputPorts: [{ identifier: 'out', instanceIdentifier: 'out-1', name: 'answers' }]
        }
      ]
    }
  ]
}

const at = 'GET /remote-process-groups/far-1'
const [orders, answers] = ['orders', 'answers'].map((port) => `processGroups.inner.remoteProcessGroups.far.${port}`)
const connected = { connected: true, exists: true, transmitting: true }
const port = (id: string, fields: object): Json => ({ id, name: id, ...connected, ...fields })

function remote(contents: Json, more: object = {}, fields: object = {}): Json {
  return { id: 'far-1', revision: { version: 3 }, component: { contents, ...more }, ...fields }
}

async function running(
  script: Readonly<Record<string, Scripted>>,
  declared: RunState = 'RUNNING',
  broken = 0
): Promise<unknown> {
  return readRunning(new ScriptedLink(script), definition, { declared, broken }, signal)
}

describe('what of a flow runs, beside what its group counts', () => {
  it('is not asked about where running is left to people', async () => {
    const link = new ScriptedLink()
    assert.deepEqual(await readRunning(link, definition, { declared: 'IGNORE', broken: 1 }, signal), {})
    assert.deepEqual(link.lines, [])
  })

  it('are the ports of its remote process groups that something is connected to, by their names', async () => {
    const inputPorts = [port('in-1', {}), port('spare', { connected: false })]
    const found = await running({ [at]: remote({ inputPorts, outputPorts: [port('out-1', { transmitting: false })] }) })
    const remotePorts = [
      { name: orders, isTransmitting: true },
      { name: answers, isTransmitting: false }
    ]
    assert.deepEqual(found, { remotePorts })
  })

  it('has no ports of a remote process group that is gone, or that may not be viewed', async () => {
    assert.deepEqual(await running({ [at]: new Answered(404, 'Unable to find it') }), {})
    assert.deepEqual(
      await running({ [at]: { id: 'far-1', revision: { version: 0 }, permissions: { canWrite: false } } }),
      {}
    )
  })

  it('says what NiFi says of a target, the newest bulletin last, and of a port that the target has not', async () => {
    const bulletins = [
      { bulletin: { id: 1, message: 'older' } },
      { bulletin: null },
      { bulletin: { id: 2, message: 'refused' } }
    ]
    const ports = { inputPorts: [port('in-1', { exists: false })], outputPorts: [port('out-1', {})] }
    const found = await running({
      [at]: remote(ports, { authorizationIssues: ['connecting'], validationErrors: [] }, { bulletins })
    })
    assert.deepEqual(Object(found).invalid, [
      { name: orders, errors: ['connecting', 'refused', 'the target has no such port'] },
      { name: answers, errors: ['connecting', 'refused'] }
    ])
  })

  it('says what is wrong with invalid processors, where NiFi counts any', async () => {
    const processor = {
      id: 'p-1',
      revision: { version: 0 },
      component: {
        name: 'Put it',
        state: 'STOPPED',
        validationStatus: 'INVALID',
        validationErrors: ["'Directory' is required"]
      }
    }
    const found = await running(
      { [at]: remote({}), 'GET /process-groups/id-1/processors': { processors: [processor] } },
      'RUNNING',
      1
    )
    assert.deepEqual(found, { invalid: [{ name: 'Put it', errors: ["'Directory' is required"] }] })
    assert.deepEqual(await running({ [at]: remote({}) }, 'STOPPED', 1), {})
  })

  it('fails where no NiFi answers', async () => {
    await assert.rejects(running({ [at]: { id: 7 } }), { code: 'UNAVAILABLE' })
  })
})
