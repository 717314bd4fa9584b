/**
 * The tables of settings and of mapping changes beside real servers: each row changes there as it says.
 */
import assert from 'node:assert/strict'
import { z } from 'zod'
import { isBody, type Body } from '../../../reconcilers/elasticsearch/body.ts'
import { compareMapping } from '../../../reconcilers/elasticsearch/mapping/compare.ts'
import { mappingUpdate } from '../../../reconcilers/elasticsearch/mapping/overlay.ts'
import { overlaid } from '../../../reconcilers/elasticsearch/mapping/value.ts'
import { compareSettings, type SettingChange } from '../../../reconcilers/elasticsearch/settings/compare.ts'
import { refusalOf } from '../../../reconcilers/elasticsearch/refusal.ts'
import { flattenSettings, type SettingValue } from '../../../reconcilers/elasticsearch/settings/flatten.ts'
import { settingsRequests } from '../../../reconcilers/elasticsearch/settings/write.ts'
import { mappingCases, type MappingCase } from '../../reconcilers/elasticsearch/mapping/changes.ts'
import { elasticsearchExamples, settingExamples, type SettingExample } from '../../reconcilers/elasticsearch/settings/examples.ts'
import { elasticsearchVersions, openScene, serverOrSkip, type LiveIndex, type Scene } from './harness.ts'

const owner = 'classes'

for (const version of elasticsearchVersions.filter((each) => !each.includes('bare'))) {
  describe(`what the tables say of ${version}`, function () {
    this.timeout(120_000)
    const distribution = version.startsWith('opensearch') ? 'opensearch' : 'elasticsearch'
    const hasReopen = distribution === 'elasticsearch'
    const examples = hasReopen ? [...settingExamples, ...elasticsearchExamples] : settingExamples
    const cases = mappingCases.filter(({ notOn }) => notOn !== distribution)
    let scene: Scene

    before(async function () {
      scene = await openScene(await serverOrSkip(this, version))
    })

    afterEach(async () => {
      await scene.hand.deleteIndices(await scene.hand.names(scene.prefix))
    })

    /** Each row on an index of its own, all at once; fails with every row that is not as it says. */
    async function each<Row>(rows: readonly Row[], titled: (row: Row) => string, hold: (row: Row, index: string) => Promise<void>): Promise<void> {
      assert.ok(rows.length > 0)
      const held = await Promise.allSettled(rows.map((row, position) => hold(row, scene.name(`row-${position}`))))
      const wrong = held.flatMap((result, position) => {
        const row = rows[position]
        return result.status === 'rejected' && row !== undefined ? [`${titled(row)}: ${String(result.reason)}`] : []
      })
      assert.deepEqual(wrong, [])
    }

    async function live(index: string): Promise<LiveIndex> {
      const found = await scene.hand.index(index)
      assert.ok(found !== undefined, `${index} should be there`)
      return found
    }

    /** The reason for which the server refuses; empty when it does not. Trying again must be known to be of no use. */
    async function refusal(method: string, path: string, body: unknown): Promise<string> {
      const answer = await scene.hand.request(method, path, body)
      if (answer.status < 400) return ''
      // Elasticsearch has refusals for ever under a status of 500, too.
      const { code, message } = refusalOf({ status: answer.status, body: z.json().parse(answer.body) })
      assert.equal(code, 'REJECTED', JSON.stringify(answer.body))
      return message
    }

    const ofClass = (wanted: SettingExample['class']): readonly SettingExample[] => examples.filter((example) => example.class === wanted)
    const eachSetting = (wanted: SettingExample['class'], hold: (example: SettingExample, index: string) => Promise<void>): Promise<void> =>
      each(ofClass(wanted), ({ key }) => key, hold)

    /** An index with the first value of the example; of what belongs to the server none. */
    async function createWith({ key, value, beside = {}, class: kind }: SettingExample, index: string): Promise<void> {
      const settings = { number_of_replicas: 0, ...beside, ...(kind === 'server' ? {} : { [key]: value }) }
      await scene.hand.create({ [index]: { settings: Object.fromEntries(Object.entries(settings).map(([name, set]) => [`index.${name}`, set])) } })
    }

    async function changesTo(index: string, key: string, value: SettingValue, closed = false): Promise<readonly SettingChange[]> {
      return compareSettings(new Map([[key, value]]), flattenSettings((await live(index)).settings).values, { distribution, closed })
    }

    /** Makes the change with our own requests, which must be accepted and leave no difference. */
    async function change(index: string, key: string, value: SettingValue, { risk, closed = false }: { risk: string; closed?: boolean }): Promise<void> {
      const changes = await changesTo(index, key, value, closed)
      assert.deepEqual(changes.map((found) => found.risk), [risk], `to ${String(value)}`)
      for (const { path, reopen, body } of settingsRequests([{ name: index, closed, changes }])) {
        assert.equal(reopen, risk === 'disruptive')
        assert.equal(await refusal('PUT', `/${path}/_settings${reopen ? '?reopen=true' : ''}`, body), '')
      }
      assert.deepEqual(await changesTo(index, key, value, closed), [])
    }

    async function isRefused(index: string, { key, other }: SettingExample, query = ''): Promise<void> {
      assert.notEqual(await refusal('PUT', `/${index}/_settings${query}`, { [`index.${key}`]: other }), '', `it is accepted${query}`)
    }

    it('dynamic settings change in place, and back', async () => {
      await eachSetting('dynamic', async (example, index) => {
        await createWith(example, index)
        await change(index, example.key, example.other, { risk: 'safe' })
        await change(index, example.key, example.value, { risk: 'safe' })
      })
    })

    it(`settings that need a reopen are refused in place and accepted ${hasReopen ? 'with one' : 'while the index is closed'}`, async () => {
      await eachSetting('reopen', async (example, index) => {
        const { key, value, other } = example
        await createWith(example, index)
        await isRefused(index, example)
        if (hasReopen) await change(index, key, other, { risk: 'disruptive' })
        else assert.deepEqual((await changesTo(index, key, other)).map(({ risk }) => risk), ['unsupported'])
        await scene.hand.close(index)
        await change(index, key, hasReopen ? value : other, { risk: 'safe', closed: true })
        assert.equal(await scene.hand.isOpen(index), false)
      })
    })

    for (const kind of ['final', 'server'] as const) {
      it(`${kind === 'final' ? 'final settings' : 'settings of the server'} are refused, reopen or not`, async () => {
        await eachSetting(kind, async (example, index) => {
          await createWith(example, index)
          const [only, ...more] = await changesTo(index, example.key, example.other)
          assert.deepEqual([only?.risk, more], ['unsupported', []])
          assert.match(only?.why ?? '', kind === 'final' ? /^needs reindex: / : /belongs to the server/)
          await isRefused(index, example)
          if (hasReopen) await isRefused(index, example, '?reopen=true')
        })
      })
    }

    /** Creates the index as the case has it before; false when the server lacks the module of its type. */
    async function create({ before, settings = {}, needsModule }: MappingCase, index: string): Promise<boolean> {
      const body = { settings: { number_of_replicas: 0, ...settings }, mappings: before }
      const refused = await refusal('PUT', `/${index}`, body)
      if (needsModule === true && /No handler for type|mapper type .* does not exist/.test(refused)) return false
      assert.equal(refused, '')
      return true
    }

    const eachCase = (wanted: MappingCase['prediction'], hold: (example: MappingCase, index: string, mappings: Body) => Promise<void>): Promise<void> =>
      each(cases.filter(({ prediction }) => prediction === wanted), ({ title }) => title, async (example, index) => {
        if (await create(example, index)) await hold(example, index, (await live(index)).mappings)
      })

    const risksOf = (after: Body, mappings: Body): readonly string[] => [...new Set(compareMapping(after, mappings).map(({ field }) => field.risk))]
    const updateTo = (after: Body, mappings: Body): Body =>
      mappingUpdate(mappings, after, new Set(compareMapping(after, mappings).map(({ field }) => field.path)), owner)

    it('what changes in place in a mapping is accepted as we write it, and then seen', async () => {
      await eachCase('in place', async ({ after }, index, mappings) => {
        assert.deepEqual(risksOf(after, mappings), ['safe'])
        assert.equal(await refusal('PUT', `/${index}/_mapping`, updateTo(after, mappings)), '')
        assert.deepEqual(compareMapping(after, (await live(index)).mappings), [])
      })
    })

    it('what needs a new index is refused, and no request of ours holds it', async () => {
      await eachCase('needs reindex', async ({ after, refusedByUs }, index, mappings) => {
        assert.deepEqual(risksOf(after, mappings), ['unsupported'])
        assert.deepEqual(updateTo(after, mappings), {})
        if (refusedByUs === true) return
        const whole = overlaid(mappings, after)
        assert.ok(isBody(whole))
        assert.notEqual(await refusal('PUT', `/${index}/_mapping`, whole), '', `it is accepted: ${JSON.stringify(whole)}`)
      })
    })

    it('what is the same in other words is no difference', async () => {
      await eachCase('no change', async ({ after }, _index, mappings) => {
        await Promise.resolve(assert.deepEqual(compareMapping(after, mappings), []))
      })
    })
  })
}
