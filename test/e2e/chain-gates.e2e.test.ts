import assert from 'node:assert/strict'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { parse } from 'yaml'
import { z } from 'zod'
import { eventually } from '../live/eventually.ts'
import type { Hand } from '../live/kafka/hand.ts'
import { repository } from '../manifests/build.ts'
import { rounds } from '../rounds.ts'
import type { Kubernetes } from '../servers/kubernetes.ts'
import { brokerOrSkip } from './broker.ts'
import { Chain, serverWithFluxOrSkip } from './chain.ts'
import { kubeconfigOfAccount } from './harness.ts'
import { RollOut } from './roll-out.ts'
import { declareTopics, overrideTopics, retention, topic } from './topics.ts'

/** How long Flux waits for what it has applied; then it tries again. It takes no less. */
const timeout = '30s'
const misspelt = `{\n  "${topic}": { "partitons": 2 }\n}\n`

describe('what Flux waits for', function () {
  this.timeout(300_000)
  let server: Kubernetes
  let chain: Chain | undefined
  let rollOut: RollOut | undefined
  let hand: Hand
  let bootstrap = ''
  let change = 0
  const open = (): Chain => chain ?? assert.fail('no chain')
  const rolled = (): RollOut => rollOut ?? assert.fail('no roll-out')

  before(async function () {
    server = await serverWithFluxOrSkip(this)
    const broker = await brokerOrSkip(this)
    hand = broker.hand
    bootstrap = broker.bootstrap
  })

  after(() => hand?.close())

  /** A chain whose environment has these components, and Kafka only; pushes nothing. */
  async function begin(components: readonly string[], spec: Readonly<Record<string, unknown>>): Promise<void> {
    const env = { KAFKA_BOOTSTRAP_SERVERS: bootstrap }
    chain = await Chain.open(server, { service: 'kafka', env, spec: { ...spec, timeout } })
    await chain.copy.edit('environments/dev/kustomization.yaml', (text) =>
      text
        .replace('patches:\n', `components:\n${components.map((path) => `- ${path}\n`).join('')}patches:\n`)
        .replace('images:\n', `${onlyKafka}images:\n`)
    )
  }

  async function end(): Promise<void> {
    try {
      await rollOut?.stop()
    } finally {
      await chain?.stop()
      chain = rollOut = undefined
    }
  }

  const retained = async (): Promise<string | null | undefined> =>
    (await hand.topics([topic])).get(topic)?.config['retention.ms']

  /** One more good change; gives the commit and what it asks for. */
  async function pushChange(): Promise<{ readonly commit: string; readonly value: string }> {
    const value = retention((change += 1))
    await declareTopics(open().copy, { config: { 'retention.ms': value } })
    return { commit: await open().copy.push(`Keep events for ${value} ms`), value }
  }

  describe('with a new pod for each change', () => {
    before(async () => {
      await begin(['../../manifests/components/hash-suffix'], { wait: true })
      rollOut = await RollOut.of(open())
      await open().untilApplied(await open().copy.push('Declare the environment'))
    })

    after(end)

    const topicsMap = (): string => rolled().newest.maps[0] ?? assert.fail('no ConfigMap is mounted')
    const waited = (): string =>
      rolled()
        .newest.verdicts.map(({ ready }) => `${ready.status} ${ready.message}`)
        .join('\n')

    it('is not ready before the new pod is, which begins when the old one has ended, on a map of its own', async () => {
      const [old, count] = [topicsMap(), rolled().rolls.length]
      const before = await open().kubectl('get', 'configmap', old, '--output', 'jsonpath={.data}')
      const { commit, value } = await pushChange()
      await open().untilApplied(commit)
      assert.equal(rolled().rolls.length, count + 1)
      assert.equal(await retained(), value, 'ready means that a first cycle was tried')
      assert.doesNotMatch(waited(), /^True/m)
      assert.match(waited(), /^Unknown /m)
      assert.notEqual(topicsMap(), old)
      assert.equal(
        await open().kubectl('get', 'configmap', old, '--output', 'jsonpath={.data}'),
        before,
        'it is kept for a pod that starts again'
      )
      const ended = rolled().rolls.at(-2)?.lines.at(-1) ?? assert.fail('nothing was logged')
      const [began] = await open().sidecar.lines()
      assert.equal(ended.message, 'kafka reconciler stopped')
      assert.ok(began && ended.timestamp <= began.timestamp, `${ended.timestamp}, then ${began?.timestamp}`)
    })

    it('is never ready with a configuration that cannot be used: it names the Deployment, the topic stays, and a revert heals', async () => {
      const { commit, value } = await pushChange()
      await open().untilApplied(commit)
      const good = topicsMap()
      await overrideTopics(open().copy, '{ broken')
      const { ready } = await open().untilRefused(await open().copy.push('Make a mistake'))
      assert.equal(ready.reason, 'HealthCheckFailed')
      assert.match(ready.message, new RegExp(`Deployment/${open().namespace}/kafka-reconciler status: 'InProgress'`))
      await open().sidecar.waitForLine(({ level, message }) => level === 'error' && message.includes('topics.json:1:'))
      assert.notEqual(topicsMap(), good)
      assert.equal(await retained(), value)
      const bad = rolled().newest
      await open().untilApplied(await open().copy.revert())
      assert.ok(!bad.isReady)
      assert.ok(bad.verdicts.length > 10 && bad.verdicts.every(({ ready: { status } }) => status !== 'True'))
      assert.equal(topicsMap(), good, 'the map that was kept')
      assert.equal(await retained(), value)
    })
  })

  describe('with the report and the expressions of docs/gitops/health.md', () => {
    before(async () => {
      const { components, spec } = await pageOnHealth()
      await begin(components, spec)
      rollOut = await RollOut.of(open(), async () => {
        const { namespace } = open()
        return {
          KUBECONFIG: await kubeconfigOfAccount(server, namespace, 'kafka-reconciler'),
          POD_NAMESPACE: namespace
        }
      })
      await open().untilApplied(await open().copy.push('Declare the environment'))
    })

    after(end)

    const statusOf = (name: string): Promise<string> =>
      open().kubectl('get', 'configmap', name, '--output', 'jsonpath={.metadata.annotations.infometis\\.io/status}')

    it('is ready when the service has what was committed, and not before', async () => {
      assert.equal(await statusOf('kafka-cluster-desired'), 'converged')
      for (let turn = 0; turn < rounds(1, 3); turn += 1) {
        const { commit, value } = await pushChange()
        await open().untilApplied(commit)
        assert.equal(await retained(), value)
        assert.equal(await statusOf('kafka-topics-desired'), 'converged')
      }
      assert.equal(rolled().rolls.length, 1, 'in the pod that runs')
    })

    const wrong = [
      { what: 'a configuration that is refused', text: '{ broken', status: /^refused: topics\.json:1:/ },
      { what: 'an item that is wrong', text: misspelt, status: /^invalid 1: .*topics\.json:2:\d+.*partitons/ }
    ]
    for (const { what, text, status } of wrong)
      it(`is not ready with ${what}: at once, with the reason on the ConfigMap, and a revert heals`, async () => {
        const { commit, value } = await pushChange()
        await open().untilApplied(commit)
        await overrideTopics(open().copy, text)
        const { ready } = await open().untilRefused(await open().copy.push('Make a mistake'))
        assert.equal(ready.reason, 'HealthCheckFailed')
        assert.match(ready.message, new RegExp(`ConfigMap/${open().namespace}/kafka-topics-desired status: 'Failed'`))
        assert.match(ready.message, /failed early/, 'it does not wait for what no time mends')
        assert.match(await statusOf('kafka-topics-desired'), status)
        assert.equal(await retained(), value)
        const verdicts = await verdictsUntilApplied(await open().copy.revert())
        assert.doesNotMatch(verdicts.join('\n'), /failed early/, 'what was wrong before is no answer to this commit')
        assert.equal(await statusOf('kafka-cluster-desired'), 'converged')
        assert.equal(await retained(), value)
      })

    /** What Flux says on the way of a commit. */
    async function verdictsUntilApplied(commit: string): Promise<readonly string[]> {
      const said: string[] = []
      await eventually(async () => {
        const { applied, attempted, ready } = await open().verdict()
        if (attempted?.endsWith(commit)) said.push(`${ready.status} ${ready.message}`)
        assert.ok(applied?.endsWith(commit), ready.message)
      }, 120_000)
      return said
    }
  })
})

/** Takes away what needs a service that does not run here; the components want the manifests of all of them. */
const onlyKafka = `- target:
    name: (elasticsearch|nifi).*
  patch: |
    $patch: delete
    apiVersion: v1
    kind: Any
    metadata:
      name: any
`

const environment = z.object({ components: z.array(z.string()) })
const applied = z.object({ spec: z.object({ wait: z.literal(true), healthCheckExprs: z.array(z.unknown()).min(1) }) })

/** The components of the environment and the gate of the Kustomization, as the page has them. */
async function pageOnHealth(): Promise<{
  readonly components: readonly string[]
  readonly spec: Readonly<Record<string, unknown>>
}> {
  const text = await readFile(join(repository, 'docs/gitops/health.md'), 'utf8')
  const [first = '', second = ''] = [...text.matchAll(/^```yaml\n(.*?)^```$/gms)].map(([, block = '']) => block)
  return { components: environment.parse(parse(first)).components, spec: applied.parse(parse(second)).spec }
}
