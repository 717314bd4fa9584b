import assert from 'node:assert/strict'
import type { Desired, Observed } from '../../../../src/contract.ts'
import type { Json } from '../../../../src/records.ts'
import { ReconcileError } from '../../../../src/errors.ts'
import type { Group } from '../../../../reconcilers/nifi/flow/definition/model.ts'
import type { FlowFacts } from '../../../../reconcilers/nifi/flow/facts.ts'
import { writeComments } from '../../../../reconcilers/nifi/flow/identity/marker.ts'
import { observeFlows } from '../../../../reconcilers/nifi/flow/observe.ts'
import type { FlowSpec } from '../../../../reconcilers/nifi/flow/schema.ts'
import type { FlowState } from '../../../../reconcilers/nifi/flow/state.ts'
import { flowTools, type FlowTools } from '../../../../reconcilers/nifi/flow/tools.ts'
import { testCycle } from '../../../../src/testing/cycle.ts'
import { Readings } from '../../../../reconcilers/nifi/reading/readings.ts'
import { Answered, listing, ScriptedLink, type Scripted } from '../scripted-link.ts'
import { content, declare, heartbeat, live, processor, spec } from './flows.ts'

interface LiveGroup {
  readonly id: string
  readonly name: string
  readonly comments?: string
  readonly versioned?: string
  /** FlowFiles in all its queues. */
  readonly queued?: number
  readonly isHidden?: true
  /** Not in the download. */
  readonly isGone?: true
}

function entity({ id, name, comments = '', versioned, queued = 0, isHidden }: LiveGroup): Json {
  const component = {
    id,
    name,
    comments,
    ...(versioned !== undefined && { versionControlInformation: { flowName: versioned } })
  }
  const counts = { runningCount: 2, stoppedCount: 1, invalidCount: 0, disabledCount: 0 }
  return {
    id,
    revision: { version: 0 },
    permissions: { canRead: isHidden === undefined },
    ...(isHidden === undefined && { component }),
    ...counts,
    status: { aggregateSnapshot: { flowFilesQueued: queued } }
  }
}

function linkTo(groups: readonly LiveGroup[], script: Readonly<Record<string, Scripted>> = {}): ScriptedLink {
  const shown = groups.filter(({ isGone }) => isGone === undefined).map(({ id }) => live(heartbeat, id))
  return new ScriptedLink({
    'GET /flow/process-groups/root': listing('root-id', groups.map(entity)),
    'GET /process-groups/root/download': { flowContents: { processGroups: shown } },
    ...script
  })
}

function marked(
  id: string,
  flow: string,
  { owner = 'infometis', name = flow }: { owner?: string; name?: string } = {}
): LiveGroup {
  return { id, name, comments: writeComments('proof of life', { owner, flow }) }
}

function toolsOf(link: ScriptedLink): FlowTools {
  return flowTools({ link, readings: new Readings(link, 'root'), owner: 'infometis', parentGroup: 'root' })
}

async function observe(
  link: ScriptedLink,
  names: readonly string[],
  everything = false
): Promise<Observed<FlowState, FlowFacts>> {
  const tools = toolsOf(link)
  const desired: readonly Desired<FlowSpec>[] = names.map((name) => declare(name))
  return observeFlows(tools, desired, testCycle({ everything }))
}

/** `name: what it is seen as`. */
async function told(
  groups: readonly LiveGroup[],
  names: readonly string[],
  everything = false
): Promise<readonly string[]> {
  const { items } = await observe(linkTo(groups), names, everything)
  return [...items].map(([name, sighting]) => {
    if ('refused' in sighting) return `${name}: refused`
    const { state, owner, excluded } = sighting
    return `${name}: ${[state.id, ...(owner === undefined ? [] : [`of ${owner}`]), ...(excluded === undefined ? [] : [`excluded: ${excluded}`])].join(' ')}`
  })
}

describe('observing flows', () => {
  it('takes four requests for any number of them, none of which writes', async () => {
    const link = linkTo(Array.from({ length: 100 }, (_, index) => marked(`id-${index}`, `flow-${index}`)))
    const { items } = await observe(link, ['flow-1'])
    assert.equal(items.size, 100)
    assert.equal(link.asked.length, 4)
    assert.deepEqual(
      link.asked.filter(({ method }) => method !== 'GET'),
      []
    )
  })

  it('shows all that is compared', async () => {
    const services = [
      {
        id: 's1',
        revision: { version: 0 },
        parentGroupId: 'id-1',
        component: {
          name: 'cache',
          type: 'a.Cache',
          parentGroupId: 'id-1',
          state: 'ENABLED',
          validationStatus: 'VALID'
        }
      }
    ]
    const above = [
      {
        id: 's2',
        revision: { version: 0 },
        parentGroupId: 'root-id',
        component: {
          name: 'shared',
          type: 'a.Pool',
          parentGroupId: 'root-id',
          controllerServiceApis: [{ type: 'a.Api' }]
        }
      }
    ]
    const link = linkTo([{ ...marked('id-1', 'beat', { name: 'renamed' }), versioned: 'flow 7' }], {
      'GET /flow/process-groups/root/controller-services': { controllerServices: [...services, ...above] }
    })
    const { items, facts } = await observe(link, ['beat'])
    const offered = [{ id: 's2', name: 'shared', apis: ['a.Api'] }]
    const state: FlowState = {
      id: 'id-1',
      name: 'renamed',
      comments: 'proof of life',
      marker: { owner: 'infometis', flow: 'beat' },
      twins: [],
      versioned: 'flow 7',
      counts: { running: 2, stopped: 1, invalid: 0, disabled: 0 },
      queued: 0,
      canModify: true,
      definition: live(heartbeat, 'id-1'),
      services: [{ id: 's1', name: 'cache', state: 'ENABLED', validation: 'VALID', validationErrors: [] }],
      offered
    }
    assert.deepEqual(items.get('beat'), { state, owner: 'infometis' })
    assert.deepEqual(facts.offered, offered)
  })

  it('tells ours, those of others, and those of nobody', async () => {
    const groups = [
      marked('1', 'ours'),
      marked('2', 'theirs', { owner: 'they' }),
      { id: '3', name: 'nobody' },
      { id: '4', name: 'begun [infometis import]' }
    ]
    assert.deepEqual((await told(groups, ['ours'])).toSorted(), [
      'begun: 4 of infometis',
      'nobody: 3 excluded: not marked as a flow',
      'ours: 1 of infometis',
      'theirs: 2 of they'
    ])
  })

  it('shows a declared group that nobody marked, without an owner', async () => {
    assert.deepEqual(await told([{ id: '1', name: 'beat' }], ['beat']), ['beat: 1'])
  })

  it('exports what nobody marked, but neither groups of one name nor what is under version control', async () => {
    const groups = [
      { id: '1', name: 'a' },
      { id: '2', name: 'b' },
      { id: '3', name: 'b' },
      { id: '4', name: 'c', versioned: 'flow 7' }
    ]
    assert.deepEqual(await told(groups, [], true), [
      'a: 1',
      'b: 2 excluded: one of several groups that are called "b"; give each a name of its own',
      'c: 4 excluded: under version control (flow 7)'
    ])
  })

  it('never takes a flow for missing while a group beside it may not be read', async () => {
    assert.deepEqual(await told([marked('1', 'beat'), { id: '2', name: '', isHidden: true }], ['beat', 'gone']), [
      'beat: 1 of infometis',
      'gone: refused'
    ])
  })

  it('does not judge a flow of which NiFi refuses to show a part, and sees the others', async () => {
    const remote = { identifier: 'far', targetUris: 'http://far/nifi' }
    const shown = [live({ ...heartbeat, remoteProcessGroups: [remote] }, 'id-1'), live(heartbeat, 'id-2')]
    const link = linkTo([marked('id-1', 'far'), marked('id-2', 'near')], {
      'GET /process-groups/root/download': { flowContents: { processGroups: shown } },
      'GET /remote-process-groups/live-far': new Answered(500, 'An unexpected error has occurred.')
    })
    const { items } = await observe(link, ['far', 'near'])
    assert.deepEqual(items.get('far'), { refused: 'An unexpected error has occurred.' })
    assert.ok('state' in (items.get('near') ?? {}))
  })

  it('does not judge a group that the download does not show', async () => {
    assert.deepEqual(await told([{ ...marked('1', 'beat'), isGone: true }], ['beat']), ['beat: refused'])
  })

  it('knows what contexts give, as far as they may be read', async () => {
    const parameters = [{ parameter: { name: 'size', value: '1' } }]
    const contexts = [
      {
        id: 'c1',
        revision: { version: 0 },
        component: { name: 'ctx', parameters, inheritedParameterContexts: [{ id: 'c2', component: { name: 'base' } }] }
      },
      { id: 'c2', revision: { version: 0 }, permissions: { canRead: false } }
    ]
    const { facts } = await observe(linkTo([], { 'GET /flow/parameter-contexts': { parameterContexts: contexts } }), [])
    assert.deepEqual(
      facts.contexts,
      new Map([['ctx', { id: 'c1', canWrite: true, parameters: new Set(['size']), inherits: ['base'] }]])
    )
  })

  describe('that are to be written', () => {
    const other: Group = { ...heartbeat, processors: heartbeat.processors?.slice(0, 1) ?? [], connections: [] }
    const script = {
      'GET /flow/process-groups/id-1/status': {
        processGroupStatus: {
          aggregateSnapshot: {
            connectionStatusSnapshots: [{ id: 'live-c1', connectionStatusSnapshot: { flowFilesQueued: 7 } }]
          }
        }
      }
    }
    const desired = (name: string, group = other) => declare(name, spec({ content: content(group) }))

    async function seen(
      link: ScriptedLink,
      ...items: readonly Desired<FlowSpec>[]
    ): Promise<Observed<FlowState, FlowFacts>> {
      const tools = toolsOf(link)
      return observeFlows(tools, items, testCycle())
    }

    it('are looked at more closely: what this NiFi can make, and what is in queues that would go', async () => {
      const link = linkTo([{ ...marked('id-1', 'beat'), queued: 9 }], script)
      const { items, facts } = await seen(link, desired('beat'))
      const sighting = items.get('beat')
      assert.ok(sighting !== undefined && 'state' in sighting)
      assert.deepEqual(sighting.state.doomed, [{ label: 'connections.gen:success -> log', queued: 7 }])
      assert.ok(facts.offers !== undefined)
      assert.equal(link.asked.length, 8)
    })

    it('cost nothing for empty queues, for what is ignored, and for what is known already', async () => {
      const empty = linkTo([marked('id-1', 'beat')], script)
      await seen(empty, desired('beat'))
      assert.deepEqual(empty.of('GET /flow/process-groups/id-1/status'), [])
      const ignoring = linkTo([{ ...marked('id-1', 'beat'), queued: 9 }], script)
      await seen(ignoring, { ...desired('beat'), control: { paused: false, ignore: ['connections'], exact: false } })
      assert.deepEqual(ignoring.of('GET /flow/process-groups/id-1/status'), [])
      const twice = linkTo([marked('id-1', 'beat')])
      const tools = toolsOf(twice)
      for (let cycle = 0; cycle < 2; cycle += 1) await observeFlows(tools, [desired('beat')], testCycle())
      assert.equal(twice.asked.length, 11)
    })

    it('may be what NiFi refuses to say, which keeps nothing from being seen', async () => {
      const refused = new Answered(500, 'An unexpected error has occurred.')
      const refusing = { 'GET /flow/runtime-manifest': refused, 'GET /flow/process-groups/id-1/status': refused }
      const link = linkTo([{ ...marked('id-1', 'beat'), queued: 9 }], refusing)
      const { items, facts } = await seen(link, desired('beat'), desired('new'))
      assert.deepEqual([[...items.keys()], facts.offers], [['beat'], undefined])
      assert.ok(link.of('GET /flow/runtime-manifest').length > 1, 'it is asked again')
      const silent = new ReconcileError('UNREACHABLE', 'connection refused')
      const unreachable = linkTo([], { 'GET /flow/runtime-manifest': silent })
      await assert.rejects(seen(unreachable, desired('new')), { code: 'UNREACHABLE' })
    })

    it('are looked up again where a type is unknown, which may have come since', async () => {
      const unknown = { ...heartbeat, processors: [processor('gen', {}, { type: 'NoSuchThing' })] }
      const link = linkTo([])
      const { facts } = await seen(link, desired('new', unknown))
      assert.equal(link.of('GET /flow/processor-types').length, 2)
      assert.equal(link.of('GET /flow/runtime-manifest').length, 0)
      assert.equal(facts.offers?.types.resolve(unknown).problems[0]?.code, 'UNKNOWN_TYPE')
    })
  })

  for (const [status, code] of [
    [404, 'VARIABLE_INVALID'],
    [403, 'NOT_PERMITTED'],
    [503, 'UNAVAILABLE']
  ] as const) {
    it(`never takes a ${status} of the parent for a parent without groups`, async () => {
      const refused = new Answered(status, 'no')
      await assert.rejects(observe(linkTo([], { 'GET /flow/process-groups/root': refused }), ['beat']), { code })
      await assert.rejects(observe(linkTo([], { 'GET /process-groups/root/download': refused }), ['beat']), { code })
    })
  }
})
