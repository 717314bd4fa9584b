import assert from 'node:assert/strict'
import { isDeepStrictEqual } from 'node:util'
import fc from 'fast-check'
import type { Json } from '../../../../../src/records.ts'
import { testCycle } from '../../../../../src/testing/cycle.ts'
import type { Group } from '../../../../../reconcilers/nifi/flow/definition/model.ts'
import { Downloads } from '../../../../../reconcilers/nifi/flow/reading/downloads.ts'
import { Readings, type Reader } from '../../../../../reconcilers/nifi/reading/readings.ts'
import { inTurn, listing, refusal, ScriptedLink, type Scripted } from '../../scripted-link.ts'
import { groups } from '../definition/arbitrary.ts'

const cycle = testCycle
const downloadsOf = (script: Readonly<Record<string, Scripted>> = {}) => {
  const link = new ScriptedLink(script)
  const [readings, downloads] = [new Readings(link, 'root'), new Downloads(link, 'root')]
  const all = (reader: Reader) => downloads.all(reader, async () => (await readings.groups(reader)).groups)
  return {
    link,
    downloads,
    definitions: async (reader: Reader) => (await all(reader)).definitions,
    refused: async (reader: Reader) => (await all(reader)).refused
  }
}

describe('downloads of flows', () => {
  it('never take a parent that may not be read, or is not there, for an empty one', async () => {
    for (const [answer, code] of [
      [refusal(403, 'No applicable policies'), 'NOT_PERMITTED'],
      [refusal(404, "Unable to find process group with id 'x'."), 'VARIABLE_INVALID'],
      [refusal(503, 'No coordinator'), 'UNAVAILABLE'],
      [{}, 'UNAVAILABLE'],
      [null, 'UNAVAILABLE']
    ] as const) {
      const { definitions } = downloadsOf({ 'GET /process-groups/root/download': answer })
      await assert.rejects(definitions(cycle()), { code })
    }
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
    const { definitions } = downloadsOf({
      'GET /process-groups/root/download': { flowContents: { processGroups: [group] }, parameterContexts: {} }
    })
    assert.deepEqual([...(await definitions(cycle()))], [['orders-id', group]])
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
    const scripted = (ofGroups: Readonly<Record<string, Scripted>>): ReturnType<typeof downloadsOf> =>
      downloadsOf({
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
      const { link, definitions, refused } = scripted({
        orders: shown('orders'),
        hidden: words('p-1'),
        gone: refusal(404, 'Unable to find it.')
      })
      const pass = cycle()
      assert.deepEqual([...(await definitions(pass)).keys()], ['orders'])
      assert.deepEqual(
        [...(await refused(pass))],
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
      await assert.rejects(scripted({ hidden: words('p-2') }).definitions(cycle()), {
        code: 'NOT_PERMITTED',
        message: /Processor with ID p-1/
      })
      await assert.rejects(scripted({ orders: shown('orders'), broken: refusal(503, 'later') }).definitions(cycle()), {
        code: 'UNAVAILABLE'
      })
    })

    it('keep what has not changed the same, also when the right is granted', async () => {
      const { definitions } = downloadsOf({
        'GET /flow/process-groups/root': listing('root-id', [entity('orders')]),
        'GET /process-groups/root/download': inTurn(words('p-1'), words('p-1'), {
          flowContents: { processGroups: [{ instanceIdentifier: 'orders', identifier: 'orders', name: 'orders' }] }
        }),
        'GET /process-groups/orders/download': shown('orders')
      })
      const found = [await definitions(cycle()), await definitions(cycle()), await definitions(cycle())]
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
        const { definitions } = downloadsOf({ 'GET /process-groups/root/download': inTurn(...bodies) })
        let before: ReadonlyMap<string, Group> = new Map()
        for (const { flowContents } of bodies) {
          const found = await definitions(cycle())
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
    const { definitions } = downloadsOf({
      'GET /process-groups/root/download': { flowContents: { processGroups: [{ identifier: 'x' }] } }
    })
    await assert.rejects(definitions(cycle()), {
      code: 'UNAVAILABLE',
      message: /a flow definition as NiFi shows it.*instanceIdentifier/
    })
  })

  it('of one flow are as all of them together show it, and known to the next pass', async () => {
    const shape = (id: string, size: string): { readonly [field: string]: Json } => ({
      instanceIdentifier: id,
      identifier: id,
      name: id,
      processors: [{ identifier: 'gen', properties: { size } }]
    })
    const all = { flowContents: { processGroups: [shape('a', '1'), shape('b', '1')] } }
    const { downloads, definitions } = downloadsOf({
      'GET /process-groups/root/download': all,
      'GET /process-groups/a/download': inTurn(
        { flowContents: shape('a', '2') },
        refusal(403, 'No applicable policies could be found'),
        refusal(404, 'gone')
      )
    })
    const before = await definitions(cycle())
    assert.deepEqual((await downloads.one('a', cycle())).definitions.get('a'), shape('a', '2'))
    assert.equal(downloads.last?.get('b'), before.get('b'))
    assert.deepEqual([...(await downloads.one('a', cycle())).refused.keys()], ['a'])
    assert.equal(downloads.last?.get('a'), undefined, 'a definition that may not be read is not remembered')
    const { definitions: shown, refused } = await downloads.one('a', cycle())
    assert.deepEqual([shown.size, refused.size], [0, 0])
    assert.deepEqual((await definitions(cycle())).get('a'), shape('a', '1'), 'the same answer is read again')
  })
})
