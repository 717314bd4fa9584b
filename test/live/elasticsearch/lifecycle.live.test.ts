/**
 * Lifecycle policies and data streams on a real server that has been given their APIs by a plugin of ours: the parsers,
 * the cluster state and the answers are the server's own (test/servers/elasticsearch-plugin/README.md). On the nodes
 * that tests share this build lacks these APIs, and other tests show what that means.
 */
import assert from 'node:assert/strict'
import { z } from 'zod'
import type { Json } from '../../../src/records.ts'
import { conformance, type Subject } from '../../../src/testing/index.ts'
import { countedService } from './counted.ts'
import { Hand, nodeOrSkip, openScene, type ElasticsearchNode, type Scene } from './harness.ts'
import { type Line, openLine, told } from './line.ts'
import { policyExamples, refusedPolicies, type PolicyExample } from './policies.ts'

const users = z.array(z.string())
const live = z.object({
  version: z.int(),
  policy: z.json(),
  in_use_by: z.object({ indices: users, data_streams: users, composable_templates: users })
})
type Live = z.output<typeof live>
const livePolicies = z.record(z.string(), live)

const shown = z.object({ enabled: z.boolean(), data_retention: z.string().optional() })
const liveStreams = z.object({ data_streams: z.array(z.object({ lifecycle: shown.optional() })) })

describe('lifecycles on 9.4.3', function () {
  this.timeout(120_000)
  let node: ElasticsearchNode

  before(async function () {
    node = await nodeOrSkip(this, { version: '9.4.3', plugins: ['lifecycle'] })
  })

  after(() => node?.stop())

  const open = (path: string): Subject & { readonly hand: Hand } => {
    const hand = new Hand(node)
    const { service, asked } = countedService(node)
    return {
      hand,
      service,
      requests: () => asked.length,
      snapshot: () => hand.must('GET', path),
      stall: () => node.pause(),
      cleanup: async () => {
        node.resume()
        await hand.request('DELETE', '/_data_stream/conformance-*?expand_wildcards=all')
        await hand.clear('conformance-')
      }
    }
  }

  conformance({
    kind: 'lifecycle-policy',
    open: () => {
      const { hand, ...subject } = open('/_ilm/policy')
      const put = async (name: string): Promise<void> => {
        await hand.must('PUT', `/_ilm/policy/${name}`, {
          policy: { phases: { hot: { actions: { set_priority: { priority: 7 } } } } }
        })
      }
      return { ...subject, createByHand: put, changeByHand: put }
    },
    valid: {
      policy: {
        phases: {
          hot: {
            actions: { rollover: { max_age: '7d', max_primary_shard_size: '50gb' }, set_priority: { priority: 100 } }
          },
          warm: { min_age: '7d', actions: { shrink: { number_of_shards: 1 }, forcemerge: { max_num_segments: 1 } } }
        },
        _meta: { description: 'x' }
      }
    },
    changed: { policy: { phases: { hot: { actions: { set_priority: { priority: 50 } } } } } },
    bad: { item: { policy: { phases: { hot: { actions: { set_priority: { priority: -1 } } } } } } }
  })

  conformance({
    kind: 'data-stream',
    open: async () => {
      const { hand, ...subject } = open('/_data_stream?expand_wildcards=all')
      await hand.must('PUT', '/_index_template/conformance-streams', {
        index_patterns: ['conformance-*'],
        data_stream: {},
        template: { settings: { number_of_replicas: 0 } }
      })
      return {
        ...subject,
        createByHand: async (name) => void (await hand.must('PUT', `/_data_stream/${name}`)),
        changeByHand: async (name) =>
          void (await hand.must('PUT', `/_data_stream/${name}/_lifecycle`, { data_retention: '10d' }))
      }
    },
    valid: {
      lifecycle: { data_retention: '30d', enabled: true, downsampling: [{ after: '1d', fixed_interval: '1h' }] }
    },
    changed: { lifecycle: { data_retention: '60d' } },
    bad: { item: { lifecycle: { downsampling: [{ after: '1d', fixed_interval: '1m' }] } } },
    // Drift made by hand has no downsampling, and to bring it back replaces documents.
    policy: { hold: [] }
  })

  describe('a scene', () => {
    let scene: Scene
    let line: Line

    beforeEach(async () => {
      scene = await openScene(node)
      line = openLine(node, scene)
    })

    afterEach(() => scene.hand.clear(scene.prefix))

    const named = (examples: readonly PolicyExample[]): Readonly<Record<string, Json>> =>
      Object.fromEntries(examples.map(({ policy }, position) => [scene.name(`row-${position}`), { policy }]))

    /** Titles of examples of which something was said, with what was said. */
    const each = async (
      examples: readonly PolicyExample[],
      say: (name: string, example: PolicyExample) => Promise<readonly string[]>
    ): Promise<readonly string[]> => {
      const said = await Promise.all(
        examples.map(
          async (example, position) => [example.title, await say(scene.name(`row-${position}`), example)] as const
        )
      )
      return said.flatMap(([title, words]) => (words.length === 0 ? [] : [`${title}: ${words.join(', ')}`]))
    }

    it('keeps every policy the parser takes as it was declared', async () => {
      line.declare({ 'lifecycle-policies': named(policyExamples) })
      const first = await line.cycle()
      assert.deepEqual(
        await each(policyExamples, async (name) => told(first, name).filter((words) => words !== 'create done')),
        []
      )
      line.take()
      const second = await line.cycle()
      assert.deepEqual(
        await each(policyExamples, async (name) => told(second, name).filter((words) => words !== 'keep unchanged')),
        []
      )
      assert.deepEqual(line.takeWrites(), [])
      const { undeclared } = await line.plan()
      assert.deepEqual(undeclared, [])
    })

    it('refuses every policy the parser refuses, and none that it takes', async () => {
      line.declare({ 'lifecycle-policies': named(refusedPolicies) })
      const report = await line.cycle()
      assert.deepEqual(
        await each(refusedPolicies, async (name) =>
          told(report, name).filter((words) => !/^(create failed REJECTED|\w+ invalid)/.test(words))
        ),
        []
      )
      // By hand, too: nothing is refused here alone.
      const byHand = await each(refusedPolicies, async (name, { policy }) => {
        const { status } = await scene.hand.request('PUT', `/_ilm/policy/${name}`, { policy })
        return status === 400 ? [] : [`the server says ${status}`]
      })
      assert.deepEqual(byHand, [])
    })

    it("changes a policy others use, whose version, date and users are nobody's drift", async () => {
      const declare = (age: string, priority: number): void => {
        const phases = {
          hot: { actions: { rollover: { max_age: '7d' }, set_priority: { priority } } },
          delete: { min_age: age, actions: { delete: {} } }
        }
        line.declare({
          'lifecycle-policies': { [scene.name('p')]: { policy: { phases } } },
          'index-templates': {
            [scene.name('t')]: {
              index_patterns: [`${scene.name('stream')}*`],
              data_stream: {},
              template: { settings: { number_of_replicas: 0, 'lifecycle.name': scene.name('p') } }
            }
          },
          'data-streams': { [scene.name('stream')]: {} },
          indices: {
            [scene.name('i')]: {
              settings: { number_of_replicas: 0, 'lifecycle.name': scene.name('p'), 'lifecycle.rollover_alias': 'a' }
            }
          }
        })
      }
      const inForce = async (): Promise<Live> => {
        const found = livePolicies.parse(await scene.hand.must('GET', `/_ilm/policy/${scene.name('p')}`))[
          scene.name('p')
        ]
        assert.ok(found !== undefined)
        return found
      }
      declare('30d', 100)
      const created = await line.cycle()
      assert.equal(created.status, 'changed', JSON.stringify(created))
      const before = await inForce()
      assert.deepEqual(before.in_use_by.data_streams, [scene.name('stream')])
      assert.deepEqual(before.in_use_by.composable_templates, [scene.name('t')])
      assert.ok(before.in_use_by.indices.includes(scene.name('i')))
      line.take()
      assert.equal((await line.cycle()).status, 'in-sync')
      assert.deepEqual(line.takeWrites(), [])
      assert.deepEqual((await line.plan()).undeclared, [])

      declare('30d', 50)
      assert.deepEqual(told(await line.cycle(), scene.name('p')), ['update done'])
      assert.equal((await inForce()).version, before.version + 1)
      assert.equal((await line.cycle()).status, 'in-sync')

      declare('7d', 50)
      const held = await line.cycle()
      assert.deepEqual(told(held, scene.name('p')), [
        'hold held indices are deleted sooner: after 7d instead of 30d (policy.yaml: hold)'
      ])
      assert.equal((await inForce()).version, before.version + 1)
    })

    it('keeps what nobody declared of a policy, adds a phase without actions, and drops an action that is null', async () => {
      const name = scene.name('p')
      const warm = { min_age: '1d', actions: { readonly: {}, set_priority: { priority: null } } }
      await scene.hand.must('PUT', `/_ilm/policy/${name}`, {
        policy: { phases: { hot: { actions: { set_priority: { priority: 1 } } }, warm }, _meta: { by: 'hand' } }
      })
      line.declare({
        'lifecycle-policies': {
          [name]: { policy: { phases: { warm: { actions: { readonly: null } }, cold: { min_age: '2d' } } } }
        }
      })
      assert.deepEqual(told(await line.cycle(), name), ['update done'])
      const { policy } = livePolicies.parse(await scene.hand.must('GET', `/_ilm/policy/${name}`))[name] ?? {}
      assert.deepEqual(policy, {
        phases: {
          hot: { min_age: '0ms', actions: { set_priority: { priority: 1 } } },
          warm: { min_age: '1d', actions: { set_priority: { priority: null } } },
          cold: { min_age: '2d', actions: {} }
        },
        _meta: { by: 'hand', infometis: { owner: 'infometis' } }
      })
      assert.equal((await line.cycle()).status, 'in-sync')
    })

    describe('a data stream', () => {
      const declare = (lifecycle?: Json): void => {
        line.declare({
          'index-templates': {
            [scene.name('t')]: {
              index_patterns: [`${scene.name('')}s*`],
              data_stream: {},
              template: { settings: { number_of_replicas: 0 } }
            }
          },
          'data-streams': { [scene.name('s')]: lifecycle === undefined ? {} : { lifecycle } }
        })
      }
      const lifecycle = async (): Promise<z.output<typeof shown> | undefined> =>
        liveStreams.parse(await scene.hand.must('GET', `/_data_stream/${scene.name('s')}`)).data_streams[0]?.lifecycle

      const lifecycles: readonly Json[] = [
        {},
        { data_retention: '30d' },
        { data_retention: '720h', enabled: true },
        { data_retention: '7d', enabled: false },
        { data_retention: null, downsampling: null },
        { downsampling: [{ after: '1d', fixed_interval: '1h' }] },
        {
          data_retention: '90d',
          downsampling: [
            { after: '24h', fixed_interval: '60m' },
            { after: '7d', fixed_interval: '1d' }
          ]
        }
      ]
      for (const declared of lifecycles) {
        it(`keeps ${JSON.stringify(declared)} as it was declared`, async () => {
          declare(declared)
          assert.deepEqual(told(await line.cycle(), scene.name('s')), ['create done'])
          line.take()
          const second = await line.cycle()
          assert.deepEqual(told(second, scene.name('s')), ['keep unchanged'])
          assert.deepEqual(line.takeWrites(), [])
          assert.deepEqual((await line.plan()).undeclared, [])
        })
      }

      it('is held where documents would be deleted sooner, and changed where later', async () => {
        declare({ data_retention: '30d' })
        await line.cycle()
        declare({ data_retention: '7d' })
        assert.deepEqual(told(await line.cycle(), scene.name('s')), [
          'hold held documents are deleted after 7d, until now after 30d (policy.yaml: hold)'
        ])
        declare({ data_retention: '60d' })
        assert.deepEqual(told(await line.cycle(), scene.name('s')), ['update done'])
        declare({ data_retention: null })
        assert.deepEqual(told(await line.cycle(), scene.name('s')), ['update done'])
        assert.deepEqual(await lifecycle(), { enabled: true })
      })

      it('keeps a lifecycle nobody declares', async () => {
        declare()
        await line.cycle()
        await scene.hand.must('PUT', `/_data_stream/${scene.name('s')}/_lifecycle`, { data_retention: '9d' })
        const report = await line.cycle()
        assert.deepEqual(told(report, scene.name('s')), ['keep unchanged'])
        assert.deepEqual(
          report.undeclared.map(({ path, value }) => [path, value]),
          [['lifecycle.data_retention', '9d']]
        )
      })

      it('loses its downsampling and the method of it together', async () => {
        declare()
        await line.cycle()
        const byHand = {
          data_retention: '9d',
          downsampling: [{ after: '1d', fixed_interval: '1h' }],
          downsampling_method: 'last_value'
        }
        await scene.hand.must('PUT', `/_data_stream/${scene.name('s')}/_lifecycle`, byHand)
        declare({ data_retention: '10d' })
        assert.deepEqual(told(await line.cycle(), scene.name('s')), ['update done'])
        declare({ downsampling: null })
        assert.deepEqual(told(await line.cycle(), scene.name('s')), ['update done'])
        assert.equal((await line.cycle()).status, 'in-sync')
      })
    })
  })
})
