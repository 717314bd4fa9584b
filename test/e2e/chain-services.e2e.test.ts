import assert from 'node:assert/strict'
import { z } from 'zod'
import type { Kubernetes } from '../servers/kubernetes.ts'
import * as elasticsearch from '../live/elasticsearch/harness.ts'
import { eventually } from '../live/eventually.ts'
import * as nifi from '../live/nifi/harness.ts'
import { Chain, serverWithFluxOrSkip } from './chain.ts'

describe('a commit', function () {
  this.timeout(600_000)
  let server: Kubernetes
  let indices: elasticsearch.ElasticsearchNode | undefined
  let flows: nifi.NifiNode | undefined

  before(async function () {
    server = await serverWithFluxOrSkip(this)
    const starting = [
      elasticsearch.nodeOrSkip(this).then((node) => (indices = node)),
      nifi.nodeOrSkip(this).then((node) => (flows = node))
    ]
    // Where one cannot be had, the other one is there to be stopped.
    await Promise.allSettled(starting)
    await Promise.all(starting)
  })

  after(() => Promise.all([indices?.stop(), flows?.stop()]))

  describe('of an index', () => {
    let chain: Chain | undefined

    after(() => Promise.all([chain?.stop(), indices?.stop()]))

    it('reaches a real server, with all four maps of the volume, and so does the next one', async () => {
      const node = indices ?? assert.fail('no node')
      const hand = new elasticsearch.Hand(node)
      // Of an attempt before this one.
      await chain?.stop()
      chain = await Chain.open(server, { service: 'elasticsearch', env: elasticsearch.variablesFor(node) })
      const { copy } = chain
      await copy.push('Declare the environment')
      await chain.startSidecar()
      await eventually(
        async () => assert.equal((await hand.index('products'))?.settings['index.refresh_interval'], '1s'),
        120_000
      )
      await eventually(async () => assert.deepEqual(Object.keys(await hand.alias('catalogue')), ['products']), 120_000)
      assert.equal((await hand.index('orders'))?.settings['index.default_pipeline'], 'orders-received')
      await eventually(async () => assert.equal((await hand.request('GET', '/_index_template/audit')).status, 200))

      const slower = (text: string) => text.replace('"refresh_interval": "1s"', '"refresh_interval": "7s"')
      await copy.edit('environments/dev/elasticsearch-indices-override.yaml', slower)
      await copy.push('Refresh less often')
      await eventually(
        async () => assert.equal((await hand.index('products'))?.settings['index.refresh_interval'], '7s'),
        120_000
      )
    })
  })

  describe('of a flow', () => {
    let chain: Chain | undefined

    after(() => Promise.all([chain?.stop(), flows?.stop()]))

    it('reaches a real server with its ${...} as it was, though Flux substitutes variables elsewhere', async () => {
      const node = flows ?? assert.fail('no node')
      // Names of the flow's own expressions: what Flux would put in for them were it not told to leave them alone.
      const spec = { postBuild: { substitute: { level: 'info', now: 'substituted' } } }
      await chain?.stop()
      chain = await Chain.open(server, { service: 'nifi', env: nifi.variablesFor(node), spec })
      const { copy } = chain
      await copy.edit('environments/dev/nifi-reconciler-patch.yaml', (text) =>
        text.replace('value: debug', 'value: ${level}')
      )
      await copy.push('Declare the environment')
      const sidecar = await chain.startSidecar()
      await beats(node, { beat: expression })
      await sidecar.waitForLine(({ status }) => status === 'in-sync', { ms: 120_000 })

      const path = 'jsonpath={.spec.template.spec.containers[0].env}'
      const deployment = await chain.kubectl('get', 'deployment', 'nifi-reconciler', '--output', path)
      const variables = z
        .array(z.object({ name: z.string(), value: z.string().optional() }))
        .parse(JSON.parse(deployment))
      assert.equal(variables.find(({ name }) => name === 'LOG_LEVEL')?.value, 'info', 'Flux does substitute')

      const marked = (text: string) =>
        text.replace(/^( *)beat: .*$/m, (line, indent: string) => `${line}\n${indent}level: "${level}"`)
      await copy.edit('environments/dev/nifi-flows-override.yaml', marked)
      await copy.push('Mark the level')
      await beats(node, { beat: expression, level })
    })
  })
})

/** What the flow of the project marks a FlowFile with: a call. */
const expression = "${now():format('HH:mm:ss')}"

/** A variable that Flux knows, and one that is escaped. */
const level = '${level} $${now}'

/** Waits until the processor `mark` of the flow runs with these properties. */
async function beats(node: nifi.NifiNode, expected: Readonly<Record<string, string>>): Promise<void> {
  const hand = new nifi.Hand(node)
  await eventually(async () => {
    const group = (await hand.groups(node.root)).find(({ name }) => name === 'heartbeat') ?? assert.fail('no flow yet')
    const { properties, state, validation, errors } = await hand.processor(group.id, 'mark')
    assert.deepEqual({ state, validation, errors }, { state: 'RUNNING', validation: 'VALID', errors: [] })
    assert.partialDeepStrictEqual(properties, expected)
  }, 180_000)
}
