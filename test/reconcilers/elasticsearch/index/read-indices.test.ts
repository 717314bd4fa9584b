import assert from 'node:assert/strict'
import fc from 'fast-check'
import { readIndices } from '../../../../reconcilers/elasticsearch/index/read-indices.ts'
import type { Request } from '../../../../reconcilers/elasticsearch/connection/link.ts'
import type { Reader } from '../../../../reconcilers/elasticsearch/readings.ts'
import type { Json } from '../../../../src/records.ts'
import { testCycle } from '../../../../src/testing/cycle.ts'
import { refusal, ScriptedLink, type Scripted } from '../scripted-link.ts'

const body: Json = { settings: { 'index.number_of_shards': '1' }, mappings: {}, aliases: {} }

function cycleOf(otherwise: Scripted): { readonly cycle: Reader; readonly link: ScriptedLink } {
  const link = new ScriptedLink({}, otherwise)
  const server = { distribution: 'elasticsearch', version: '9.4.3', clusterId: 'c' } as const
  return { link, cycle: { ...testCycle(), link, server } }
}

const namesIn = ({ path }: Request): readonly string[] => path.slice(1).split(',').map(decodeURIComponent)
const found = (names: readonly string[]): Json => Object.fromEntries(names.map((name) => [name, body]))

describe('reading indices', () => {
  it('takes one request for as many names as fit, and asks for closed ones too', async () => {
    const { cycle, link } = cycleOf((request) => found(namesIn(request)))
    assert.deepEqual([...(await readIndices(cycle, ['a', 'b'], 2)).keys()], ['a', 'b'])
    assert.deepEqual(link.lines, ['GET /a,b'])
    assert.deepEqual(link.asked[0]?.query, { flat_settings: true, ignore_unavailable: true, expand_wildcards: 'none' })
  })

  it('asks nothing for nothing', async () => {
    const { cycle, link } = cycleOf(new Error('asked'))
    assert.equal((await readIndices(cycle, [], 5)).size, 0)
    assert.deepEqual(link.lines, [])
  })

  const many = Array.from({ length: 1_000 }, (_, index) => `bench-${String(index).padStart(4, '0')}-orders`)

  it('asks for everything at once when the names would take many requests', async () => {
    const { cycle, link } = cycleOf(() => found(many))
    assert.equal((await readIndices(cycle, many, 1_200)).size, 1_000)
    assert.deepEqual(link.lines, ['GET /*'])
    assert.equal(link.asked[0]?.query?.['expand_wildcards'], 'all')
  })

  it('asks by name when most of what is there is not wanted', async () => {
    const { cycle, link } = cycleOf((request) => found(namesIn(request)))
    assert.equal((await readIndices(cycle, many, 5_000)).size, 1_000)
    assert.ok(link.lines.length > 3 && link.lines.every((line) => line !== 'GET /*'))
  })

  it('leaves out what has gone since', async () => {
    const { cycle } = cycleOf(() => found(['a']))
    assert.deepEqual([...(await readIndices(cycle, ['a', 'gone'], 2)).keys()], ['a'])
  })

  it('throws what is wrong with the whole server', async () => {
    const { cycle } = cycleOf(() => refusal(503, 'master_not_discovered_exception', 'no master'))
    await assert.rejects(readIndices(cycle, ['a'], 1), { code: 'UNAVAILABLE' })
  })

  it('is not blinded by some it may not see: all others are read, those say why (property)', async () => {
    const names = fc.uniqueArray(fc.stringMatching(/^[a-z]{1,8}$/), { minLength: 1, maxLength: 40 })
    await fc.assert(
      fc.asyncProperty(names, fc.infiniteStream(fc.boolean()), async (all, coin) => {
        const blocked = new Set(all.filter(() => coin.next().value))
        const { cycle } = cycleOf((request) => {
          const asked = namesIn(request)
          return asked.some((name) => blocked.has(name))
            ? refusal(403, 'cluster_block_exception', 'index [x] blocked by: [FORBIDDEN/9/index metadata (api)]')
            : found(asked)
        })
        const readings = await readIndices(cycle, all, all.length)
        for (const name of all) {
          const reading = readings.get(name)
          if (blocked.has(name)) assert.match(typeof reading === 'string' ? reading : 'read', /its metadata is blocked/)
          else assert.deepEqual(reading, body)
        }
      })
    )
  })
})
