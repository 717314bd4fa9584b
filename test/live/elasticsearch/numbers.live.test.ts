/**
 * Numbers in bodies that are passed on: the server gets what the author wrote, whatever a double makes of it, and what
 * it makes of that itself is no difference.
 */
import assert from 'node:assert/strict'
import { parseWithNumbers } from '../../../src/parse/written-number.ts'
import { infometis, openScene, serverOrSkip, type Access, type Scene } from './harness.ts'
import { openLine, told, type Line } from './line.ts'

const versions = ['9.4.3', '8.19.8', 'opensearch-3.8.0'] as const

/** The last one is beyond what a double can tell from its neighbours. */
const meta = '{"z": 1.0, "e": 1e3, "y": 9223372036854775807}'
/** As the server prints it. */
const kept = ['"z":1.0', '"e":1000.0', '"y":9223372036854775807']

const pipeline = (params: string): string =>
  `{"processors": [{"script": {"source": "ctx.half = params.z / 2", "params": ${params}}}]}`

for (const version of versions) {
  describe(`numbers in bodies on ${version}`, function () {
    this.timeout(60_000)
    let server: Access
    let scene: Scene
    let line: Line

    before(async function () {
      server = await serverOrSkip(this, version)
    })

    beforeEach(async () => {
      scene = await openScene(server)
      line = openLine(server, scene)
    })

    afterEach(() => scene.hand.clear(scene.prefix))

    /** Declares one item and fails unless it is in sync afterwards, without a further write. */
    async function converge(file: string, name: string, body: string): Promise<void> {
      line.declare({ [file]: `{"${name}": ${body}}` })
      assert.deepEqual(told(await line.apply(), name), ['keep unchanged'])
      line.take()
      assert.deepEqual(told(await line.cycle(), name), ['keep unchanged'])
      assert.deepEqual(line.takeWrites(), [])
    }

    async function holds(path: string, texts: readonly string[]): Promise<void> {
      const live = await scene.hand.text(path)
      for (const text of texts) assert.ok(live.includes(text), `${text} in ${live}`)
    }

    it('reach a script as integers and decimals, and it divides as they say', async () => {
      const name = scene.name('divides')
      await converge(
        'ingest-pipelines',
        name,
        pipeline('{"z": 1.0, "e": 1e3, "y": 9223372036854775807, "d": 0.12345678901234567890}')
      )
      await holds(`/_ingest/pipeline/${name}`, [...kept, '"d":0.12345678901234568'])
      const simulated = await scene.hand.must('POST', `/_ingest/pipeline/${name}/_simulate`, {
        docs: [{ _source: {} }]
      })
      assert.match(JSON.stringify(simulated), /"half":0\.5/)
    })

    it('that somebody made integers of, or changed in the last digit, are drift', async () => {
      const name = scene.name('drifts')
      await converge('ingest-pipelines', name, pipeline(meta))
      for (const other of [meta.replace('1.0', '1'), meta.replace('807', '806')]) {
        await scene.hand.must('PUT', `/_ingest/pipeline/${name}`, parseWithNumbers(pipeline(other)))
        assert.deepEqual(
          (await line.diff(name)).map(({ verb }) => verb),
          ['update'],
          other
        )
        assert.deepEqual(told(await line.apply(), name), ['keep unchanged'])
        await holds(`/_ingest/pipeline/${name}`, kept)
      }
    })

    it('converge in templates, which keep them, and in filters of aliases', async () => {
      const [part, whole, index, alias] = ['part', 'whole', 'index', 'alias'].map((short) => scene.name(short))
      const mappings = `{"_meta": ${meta}, "properties": {"k": {"type": "keyword", "ignore_above": 1e3}, "l": {"type": "long", "null_value": 9223372036854775807}}}`
      const filter = '{"range": {"n": {"gte": 9223372036854775807, "lt": 1.0}}}'
      await converge(
        'component-templates',
        part ?? '',
        `{"template": {"settings": {"max_result_window": 2e4}, "mappings": ${mappings}}, "version": 7.0, "_meta": ${meta}}`
      )
      await holds(`/_component_template/${part}`, [
        ...kept,
        '"null_value":9223372036854775807',
        '"max_result_window":"20000"'
      ])
      await converge(
        'index-templates',
        whole ?? '',
        `{"index_patterns": ["${whole}-*"], "priority": 5e2, "template": {"aliases": {"${alias}-t": {"filter": ${filter}}}}, "_meta": ${meta}}`
      )
      await holds(`/_index_template/${whole}`, [...kept, '"gte":9223372036854775807', '"lt":1.0', '"priority":500'])
      await scene.hand.create({ [index ?? '']: { settings: { number_of_replicas: 0 } } })
      await converge('aliases', alias ?? '', `{"${index}": {"filter": ${filter}, "routing": 9007199254740993}}`)
      await holds(`/_alias/${alias}`, ['"gte":9223372036854775807', '"lt":1.0', '"index_routing":"9007199254740993"'])
    })

    it('converge in an index, whatever the server makes of them', async () => {
      const name = scene.name('index')
      const fields = {
        l: '"type": "long", "null_value": 9223372036854775807',
        d: '"type": "double", "null_value": 1',
        f: '"type": "float", "null_value": 0.123456789',
        far: '"type": "float", "null_value": 16777217',
        h: '"type": "half_float", "null_value": 0.1',
        i: '"type": "integer", "null_value": 1e3',
        k: '"type": "keyword", "ignore_above": 256.0, "null_value": 1.0',
        at: '"type": "date", "null_value": 1e3',
        g: '"type": "geo_point", "null_value": {"lat": 1.0, "lon": 2}',
        t: '"type": "text", "index_prefixes": {"min_chars": 1.0}, "fielddata": true, "fielddata_frequency_filter": {"min": 0, "max": 1, "min_segment_size": 5e2}'
      }
      const properties = Object.entries(fields).map(([field, body]) => `"${field}": {${body}}`)
      const templates = '[{"n": {"match": "n*", "mapping": {"type": "long", "null_value": 9223372036854775807}}}]'
      const settings =
        '{"number_of_replicas": 0.0, "max_result_window": 2e4, "merge.policy.segments_per_tier": 12.0, "similarity": {"s": {"type": "BM25", "b": 1.0, "k1": 12e-1}}}'
      const spec = (object: readonly string[]): string =>
        `{"settings": ${settings}, "mappings": {"_meta": ${meta}, "dynamic_templates": ${templates}, "properties": {${object.join(', ')}}}}`
      await converge('indices', name, spec(properties))
      await holds(`/${name}?flat_settings=true`, [
        ...kept,
        '"null_value":9223372036854775807',
        '"null_value":"1.0"',
        '"index.similarity.s.b":"1.0"'
      ])

      const text = spec(properties.map((field) => field.replace('9223372036854775807', '9223372036854775806')))
      line.declare({ indices: `{"${name}": ${text}}` })
      const [held] = await line.diff(name)
      assert.ok(held?.verb === 'hold')
      assert.deepEqual(
        held.fields.map(({ path, before, after }) => [path, before, after]),
        [['mappings.properties.l.null_value', '9223372036854775807', '9223372036854775806']]
      )
    })

    it('survive a copy into a new generation', async () => {
      const name = scene.name('copied')
      const spec = (type: string): string =>
        `{"strategy": "reindex", "settings": {"number_of_replicas": 0}, "mappings": {"_meta": ${meta}, "properties": {"n": {"type": "long", "null_value": 9223372036854775807}, "t": {"type": "${type}"}}}}`
      await converge('indices', name, spec('keyword'))
      await converge('indices', name, spec('text'))
      await holds(`/${name}-2`, [...kept, '"null_value":9223372036854775807'])
    })
  })
}

describe('numbers in what is exported', function () {
  this.timeout(60_000)

  for (const format of ['json', 'yaml']) {
    it(`are those the server holds, as ${format}`, async function () {
      const server = await serverOrSkip(this)
      const scene = await openScene(server)
      const name = scene.name('exported')
      await scene.hand.must('PUT', `/_ingest/pipeline/${name}`, parseWithNumbers(pipeline(meta)))
      const { stdout } = await infometis(['export', 'elasticsearch', '--kind', 'ingest-pipeline', '--output', format], {
        env: scene.env
      })
      const line = openLine(server, scene)
      line.declareFile(`ingest-pipelines.${format}`, stdout)
      assert.deepEqual(
        (await line.diff(name)).map(({ verb }) => verb),
        ['keep']
      )
      for (const number of ['1.0', '1000.0', '9223372036854775807']) assert.ok(stdout.includes(number), stdout)
      await scene.hand.clear(scene.prefix)
    })
  }
})
