/**
 * What templates add to an index stays, in lists and in objects into which the server merges, and nothing of it is a
 * difference.
 */
import assert from 'node:assert/strict'
import type { Json } from '../../../src/records.ts'
import { openScene, serverOrSkip, type Access, type Scene } from './harness.ts'
import { openLine, told } from './line.ts'

const versions = ['9.4.3', '8.19.8', 'opensearch-3.8.0'] as const

const rule = (match: string, type: string): Json => ({ match, mapping: { type } })

for (const version of versions) {
  describe(`what templates add on ${version}`, function () {
    this.timeout(60_000)
    let server: Access
    let scene: Scene

    before(async function () {
      server = await serverOrSkip(this, version)
      scene = await openScene(server)
    })

    afterEach(() => scene.hand.clear(scene.prefix))

    const dynamic = {
      template: [{ t1: rule('t*', 'ip') }, { both: rule('b*', 'ip') }],
      declared: [{ both: rule('both*', 'long') }, { mine: rule('m*', 'long') }]
    }

    /** A template with something for every place into which the server merges. */
    async function putTemplate(): Promise<void> {
      const settings = { number_of_replicas: 0, 'query.default_field': ['t'] }
      const mappings = {
        dynamic_templates: dynamic.template,
        dynamic_date_formats: ['yyyy', 'yyyy-MM'],
        _source: { excludes: ['t'] },
        _meta: { t: 1, shared: { t: 1 } },
        properties: {
          t: { type: 'ip' },
          o: { properties: { t: { type: 'ip' } } },
          f: { type: 'text', fields: { t: { type: 'keyword' } } }
        }
      }
      const template = {
        settings,
        mappings,
        aliases: { [scene.name('t')]: {}, [scene.name('both')]: { routing: '1' } }
      }
      await scene.hand.must('PUT', `/_index_template/${scene.name('t')}`, {
        index_patterns: [`${scene.name('i')}*`],
        priority: 900,
        template
      })
    }

    const declared = (): Readonly<Record<string, Json>> => ({
      settings: { 'query.default_field': ['mine'] },
      mappings: {
        dynamic_templates: dynamic.declared,
        dynamic_date_formats: ['dd', 'yyyy-MM'],
        _source: { excludes: ['mine'] },
        _meta: { mine: 1, shared: { mine: 1 } },
        properties: {
          mine: { type: 'long' },
          o: { properties: { mine: { type: 'long' } } },
          f: { type: 'text', fields: { mine: { type: 'keyword' } } }
        }
      },
      aliases: { [scene.name('mine')]: {}, [scene.name('both')]: { filter: { term: { mine: 1 } } } }
    })

    it('stays beside what is declared, is never written again, and maps new fields as before', async () => {
      await putTemplate()
      const name = scene.name('i')
      const line = openLine(server, scene)
      line.declare({ indices: { [name]: declared() } })
      const report = await line.apply()
      assert.deepEqual(told(report, name), ['keep unchanged'])
      assert.deepEqual(line.takeWrites(), [`PUT /${name}`])
      const live = await scene.hand.index(name)
      const names = (
        Array.isArray(live?.mappings['dynamic_templates']) ? live.mappings['dynamic_templates'] : []
      ).flatMap((each) => Object.keys(Object(each)))
      assert.deepEqual(names, ['t1', 'both', 'mine'])
      assert.ok(report.undeclared.some(({ path }) => path === 'mappings.dynamic_templates.t1'))
      await scene.hand.bulk(name, [{ tx: '10.0.0.1', bothx: 1 }])
      const properties = JSON.stringify((await scene.hand.index(name))?.mappings['properties'])
      assert.match(properties, /"tx":{"type":"ip"}/)
      assert.match(properties, /"bothx":{"type":"long"}/)
    })

    // OpenSearch has objects only.
    const itHasDots = version.startsWith('opensearch') ? undefined : it
    itHasDots?.('may make fields with dots of objects, which are as declared all the same', async () => {
      const [name, below] = [scene.name('i'), scene.name('i-below')]
      const put = (short: string, mappings: Json): Promise<unknown> =>
        scene.hand.must('PUT', `/_index_template/${scene.name(short)}`, {
          index_patterns: [scene.name(short)],
          priority: 901,
          template: { settings: { number_of_replicas: 0 }, mappings }
        })
      await put('i', { subobjects: false })
      await put('i-below', { properties: { o: { subobjects: false, properties: {} } } })
      const line = openLine(server, scene)
      const declare = (host: Json): void => {
        line.declare({
          indices: {
            [name]: { mappings: { properties: { host } } },
            [below]: { mappings: { properties: { 'o.host': host } } }
          }
        })
        line.take()
      }
      const fields = async (): Promise<readonly Json[]> => {
        const [one, other] = [await scene.hand.index(name), await scene.hand.index(below)]
        return [
          one?.mappings['properties'] ?? null,
          Object(one === undefined ? {} : other?.mappings['properties']).o.properties
        ]
      }
      declare({ properties: { name: { type: 'keyword' } } })
      for (const each of [name, below]) assert.deepEqual(told(await line.apply(), each), ['keep unchanged'])
      assert.deepEqual(line.takeWrites().toSorted(), [`PUT /${name}`, `PUT /${below}`])
      declare({
        dynamic: true,
        properties: {
          name: { type: 'keyword', ignore_above: 9 },
          'os.version': { type: 'ip' },
          geo: { type: 'object', properties: { at: { type: 'ip' } } }
        }
      })
      for (const each of [name, below]) assert.deepEqual(told(await line.apply(), each), ['keep unchanged'])
      assert.deepEqual(line.takeWrites().toSorted(), [`PUT /${below}/_mapping`, `PUT /${name}/_mapping`])
      const flat = {
        'host.geo.at': { type: 'ip' },
        'host.name': { type: 'keyword', ignore_above: 9 },
        'host.os.version': { type: 'ip' }
      }
      assert.deepEqual(await fields(), [flat, flat])

      declare({ properties: { tags: { type: 'nested', properties: { k: { type: 'keyword' } } } } })
      for (const each of [name, below])
        assert.match(told(await line.apply(), each).join(), /^hold held needs reindex: .*"subobjects": false/)
      assert.deepEqual(line.takeWrites(), [])
    })

    it('stays when a declared rule changes or comes, and goes under exact or where null says so', async () => {
      await putTemplate()
      const name = scene.name('i')
      const line = openLine(server, scene)
      const names = async (): Promise<readonly string[]> => {
        const list = (await scene.hand.index(name))?.mappings['dynamic_templates']
        return Array.isArray(list) ? list.flatMap((each) => Object.keys(Object(each))) : []
      }
      const declare = (list: readonly Json[], more: Readonly<Record<string, Json>> = {}): void =>
        line.declare({ indices: { [name]: { mappings: { dynamic_templates: list }, ...more } } })
      declare([{ mine: rule('m*', 'long') }])
      await line.apply()
      declare([{ first: rule('f*', 'ip') }, { mine: rule('mine*', 'long') }])
      assert.deepEqual(told(await line.apply(), name), ['keep unchanged'])
      assert.deepEqual(await names(), ['t1', 'both', 'first', 'mine'])
      declare([{ first: null }, { mine: rule('mine*', 'long') }])
      await line.apply()
      assert.deepEqual(await names(), ['t1', 'both', 'mine'])
      // What cannot be taken out of an index is held then.
      declare([{ mine: rule('mine*', 'long') }], { reconcile: { exact: true } })
      await line.apply()
      assert.deepEqual(await names(), ['mine'])
    })
  })
}
