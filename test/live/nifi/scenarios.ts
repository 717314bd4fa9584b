/**
 * What a NiFi in memory must answer as a real one does, by the titles of the tests.
 * @module
 */
import assert from 'node:assert/strict'
import type { Json } from '../../../src/records.ts'
import { runRequest } from '../../../reconcilers/nifi/connection/asynchronous.ts'
import type { Group } from '../../../reconcilers/nifi/flow/definition/model.ts'
import { readServices } from '../../../reconcilers/nifi/flow/write/read-flow.ts'
import type { Answer } from '../../../reconcilers/nifi/connection/link.ts'
import { groupOf } from '../../../reconcilers/nifi/reading/parse-entities.ts'
import { bodyOf, isStale, refusalOf } from '../../../reconcilers/nifi/connection/refusal.ts'
import { mapCacheClient } from './caches.ts'
import { connectionOf, definitionOf, processorOf, type NifiVersion } from './harness.ts'
import type { Play, Stage } from './play.ts'
import { asBody as fieldsOf } from '../../../reconcilers/nifi/json.ts'

const never = new AbortController().signal

/** What a scenario sees, without ids. */
type Seen = readonly Json[]

const gen = (size: string): ReturnType<typeof processorOf> =>
  processorOf('gen', 'GenerateFlowFile', { properties: { 'File Size': size }, schedulingPeriod: '1 day' })
const log = processorOf('log', 'LogAttribute', { autoTerminatedRelationships: ['success'] })
const put = processorOf('put', 'PutFile', { autoTerminatedRelationships: ['success', 'failure'] })
const pair = (size = '1KB'): Json =>
  definitionOf('pair', [gen(size), log], [connectionOf('gen', 'success', 'log')], { comments: 'of a person' })
const withInvalid = definitionOf('invalid', [gen('1KB'), put], [connectionOf('gen', 'success', 'put')])

function said(answer: Answer): Json {
  return answer.status < 400
    ? answer.status
    : `${answer.status} ${refusalOf(answer).code}${isStale(answer) ? ' stale' : ''}`
}

function withSize(size: string): (live: Group) => Group {
  return (live) => ({
    ...live,
    processors: (live.processors ?? []).map((each) =>
      each.identifier === 'gen' ? { ...each, properties: { ...fieldsOf(each['properties']), 'File Size': size } } : each
    )
  })
}

/** Each is played in an empty group. */
export const scenarios: Readonly<Record<string, (play: Play, stage: Stage, version: NifiVersion) => Promise<Seen>>> = {
  'imports, and imports once more': async (play) => {
    const answers = [await play.import('flow', pair()), await play.import('flow', pair())]
    const ids = answers.map((answer) => groupOf(bodyOf(answer)).id)
    const { group, snapshot } = await play.read(ids[0] ?? '')
    const { name, comments, revision } = group
    const processors = (snapshot.flowContents.processors ?? []).map(
      ({ identifier, properties }) => `${identifier} ${JSON.stringify(fieldsOf(properties)['File Size'] ?? null)}`
    )
    const connections = (snapshot.flowContents.connections ?? []).map(({ identifier }) => identifier)
    await play.settled(ids[0] ?? '', (parts) => parts.every(({ validation }) => validation === 'VALID'))
    return [
      ...answers.map(said),
      new Set(ids).size,
      name,
      comments,
      revision.version,
      processors.toSorted(),
      connections,
      await play.shown(ids[0] ?? '')
    ]
  },
  'refuses an import without a name, and leaves half of one that lacks a field': async (play, stage) => {
    const { bulletinLevel: _level, ...lacking } = log
    const answers = [
      await play.import(undefined, pair()),
      await play.import('half', definitionOf('half', [gen('1KB'), lacking], []))
    ]
    const listing = bodyOf(await play.ask('GET', `/flow/process-groups/${stage.parent}`))
    return [...answers.map(said), JSON.stringify(listing).includes('"half"')]
  },
  'takes a type it does not know': async (play) => {
    const answer = await play.import('ghost', definitionOf('ghost', [processorOf('ghost', 'NoSuchThing')], []))
    const { id } = groupOf(bodyOf(answer))
    return [
      said(answer),
      (await play.settled(id, (parts) => parts.every(({ validation }) => validation === 'INVALID'))).length
    ]
  },
  'replaces, and stops only what changes': async (play) => {
    const id = await play.imported(pair())
    await play.run(id)
    return [await play.replace(id, (live) => live), await play.replace(id, withSize('2KB')), await play.shown(id)]
  },
  'adds a processor, which is stopped': async (play) => {
    const id = await play.imported(pair())
    await play.run(id)
    const more = processorOf('more', 'GenerateFlowFile', {
      schedulingPeriod: '1 day',
      autoTerminatedRelationships: ['success']
    })
    await play.replace(id, (live) => ({
      ...live,
      processors: [...(live.processors ?? []), { ...more, identifier: 'more' }]
    }))
    return [
      (await play.settled(id, (parts) => parts.every(({ validation }) => validation === 'VALID'))).map(
        ({ name, state }) => [name, state]
      )
    ]
  },
  'does not remove a connection that holds something, until it is emptied': async (play, { fill, link, clock }) => {
    const id = await play.imported(pair())
    await fill(id, 3)
    const without = (live: Group): Group => ({ ...live, connections: [] })
    const refused = await play.replace(id, without)
    const connection = (await play.read(id)).snapshot.flowContents.connections?.[0]?.['instanceIdentifier']
    assert.ok(typeof connection === 'string')
    const path = `/flowfile-queues/${connection}/drop-requests`
    const dropped = await runRequest(
      link,
      { begin: { method: 'POST', path }, at: (request) => `${path}/${request}`, timeoutMs: 30_000 },
      never,
      clock
    )
    assert.equal(dropped.result, 'complete')
    const count = dropped.result === 'complete' ? (dropped.request['droppedCount'] ?? null) : null
    return [
      refused,
      count,
      await play.replace(id, without),
      (await play.read(id)).snapshot.flowContents.connections?.length ?? 0
    ]
  },
  'refuses a revision that is not the last one, but of who wrote last': async (play) => {
    const id = await play.imported(pair())
    const { group } = await play.read(id)
    const { version } = group.revision
    const answers = [
      await play.change(id, { comments: 'a' }, 'other', version + 7),
      await play.change(id, { comments: 'b' }, 'other'),
      await play.change(id, { comments: 'c' }, 'other', version),
      await play.change(id, { comments: 'd' }, 'another', version),
      await play.ask('POST', `/process-groups/${id}/replace-requests`, {
        processGroupRevision: play.revision(version, 'another'),
        versionedFlowSnapshot: pair()
      }),
      await play.ask('PUT', `/processors/${(await play.part(id, 'gen')).id}/run-status`, {
        revision: play.revision(99, 'another'),
        state: 'RUNNING'
      }),
      await play.ask('PUT', `/process-groups/${id}`, {
        revision: play.revision(version),
        component: { comments: 'nobody' }
      })
    ]
    return [...answers.map(said), (await play.read(id)).group.comments]
  },
  'does not know what is not there': async (play) => {
    const nothing = '00000000-0000-0000-0000-000000000000'
    const answers = [
      await play.ask('GET', `/process-groups/${nothing}`),
      await play.ask('GET', `/process-groups/${nothing}/download`),
      await play.ask('GET', `/flow/process-groups/${nothing}`),
      await play.ask('PUT', `/processors/${nothing}/run-status`, { revision: play.revision(0), state: 'RUNNING' }),
      await play.ask('PUT', `/controller-services/${nothing}/run-status`, {
        revision: play.revision(0),
        state: 'ENABLED'
      }),
      await play.ask('GET', `/process-groups/replace-requests/${nothing}`),
      await play.ask('DELETE', `/process-groups/replace-requests/${nothing}`),
      await play.ask('POST', `/flowfile-queues/${nothing}/drop-requests`)
    ]
    return answers.map(said)
  },
  'binds and unbinds a parameter context, but under nobody who runs': async (play, { makeContext }) => {
    const [first, second] = [await makeContext('first', { size: '1KB' }), await makeContext('second', { size: '2KB' })]
    const { id } = groupOf(bodyOf(await play.import('flow', pair('#{size}'))))
    const bound = await play.change(id, { parameterContext: { id: first } })
    await play.settled(id, (parts) => parts.every(({ validation }) => validation === 'VALID'))
    await play.run(id)
    const running = [
      await play.change(id, { parameterContext: { id: second } }),
      await play.change(id, { parameterContext: { id: null } })
    ]
    await play.stop(id)
    const stopped = await play.change(id, { parameterContext: { id: second } })
    const isSecond = (await play.read(id)).group.parameterContext?.id === second
    const unbound = await play.change(id, { parameterContext: { id: null } })
    return [bound, ...running, stopped, unbound]
      .map(said)
      .concat(isSecond, (await play.read(id)).group.parameterContext === undefined)
  },
  'starts a group with something invalid, once and again': async (play) => {
    const id = await play.imported(withInvalid)
    const first = await play.schedule(id, 'RUNNING')
    await play.settled(id, (parts) => parts.some(({ name, state }) => name === 'gen' && state === 'RUNNING'))
    const again = await play.schedule(id, 'RUNNING')
    const bad = await play.schedule(id, 'NONSENSE')
    return [said(first), said(again), said(bad), await play.shown(id)]
  },
  'starts one that is invalid, or runs already': async (play) => {
    const id = await play.imported(withInvalid)
    const answers = [await play.start(id, 'put'), await play.start(id, 'gen'), await play.start(id, 'gen')]
    return [...answers.map(said), await play.shown(id)]
  },
  'never brings an invalid service up': async (play, { link }, version) => {
    if (version !== '2.3.0') return []
    const cache = {
      identifier: 'cache',
      name: 'cache',
      type: mapCacheClient,
      bundle: { group: 'org.apache.nifi', artifact: 'nifi-distributed-cache-services-nar' },
      properties: {},
      propertyDescriptors: {}
    }
    const { id } = groupOf(
      bodyOf(await play.import('flow', definitionOf('flow', [], [], { controllerServices: [cache] })))
    )
    const service = async () => (await readServices(link, id, never))[0] ?? assert.fail('no service')
    const set = async (state: string): Promise<Answer> => {
      const { id: it, revision } = await service()
      return play.ask('PUT', `/controller-services/${it}/run-status`, {
        revision: play.revision(revision.version),
        state
      })
    }
    const enabled = await set('ENABLED')
    const { state } = await service()
    return [said(enabled), state, said(await set('DISABLED'))]
  }
}
