import assert from 'node:assert/strict'
import { stringify } from 'yaml'
import { z } from 'zod'
import * as elasticsearch from '../live/elasticsearch/harness.ts'
import { eventually } from '../live/eventually.ts'
import * as nifi from '../live/nifi/harness.ts'
import { Chain, serverWithFluxOrSkip } from './chain.ts'

describe('a commit of an index', function () {
  this.timeout(300_000)
  let node: elasticsearch.ElasticsearchNode | undefined
  let chain: Chain | undefined

  before(async function () {
    const server = await serverWithFluxOrSkip(this)
    node = await elasticsearch.nodeOrSkip(this)
    chain = await Chain.open(server, { service: 'elasticsearch', env: elasticsearch.variablesFor(node) })
  })

  after(async () => {
    await chain?.stop()
    await node?.stop()
  })

  it('reaches a real server, with all four maps of the volume, and so does the next one', async () => {
    const opened = chain ?? assert.fail('no chain')
    const { copy } = opened
    const hand = new elasticsearch.Hand(node ?? assert.fail('no node'))
    await copy.push('Declare the environment')
    await opened.startSidecar()
    await eventually(async () => assert.equal((await hand.index('products'))?.settings['index.refresh_interval'], '1s'), 120_000)
    await eventually(async () => assert.deepEqual(Object.keys(await hand.alias('catalogue')), ['products']), 120_000)
    assert.equal((await hand.index('orders'))?.settings['index.default_pipeline'], 'orders-received')
    await eventually(async () => assert.equal((await hand.request('GET', '/_index_template/audit')).status, 200))

    await copy.edit('environments/dev/elasticsearch-indices-override.yaml', (text) => text.replace('"refresh_interval": "1s"', '"refresh_interval": "7s"'))
    await copy.push('Refresh less often')
    await eventually(async () => assert.equal((await hand.index('products'))?.settings['index.refresh_interval'], '7s'), 120_000)
  })
})

describe('a commit of a flow', function () {
  this.timeout(600_000)
  let node: nifi.NifiNode | undefined
  let chain: Chain | undefined

  before(async function () {
    const server = await serverWithFluxOrSkip(this)
    node = await nifi.nodeOrSkip(this)
    const spec = { postBuild: { substitute: { level: 'info', now: 'substituted' } } }
    chain = await Chain.open(server, { service: 'nifi', env: nifi.variablesFor(node), spec })
  })

  after(async () => {
    await chain?.stop()
    await node?.stop()
  })

  it('reaches a real server with its ${...} as it was, though Flux substitutes variables elsewhere', async () => {
    const opened = chain ?? assert.fail('no chain')
    const server = node ?? assert.fail('no node')
    const hand = new nifi.Hand(server)
    await opened.copy.edit('environments/dev/nifi-reconciler-patch.yaml', (text) => text.replace('value: debug', 'value: ${level}'))
    await declareFlow(opened, { beat: expression })
    await opened.copy.push('Declare the environment')
    await opened.startSidecar()
    await beats(hand, server.root, { beat: expression })

    const deployment = await opened.kubectl('get', 'deployment', 'nifi-reconciler', '--output', 'jsonpath={.spec.template.spec.containers[0].env}')
    const variables = z.array(z.object({ name: z.string(), value: z.string().optional() })).parse(JSON.parse(deployment))
    assert.equal(variables.find(({ name }) => name === 'LOG_LEVEL')?.value, 'info', 'Flux does substitute')

    const next = { beat: expression, level: '${level} $${now}' }
    await declareFlow(opened, next)
    await opened.copy.push('Mark the level')
    await beats(hand, server.root, next)
  })
})

/** What Flux must leave alone: a call, a variable it knows, and one that is escaped. */
const expression = "${now():format('HH:mm:ss')}"

/** Replaces the flow by one whose generator gives every FlowFile these attributes; pushes nothing. */
function declareFlow({ copy }: Chain, attributes: Readonly<Record<string, string>>): Promise<void> {
  const processors = { gen: { type: 'GenerateFlowFile', every: '1 sec', properties: attributes }, log: { type: 'LogAttribute', terminate: ['success'] } }
  const flows = stringify({ heartbeat: { processors, connections: ['gen:success -> log'] } })
  const map = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'nifi-flows-desired' }, data: { 'flows.yaml': flows } }
  return copy.write('environments/dev/nifi-flows-override.yaml', stringify(map))
}

/** Waits until the processor `gen` of the flow runs with these properties. */
async function beats(hand: nifi.Hand, root: string, expected: Readonly<Record<string, string>>): Promise<void> {
  await eventually(async () => {
    const group = (await hand.groups(root)).find(({ name }) => name === 'heartbeat') ?? assert.fail('no flow yet')
    const gen = await hand.processor(group.id, 'gen')
    const found = Object.fromEntries(Object.keys(expected).map((key) => [key, gen.properties[key]]))
    assert.deepEqual({ ...found, state: gen.state, errors: gen.errors }, { ...expected, state: 'RUNNING', errors: [] })
  }, 180_000)
}
