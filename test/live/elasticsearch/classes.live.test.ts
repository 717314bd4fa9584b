/**
 * The tables of settings and of mapping changes beside real servers: each row changes there as it says.
 */
import assert from 'node:assert/strict'
import { z } from 'zod'
import { isBody, type Body } from '../../../reconcilers/elasticsearch/body.ts'
import { compareMapping } from '../../../reconcilers/elasticsearch/mapping/compare.ts'
import { mappingUpdate } from '../../../reconcilers/elasticsearch/mapping/overlay.ts'
import { overlaid } from '../../../reconcilers/elasticsearch/mapping/value.ts'
import { knownKeys, traitsOf, unseenSetting } from '../../../reconcilers/elasticsearch/settings/classes.ts'
import { knownDefaults } from '../../../reconcilers/elasticsearch/settings/defaults.ts'
import type { SettingType } from '../../../reconcilers/elasticsearch/settings/row.ts'
import { equalValues } from '../../../reconcilers/elasticsearch/settings/values.ts'
import { compareSettings, type SettingChange } from '../../../reconcilers/elasticsearch/settings/compare.ts'
import { refusalOf } from '../../../reconcilers/elasticsearch/connection/refusal.ts'
import { flattenSettings, type SettingValue } from '../../../reconcilers/elasticsearch/settings/flatten.ts'
import { settingsRequests } from '../../../reconcilers/elasticsearch/settings/write.ts'
import { mappingCases, type MappingCase } from '../../reconcilers/elasticsearch/mapping/changes.ts'
import {
  elasticsearchExamples,
  settingExamples,
  type SettingExample
} from '../../reconcilers/elasticsearch/settings/examples.ts'
import { elasticsearchVersions, openScene, serverOrSkip, type Access, type LiveIndex, type Scene } from './harness.ts'
import { openLine, told } from './line.ts'

const owner = 'classes'

/** Values a setting of a type may have. */
const candidates: Readonly<Partial<Record<SettingType, readonly string[]>>> = {
  boolean: ['true', 'false'],
  integer: ['2', '1', '100', '0'],
  decimal: ['10', '30'],
  bytes: ['1mb'],
  time: ['30s'],
  list: ['f', 'asc', '_last', 'min'],
  word: ['standard', 'stored', 'none', 'default', 'document', 'points_and_doc_values'],
  text: ['latest', 'default', '1']
}

for (const version of elasticsearchVersions.filter((each) => !each.includes('bare'))) {
  describe(`what the tables say of ${version}`, function () {
    this.timeout(120_000)
    const distribution = version.startsWith('opensearch') ? 'opensearch' : 'elasticsearch'
    const hasReopen = distribution === 'elasticsearch'
    const examples = hasReopen ? [...settingExamples, ...elasticsearchExamples] : settingExamples
    const cases = mappingCases.filter(({ notOn }) => notOn !== distribution)
    let server: Access
    let scene: Scene

    before(async function () {
      server = await serverOrSkip(this, version)
      scene = await openScene(server)
    })

    afterEach(async () => {
      await scene.hand.deleteIndices(await scene.hand.names(scene.prefix))
    })

    /** Each row on an index of its own, all at once; fails with every row that is not as it says. */
    async function each<Row>(
      rows: readonly Row[],
      titled: (row: Row) => string,
      hold: (row: Row, index: string) => Promise<void>
    ): Promise<void> {
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

    const ofClass = (wanted: SettingExample['class']): readonly SettingExample[] =>
      examples.filter((example) => example.class === wanted)
    const eachSetting = (
      wanted: SettingExample['class'],
      hold: (example: SettingExample, index: string) => Promise<void>
    ): Promise<void> => each(ofClass(wanted), ({ key }) => key, hold)

    /** An index with the first value of the example; of what belongs to the server none. */
    async function createWith({ key, value, beside = {}, class: kind }: SettingExample, index: string): Promise<void> {
      const settings = { number_of_replicas: 0, ...beside, ...(kind === 'server' ? {} : { [key]: value }) }
      await scene.hand.create({
        [index]: { settings: Object.fromEntries(Object.entries(settings).map(([name, set]) => [`index.${name}`, set])) }
      })
    }

    async function changesTo(
      index: string,
      key: string,
      value: SettingValue,
      closed = false
    ): Promise<readonly SettingChange[]> {
      return compareSettings(new Map([[key, value]]), flattenSettings((await live(index)).settings).values, {
        distribution,
        closed
      })
    }

    /** Makes the change with our own requests, which must be accepted and leave no difference. */
    async function change(
      index: string,
      key: string,
      value: SettingValue,
      { risk, closed = false }: { risk: string; closed?: boolean }
    ): Promise<void> {
      const changes = await changesTo(index, key, value, closed)
      assert.deepEqual(
        changes.map((found) => found.risk),
        [risk],
        `to ${String(value)}`
      )
      for (const { path, reopen, body } of settingsRequests([{ name: index, closed, changes }])) {
        assert.equal(reopen, risk === 'disruptive')
        assert.equal(await refusal('PUT', `/${path}/_settings${reopen ? '?reopen=true' : ''}`, body), '')
      }
      assert.deepEqual(await changesTo(index, key, value, closed), [])
    }

    async function isRefused(index: string, { key, other }: SettingExample, query = ''): Promise<void> {
      assert.notEqual(
        await refusal('PUT', `/${index}/_settings${query}`, { [`index.${key}`]: other }),
        '',
        `it is accepted${query}`
      )
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
        else
          assert.deepEqual(
            (await changesTo(index, key, other)).map(({ risk }) => risk),
            ['unsupported']
          )
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

    it('what is not set is what the table of defaults says', async () => {
      const index = scene.name('defaults')
      await scene.hand.create({ [index]: { settings: { number_of_replicas: 0 } } })
      const answer = await scene.hand.must('GET', `/${index}/_settings?include_defaults=true&flat_settings=true`)
      const { defaults } = z
        .object({ defaults: z.record(z.string(), z.union([z.string(), z.array(z.string())])) })
        .parse(Object(answer)[index])
      const known = knownDefaults.flatMap((key): [string, SettingValue][] =>
        defaults[`index.${key}`] === undefined ? [] : [[key, defaults[`index.${key}`] ?? null]]
      )
      assert.ok(known.length > 70, `${known.length} defaults are known here`)
      assert.deepEqual(
        known.filter(([key, value]) => !equalValues(key, value, null)),
        []
      )
    })

    it(`settings that are fixed at creation are shown afterwards${hasReopen ? ', but for one' : ''}`, async () => {
      const finals = knownKeys.filter((key) => traitsOf(key).class === 'final')
      const tried = await Promise.all(
        finals.map(async (key, position) => [key, await echoOf(key, scene.name(`final-${position}`))] as const)
      )
      const [seen, unseen] = ['seen', 'unseen'].map((what) =>
        tried.flatMap(([key, echo]) => (echo === what ? [key] : []))
      )
      assert.ok(seen !== undefined && seen.length >= 15, `seen: ${String(seen)}`)
      assert.deepEqual(unseen, hasReopen ? [unseenSetting] : [])
    })

    /** Whether a value the server takes for a setting is shown again; `refused` when it takes none that we know. */
    async function echoOf(key: string, index: string): Promise<'seen' | 'unseen' | 'refused'> {
      for (const value of candidates[traitsOf(key).type] ?? []) {
        const beside = key.startsWith('sort.') && key !== 'sort.field' ? { 'index.sort.field': 'f' } : {}
        const body = {
          settings: { 'index.number_of_replicas': 0, ...beside, [`index.${key}`]: value },
          mappings: { properties: { f: { type: 'keyword' } } }
        }
        const { status } = await scene.hand.request('PUT', `/${index}?wait_for_active_shards=0`, body)
        if (status >= 400) continue
        return (await live(index)).settings[`index.${key}`] === undefined ? 'unseen' : 'seen'
      }
      return 'refused'
    }

    it('a setting that is not shown is known by what it made', async () => {
      const index = scene.name('routing')
      const line = openLine(server, scene)
      const declare = (shards: number): void =>
        line.declare({
          indices: {
            [index]: { settings: { number_of_replicas: 0, number_of_shards: 2, number_of_routing_shards: shards } }
          }
        })
      declare(8)
      assert.deepEqual(told(await line.apply(), index), ['keep unchanged'])
      declare(16)
      assert.match(
        told(await line.cycle(), index).join(),
        /^hold held needs reindex: number_of_routing_shards from 8 to 16/
      )
    })

    it('a setting beside one that overrides it is no difference, and a warning', async () => {
      const index = scene.name('expands')
      await scene.hand.create({ [index]: { settings: { auto_expand_replicas: '0-1' } } })
      const line = openLine(server, scene)
      line.declare({ indices: { [index]: { settings: { number_of_replicas: 2, codec: 'default' } } } })
      const report = await line.cycle()
      assert.deepEqual(told(report, index), ['keep unchanged'])
      assert.deepEqual(
        report.warnings.map(({ code, path }) => [code, path]),
        [['REPLICAS_EXPAND', `${index}.settings.number_of_replicas`]]
      )
    })

    /** Creates the index as the case has it before; false when the server lacks the module of its type. */
    async function create({ before, settings = {}, needsModule }: MappingCase, index: string): Promise<boolean> {
      const body = { settings: { number_of_replicas: 0, ...settings }, mappings: before }
      const refused = await refusal('PUT', `/${index}`, body)
      if (needsModule === true && /No handler for type|mapper type .* does not exist/.test(refused)) return false
      assert.equal(refused, '')
      return true
    }

    const eachCase = (
      wanted: MappingCase['prediction'],
      hold: (example: MappingCase, index: string, mappings: Body) => Promise<void>
    ): Promise<void> =>
      each(
        cases.filter(({ prediction }) => prediction === wanted),
        ({ title }) => title,
        async (example, index) => {
          if (await create(example, index)) await hold(example, index, (await live(index)).mappings)
        }
      )

    const risksOf = (after: Body, mappings: Body): readonly string[] => [
      ...new Set(compareMapping(after, mappings).map(({ field }) => field.risk))
    ]
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
        assert.notEqual(
          await refusal('PUT', `/${index}/_mapping`, whole),
          '',
          `it is accepted: ${JSON.stringify(whole)}`
        )
      })
    })

    it('what is the same in other words is no difference', async () => {
      await eachCase('no change', async ({ after }, _index, mappings) => {
        await Promise.resolve(assert.deepEqual(compareMapping(after, mappings), []))
      })
    })
  })
}
