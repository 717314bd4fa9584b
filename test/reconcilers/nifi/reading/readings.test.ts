import assert from 'node:assert/strict'
import { isDeepStrictEqual } from 'node:util'
import fc from 'fast-check'
import type { Json } from '../../../../src/records.ts'
import type { Group } from '../../../../reconcilers/nifi/flow/definition/model.ts'
import { testCycle } from '../../../../src/testing/cycle.ts'
import { Readings } from '../../../../reconcilers/nifi/reading/readings.ts'
import { groups } from '../flow/definition/arbitrary.ts'
import { inTurn, listing, refusal, ScriptedLink, type Scripted } from '../scripted-link.ts'

const parent = '7c84501d-d10c-407c-b9f3-1d80e38fe36a'
const cycle = testCycle
const readingsOf = (script: Readonly<Record<string, Scripted>> = {}, group = 'root') => {
  const link = new ScriptedLink(script)
  return { link, readings: new Readings(link, group) }
}
const cluster = (connectedNodeCount: number, totalNodeCount: number, connectedToCluster = true): Scripted => ({
  clusterSummary: {
    connectedNodes: `${connectedNodeCount} / ${totalNodeCount}`,
    connectedNodeCount,
    totalNodeCount,
    connectedToCluster,
    clustered: true
  }
})
const orders = {
  id: 'orders-id',
  revision: { version: 3 },
  permissions: { canRead: true, canWrite: true },
  component: { id: 'orders-id', name: 'orders', comments: 'c' }
}
describe('readings of NiFi', () => {
  it('take six requests a cycle, however often and by whomever they are wanted', async () => {
    const { link, readings } = readingsOf()
    const pass = cycle()
    for (let turn = 0; turn < 3; turn += 1) {
      await Promise.all([
        readings.groups(pass),
        readings.definitions(pass),
        readings.services(pass),
        readings.contexts(pass),
        readings.rootGroupId(pass),
        readings.server(pass)
      ])
      await readings.assertWritable(pass)
    }
    assert.deepEqual(link.lines.toSorted(), [
      'GET /flow/about',
      'GET /flow/cluster/summary',
      'GET /flow/parameter-contexts',
      'GET /flow/process-groups/root',
      'GET /flow/process-groups/root/controller-services',
      'GET /process-groups/root/download'
    ])
  })

  it('are new in every cycle', async () => {
    const { link, readings } = readingsOf({
      'GET /flow/process-groups/root': inTurn(listing('root-id', []), listing('root-id', [orders]))
    })
    assert.deepEqual((await readings.groups(cycle())).groups, [])
    assert.deepEqual(
      (await readings.groups(cycle())).groups.map(({ name }) => name),
      ['orders']
    )
    assert.equal(link.asked.length, 2)
  })

  it('are of the parent group, by its id', async () => {
    const { link, readings } = readingsOf(
      {
        [`GET /flow/process-groups/${parent}`]: listing(parent, [orders]),
        [`GET /process-groups/${parent}/download`]: { flowContents: { processGroups: [] } },
        [`GET /flow/process-groups/${parent}/controller-services`]: { controllerServices: [] }
      },
      parent
    )
    const pass = cycle()
    await Promise.all([readings.groups(pass), readings.definitions(pass), readings.services(pass)])
    assert.equal(link.asked.length, 3)
  })

  it('know which NiFi it is by the group above all others', async () => {
    const middle = {
      id: 'middle-id',
      permissions: { canRead: false },
      parentBreadcrumb: { id: 'root-id', permissions: { canRead: false } }
    }
    const body = {
      permissions: { canRead: true },
      processGroupFlow: {
        id: parent,
        breadcrumb: { id: parent, parentBreadcrumb: middle },
        flow: { processGroups: [] }
      }
    }
    const { readings } = readingsOf({ [`GET /flow/process-groups/${parent}`]: body }, parent)
    assert.equal(await readings.rootGroupId(cycle()), 'root-id')
    assert.equal(await readingsOf().readings.rootGroupId(cycle()), 'root-id')
  })

  it('never take a parent that may not be read, or is not there, for an empty one', async () => {
    const reads = [
      'GET /flow/process-groups/root',
      'GET /process-groups/root/download',
      'GET /flow/process-groups/root/controller-services'
    ] as const
    const both = (answer: Scripted) => Object.fromEntries(reads.map((line) => [line, answer]))
    for (const [answer, code] of [
      [refusal(403, 'No applicable policies'), 'NOT_PERMITTED'],
      [refusal(404, "Unable to find process group with id 'x'."), 'VARIABLE_INVALID'],
      [refusal(503, 'No coordinator'), 'UNAVAILABLE'],
      [{}, 'UNAVAILABLE'],
      [null, 'UNAVAILABLE']
    ] as const) {
      const { readings } = readingsOf(both(answer))
      for (const read of [
        readings.groups(cycle()),
        readings.definitions(cycle()),
        readings.services(cycle()),
        readings.rootGroupId(cycle())
      ])
        await assert.rejects(read, { code })
    }
    const hidden = {
      permissions: { canRead: false, canWrite: false },
      processGroupFlow: { id: 'root-id', flow: { processGroups: [] } }
    }
    await assert.rejects(readingsOf({ 'GET /flow/process-groups/root': hidden }).readings.groups(cycle()), {
      code: 'NOT_PERMITTED',
      message: /: grant "view the component" on it \(read \/process-groups\/root-id\)$/
    })
  })

  it('name the variable and what NiFi says when the parent is not there', async () => {
    const { readings } = readingsOf(
      { [`GET /flow/process-groups/${parent}`]: refusal(404, 'Unable to find it.') },
      parent
    )
    await assert.rejects(readings.groups(cycle()), {
      message: `NIFI_PARENT_GROUP: expected the id of a process group, found "${parent}" (Unable to find it.)`
    })
  })

  it('give the definitions by live id, from one download', async () => {
    const inner = { identifier: 'in', instanceIdentifier: 'in-id', name: 'inner', processGroups: [] }
    const group = {
      identifier: 'x',
      instanceIdentifier: 'orders-id',
      name: 'orders',
      processors: [{ identifier: 'gen', properties: { a: null } }],
      processGroups: [inner]
    }
    const { readings } = readingsOf({
      'GET /process-groups/root/download': { flowContents: { processGroups: [group] }, parameterContexts: {} }
    })
    const definitions = await readings.definitions(cycle())
    assert.deepEqual([...definitions], [['orders-id', group]])
  })

  describe('where the download of the parent is refused', () => {
    const entity = (id: string, canRead = true): Json => ({
      id,
      revision: { version: 1 },
      permissions: { canRead, canWrite: true },
      ...(canRead && { component: { id, name: id, comments: '' } })
    })
    const words = (id: string) =>
      refusal(403, `Unable to view Processor with ID ${id}. Contact the system administrator.`)
    const scripted = (ofGroups: Readonly<Record<string, Scripted>>): ReturnType<typeof readingsOf> =>
      readingsOf({
        'GET /flow/process-groups/root': listing('root-id', [
          ...Object.keys(ofGroups).map((id) => entity(id)),
          entity('others', false)
        ]),
        'GET /process-groups/root/download': words('p-1'),
        ...Object.fromEntries(
          Object.entries(ofGroups).map(([id, answer]) => [`GET /process-groups/${id}/download`, answer])
        )
      })
    const shown = (id: string): Json => ({ flowContents: { instanceIdentifier: id, identifier: id, name: id } })

    it('give each group by itself, and say of those that are refused what to grant', async () => {
      const { link, readings } = scripted({
        orders: shown('orders'),
        hidden: words('p-1'),
        gone: refusal(404, 'Unable to find it.')
      })
      const pass = cycle()
      assert.deepEqual([...(await readings.definitions(pass)).keys()], ['orders'])
      assert.deepEqual(
        [...(await readings.refusedDefinitions(pass))],
        [
          [
            'hidden',
            'Unable to view Processor with ID p-1. Contact the system administrator: grant "view the component" on the process group around it, or on it where it has policies of its own'
          ]
        ]
      )
      assert.equal(link.asked.length, 5)
    })

    it('fail as a whole where no group may be downloaded, and where one of them fails otherwise', async () => {
      await assert.rejects(scripted({ hidden: words('p-2') }).readings.definitions(cycle()), {
        code: 'NOT_PERMITTED',
        message: /Processor with ID p-1/
      })
      await assert.rejects(
        scripted({ orders: shown('orders'), broken: refusal(503, 'later') }).readings.definitions(cycle()),
        { code: 'UNAVAILABLE' }
      )
    })

    it('keep what has not changed the same, also when the right is granted', async () => {
      const { readings } = readingsOf({
        'GET /flow/process-groups/root': listing('root-id', [entity('orders')]),
        'GET /process-groups/root/download': inTurn(words('p-1'), words('p-1'), {
          flowContents: { processGroups: [{ instanceIdentifier: 'orders', identifier: 'orders', name: 'orders' }] }
        }),
        'GET /process-groups/orders/download': shown('orders')
      })
      const found = [
        await readings.definitions(cycle()),
        await readings.definitions(cycle()),
        await readings.definitions(cycle())
      ]
      assert.equal(new Set(found.map((each) => each.get('orders'))).size, 1)
    })
  })

  it('are as NiFi shows them in every cycle, whatever they were before, and the same objects where nothing has changed', async () => {
    const downloads = fc.uniqueArray(groups(0), { minLength: 2, maxLength: 2 }).chain((forms) =>
      fc.array(fc.dictionary(fc.constantFrom('a', 'b', 'c'), fc.constantFrom(...forms)), {
        minLength: 2,
        maxLength: 4
      })
    )
    await fc.assert(
      fc.asyncProperty(downloads, async (turns) => {
        const bodies = turns.map((found) => ({
          flowContents: {
            processGroups: Object.entries(found).map(([instanceIdentifier, group]) => ({
              ...group,
              instanceIdentifier
            }))
          }
        }))
        const { readings } = readingsOf({ 'GET /process-groups/root/download': inTurn(...bodies) })
        let before: ReadonlyMap<string, Group> = new Map()
        for (const { flowContents } of bodies) {
          const found = await readings.definitions(cycle())
          assert.deepEqual([...found.values()], flowContents.processGroups)
          for (const [id, group] of found)
            assert.equal(group === before.get(id), isDeepStrictEqual(group, before.get(id)))
          before = found
        }
      }),
      { numRuns: 50 }
    )
  })

  it('refuse a download without live ids', async () => {
    const { readings } = readingsOf({
      'GET /process-groups/root/download': { flowContents: { processGroups: [{ identifier: 'x' }] } }
    })
    await assert.rejects(readings.definitions(cycle()), {
      code: 'UNAVAILABLE',
      message: /a flow definition as NiFi shows it.*instanceIdentifier/
    })
  })

  it('ask for services around the parent too, without what refers to them', async () => {
    const { link, readings } = readingsOf()
    await readings.services(cycle())
    assert.deepEqual(link.asked[0]?.query, {
      includeAncestorGroups: true,
      includeDescendantGroups: true,
      includeReferencingComponents: false
    })
  })

  for (const [summary, isWhole] of [
    [cluster(3, 3), true],
    [cluster(2, 3), false],
    [cluster(3, 3, false), false],
    [{ clusterSummary: { clustered: false } }, true]
  ] as const) {
    it(`let write ${isWhole ? '' : 'nothing '}while the cluster is ${JSON.stringify(summary)}`, async () => {
      const { readings } = readingsOf({ 'GET /flow/cluster/summary': summary })
      if (isWhole) await readings.assertWritable(cycle())
      else
        await assert.rejects(readings.assertWritable(cycle()), {
          code: 'UNAVAILABLE',
          message: /^nothing is written while only \d of 3 nodes of the cluster are connected$/
        })
    })
  }

  it('know the version', async () => {
    assert.deepEqual(await readingsOf().readings.server(cycle()), {
      version: '2.3.0',
      isClusterWhole: true,
      nodes: { connected: 0, total: 0 }
    })
    const elsewhere = readingsOf({ 'GET /flow/about': { name: 'another service' } })
    await assert.rejects(elsewhere.readings.server(cycle()), {
      code: 'UNAVAILABLE',
      message: /^expected the version as NiFi shows it/
    })
  })
})
