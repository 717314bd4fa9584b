import assert from 'node:assert/strict'
import { testCycle } from '../../../../src/testing/cycle.ts'
import { Readings } from '../../../../reconcilers/nifi/reading/readings.ts'
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
  it('take five requests a pass, however often and by whomever they are wanted', async () => {
    const { link, readings } = readingsOf()
    const pass = cycle()
    for (let turn = 0; turn < 3; turn += 1) {
      await Promise.all([
        readings.groups(pass),
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
      'GET /flow/process-groups/root/controller-services'
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
        [`GET /flow/process-groups/${parent}/controller-services`]: { controllerServices: [] }
      },
      parent
    )
    const pass = cycle()
    await Promise.all([readings.groups(pass), readings.services(pass)])
    assert.equal(link.asked.length, 2)
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
    const reads = ['GET /flow/process-groups/root', 'GET /flow/process-groups/root/controller-services'] as const
    const both = (answer: Scripted) => Object.fromEntries(reads.map((line) => [line, answer]))
    for (const [answer, code] of [
      [refusal(403, 'No applicable policies'), 'NOT_PERMITTED'],
      [refusal(404, "Unable to find process group with id 'x'."), 'VARIABLE_INVALID'],
      [refusal(503, 'No coordinator'), 'UNAVAILABLE'],
      [{}, 'UNAVAILABLE'],
      [null, 'UNAVAILABLE']
    ] as const) {
      const { readings } = readingsOf(both(answer))
      for (const read of [readings.groups(cycle()), readings.services(cycle()), readings.rootGroupId(cycle())])
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
          message: /^only \d of 3 nodes of the cluster are connected; not writing$/
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

  it('tell which NiFi it is without a listing, once the parent was listed', async () => {
    const { link, readings } = readingsOf({ 'GET /process-groups/root-id': { ...orders, id: 'root-id' } })
    await readings.groups(cycle())
    assert.equal(await readings.rootGroupId(cycle()), 'root-id')
    assert.deepEqual(link.lines, ['GET /flow/process-groups/root', 'GET /process-groups/root-id'])
  })

  it('list again to tell which NiFi it is, where the parent is not the one that was listed', async () => {
    const { link, readings } = readingsOf({
      'GET /flow/process-groups/root': inTurn(listing('root-id', []), listing('other-id', [])),
      'GET /process-groups/root-id': refusal(404, 'Unable to find it.')
    })
    await readings.groups(cycle())
    assert.equal(await readings.rootGroupId(cycle()), 'other-id')
    assert.equal(link.asked.length, 3)
  })

  it('remember the last listings, and give single objects by their ids, undefined where they are not to be seen', async () => {
    const context = { id: 'c-1', revision: { version: 1 }, component: { name: 'c' } }
    const { readings } = readingsOf({
      'GET /flow/process-groups/root': listing('root-id', [orders]),
      'GET /process-groups/orders-id': inTurn(
        orders,
        refusal(404, 'gone'),
        refusal(403, 'denied'),
        refusal(503, 'later')
      ),
      'GET /flow/parameter-contexts': { parameterContexts: [context] },
      'GET /parameter-contexts/c-1': inTurn(context, refusal(404, 'gone'))
    })
    assert.deepEqual([readings.lastGroups, readings.lastContexts], [undefined, undefined])
    const { groups } = await readings.groups(cycle())
    const contexts = await readings.contexts(cycle())
    assert.deepEqual([readings.lastGroups?.groups, readings.lastContexts], [groups, contexts])
    assert.deepEqual(await readings.group('orders-id', cycle()), groups[0])
    assert.equal(await readings.group('orders-id', cycle()), undefined)
    assert.equal(await readings.group('orders-id', cycle()), undefined)
    await assert.rejects(readings.group('orders-id', cycle()), { code: 'UNAVAILABLE' })
    assert.deepEqual(await readings.context('c-1', cycle()), contexts[0])
    assert.equal(await readings.context('c-1', cycle()), undefined)
  })
})
