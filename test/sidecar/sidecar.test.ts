/**
 * The sidecar, from its start to its end.
 */
import assert from 'node:assert/strict'
import { once } from 'node:events'
import { createServer } from 'node:net'
import { runContainer } from '../../src/sidecar/container.ts'
import { ReconcileError } from '../../src/errors.ts'
import { ApiServer } from '../kubernetes/api-server.ts'
import { Bench } from '../cli/bench.ts'
import { plugin } from '../cli/fake-plugin.ts'
import type { TestHost, TestHostOptions } from './test-host.ts'

/** A line of the log. */
interface Line {
  readonly level: string
  readonly message: string
  readonly status?: string
}

const linesOf = ({ out }: TestHost): readonly Line[] =>
  out.split('\n').flatMap((line): Line[] => (line === '' ? [] : [JSON.parse(line)]))
const messagesOf = (host: TestHost): readonly string[] => linesOf(host).map(({ message }) => message)

describe('the sidecar', () => {
  let bench: Bench

  beforeEach(async () => {
    bench = await Bench.open()
    await bench.declare({ 'queues.json': '{"a": {"size": 2}}' })
  })

  afterEach(() => bench.close())

  const hostOf = (variables: Readonly<Record<string, string>> = {}, options: TestHostOptions = {}): TestHost =>
    bench.host({ variables: { HTTP_PORT: 'off', LOG_FORMAT: 'json', ...variables }, ...options })

  /** Waits for cycles that ended in this state. */
  const seen = (host: TestHost, status: string): Promise<void> =>
    host.until(() => linesOf(host).some((line) => line.status === status))

  it('reconciles, sees that it is done, and ends with 0 at SIGTERM and SIGINT', async () => {
    for (const name of ['SIGTERM', 'SIGINT'] as const) {
      const host = hostOf()
      const running = bench.run(host, 'run', 'fake')
      await seen(host, 'in-sync')
      host.kill(name)
      assert.equal(await running, 0)
      const [first, ...rest] = messagesOf(host)
      assert.match(
        first ?? '',
        /^fake reconciler \d+\.\d+\.\d+ watching .*infometis-verbs-\w+, reconciling every 30 s$/
      )
      assert.deepEqual(rest.slice(-2), [`${name}: finishing in-flight work`, 'fake reconciler stopped'])
      assert.deepEqual([host.exitCode, host.err, host.listeners], [undefined, '', 0])
    }
    assert.deepEqual(bench.server.get('queue', 'a')?.fields.get('size'), 2)
  })

  it('repairs what differs within its interval, and applies a new configuration at once', async () => {
    const host = hostOf()
    const running = bench.run(host, 'run', 'fake', '--interval', '1s')
    await seen(host, 'in-sync')
    bench.server.put('queue', 'a', { size: 1 })
    await host.until(() => bench.server.get('queue', 'a')?.fields.get('size') === 2)
    await bench.declare({ 'queues.json': '{"a": {"size": 2}, "b": {}}' })
    await host.until(() => bench.server.get('queue', 'b') !== undefined)
    host.kill()
    assert.equal(await running, 0)
  })

  it('stays when it cannot look, and says why', async () => {
    bench.server.failCalls('observe', new ReconcileError('UNAVAILABLE', 'starting'), 2)
    const host = hostOf({ RECONCILE_INTERVAL: '1s' })
    const running = bench.run(host, 'run', 'fake')
    await seen(host, 'blind')
    await seen(host, 'in-sync')
    host.kill()
    assert.equal(await running, 0)
    assert.match(messagesOf(host).join('\n'), /^fake blind in .*; starting \(UNAVAILABLE\)\./m)
  })

  it('logs text on a terminal, and names the ConfigMap that is mounted', async () => {
    const host = hostOf({ LOG_FORMAT: 'auto', CONFIG_MAP_NAME: 'queues-desired' }, { isTerminal: true })
    const running = bench.run(host, 'run', 'fake')
    await host.until(() => host.out.includes('fake in-sync'))
    host.kill()
    assert.equal(await running, 0)
    assert.match(
      host.out,
      /^\S+Z ► fake reconciler .* watching .* \(ConfigMap queues-desired\), reconciling every 30 s$/m
    )
  })

  describe('that stops', () => {
    /** With a write that does not end before its deadline. */
    const stuck = async (
      variables: Readonly<Record<string, string>> = {}
    ): Promise<{ readonly host: TestHost; readonly running: Promise<number> }> => {
      bench.server.hangCalls('create')
      const host = hostOf({ CYCLE_TIMEOUT: '400ms', SHUTDOWN_GRACE: '1h', ...variables })
      const running = bench.run(host, 'run', 'fake')
      await host.until(() => bench.server.count('create') > 0)
      host.kill()
      await host.until(() => messagesOf(host).includes('SIGTERM: finishing in-flight work'))
      return { host, running }
    }

    it('finishes what it has begun', async () => {
      const { host, running } = await stuck()
      assert.equal(await running, 0)
      assert.equal(host.exitCode, undefined)
    }).timeout(10_000)

    it('ends at once with 1 at a second signal', async () => {
      const { host, running } = await stuck()
      host.kill('SIGINT')
      assert.equal(host.exitCode, 1)
      assert.match(messagesOf(host).at(-1) ?? '', /^stopped at once: second signal \(SIGINT\)$/)
      await running
    }).timeout(10_000)

    it('ends at once with 1 when the work takes longer than the grace period', async () => {
      const { host, running } = await stuck({ CYCLE_TIMEOUT: '3s', SHUTDOWN_GRACE: '100ms' })
      await host.until(() => host.exitCode !== undefined)
      assert.equal(host.exitCode, 1)
      assert.match(messagesOf(host).at(-1) ?? '', /^stopped at once: in-flight work took longer than 100 ms$/)
      await running
    }).timeout(10_000)
  })

  describe('over HTTP', () => {
    const portOf = (host: TestHost): string =>
      /probes and metrics on port (\d+)/.exec(messagesOf(host).join('\n'))?.[1] ?? assert.fail('no port')

    it('answers probes and shows metrics until it stops', async () => {
      const host = hostOf({ HTTP_PORT: '0' })
      const running = bench.run(host, 'run', 'fake')
      await seen(host, 'in-sync')
      const get = (path: string): Promise<Response> => fetch(`http://127.0.0.1:${portOf(host)}${path}`)
      assert.deepEqual([(await get('/healthz')).status, (await get('/readyz')).status], [200, 200])
      const metrics = await (await get('/metrics')).text()
      assert.match(metrics, /^infometis_items\{kind="queue",state="in-sync",service="fake"\} 1$/m)
      assert.match(metrics, /^infometis_config_valid\{service="fake"\} 1$/m)
      host.kill()
      assert.equal(await running, 0)
      await assert.rejects(get('/healthz'))
    })

    it('does not start when its port is taken or is none, and leaves nothing behind', async () => {
      const holder = createServer().listen(0)
      await once(holder, 'listening')
      const address = holder.address()
      const port = typeof address === 'object' && address !== null ? String(address.port) : ''
      for (const [value, expected] of [
        [port, 'expected a port that is free'],
        ['http', 'expected a whole number from 0 to 65535']
      ] as const) {
        const host = hostOf({ HTTP_PORT: value })
        assert.equal(await bench.run(host, 'run', 'fake'), 2)
        assert.match(host.err, new RegExp(`HTTP_PORT: ${expected}`))
        assert.equal(host.listeners, 0)
      }
      holder.close()
    })
  })

  describe('in a cluster', () => {
    let api: ApiServer

    before(async () => {
      api = await ApiServer.start()
    })

    after(() => api.stop())

    it('reads its ConfigMaps through the API when CONFIG_MAPS names them', async () => {
      api.applyConfigMap('queues-desired', { 'queues.json': '{"from-the-api": {}}' })
      const host = hostOf({ CONFIG_DIR: '', CONFIG_MAPS: 'queues-desired,more?', POD_NAMESPACE: api.namespace })
      await api.within(async () => {
        const running = bench.run(host, 'run', 'fake')
        await seen(host, 'in-sync')
        host.kill()
        assert.equal(await running, 0)
      })
      assert.match(messagesOf(host)[0] ?? '', /watching ConfigMaps queues-desired, more of namespace here,/)
      assert.ok(bench.server.get('queue', 'from-the-api') !== undefined)
    })

    it('writes Events and a report when it is configured to, the last of them when it stops', async () => {
      api.applyConfigMap('reported', { 'queues.json': '{"a": {"size": 2}}' })
      const host = hostOf({
        KUBERNETES_EVENTS: 'on',
        POD_NAME: 'pod-0',
        REPORT_CONFIG_MAPS: 'reported',
        POD_NAMESPACE: api.namespace
      })
      await api.within(async () => {
        const running = bench.run(host, 'run', 'fake')
        const annotations = (): unknown =>
          api.all('configmaps').find(({ metadata }) => metadata.name === 'reported')?.metadata.annotations
        await host.until(() => JSON.stringify(annotations() ?? {}).includes('converged'))
        host.kill()
        assert.equal(await running, 0)
      })
      const reasons = api.all('events').map(({ reason }) => reason)
      assert.deepEqual(reasons, ['ConfigurationAccepted', 'Created'])
    })

    it('reconciles only while it leads, when replicas elect one', async () => {
      const host = hostOf({ LEASE_NAME: 'leader', POD_NAMESPACE: api.namespace, HTTP_PORT: '0' })
      api.answer({
        method: 'POST',
        path: '/apis/coordination.k8s.io/v1/namespaces/here/leases',
        query: '',
        headers: {},
        body: '{"metadata": {"name": "leader"}, "spec": {"holderIdentity": ""}}'
      })
      await api.within(async () => {
        const running = bench.run(host, 'run', 'fake')
        await seen(host, 'in-sync')
        host.kill()
        assert.equal(await running, 0)
      })
      assert.ok(messagesOf(host).includes('became leader'))
      const { spec } = api.all('leases').find(({ metadata }) => metadata.name === 'leader') ?? assert.fail('no lease')
      assert.equal(Object(spec).holderIdentity, '')
    }).timeout(10_000)

    it('that is on standby asks the service nothing, and stops at once', async () => {
      const held = { metadata: { name: 'held' }, spec: { holderIdentity: 'another', leaseDurationSeconds: 3_600 } }
      api.answer({
        method: 'POST',
        path: '/apis/coordination.k8s.io/v1/namespaces/here/leases',
        query: '',
        headers: {},
        body: JSON.stringify(held)
      })
      const host = hostOf({ LEASE_NAME: 'held', POD_NAMESPACE: api.namespace })
      await api.within(async () => {
        const running = bench.run(host, 'run', 'fake')
        await host.until(() => messagesOf(host).includes('standby: "another" is the leader'))
        host.kill()
        assert.equal(await running, 0)
      })
      assert.deepEqual(bench.server.calls, [])
    })

    it('does not start when a variable about the cluster is wrong', async () => {
      const wrong: readonly (readonly [Readonly<Record<string, string>>, RegExp])[] = [
        [
          { KUBERNETES_EVENTS: 'on' },
          /POD_NAME: expected the name of the pod that KUBERNETES_EVENTS are about, or a CONFIG_MAP_NAME, it is not set/
        ],
        [{ KUBERNETES_EVENTS: 'maybe' }, /KUBERNETES_EVENTS: expected one of on, off, found "maybe"/],
        [{ REPORT_CONFIG_MAPS: 'a,,b' }, /REPORT_CONFIG_MAPS: expected names of ConfigMaps/],
        [
          { KUBERNETES_EVENTS: 'on', CONFIG_MAP_NAME: 'queues' },
          /POD_NAMESPACE: expected the namespace of the events and reports/
        ],
        [{ CONFIG_MAPS: 'a' }, /CONFIG_MAPS: expected either CONFIG_MAPS or a directory/],
        [{ LEASE_NAME: 'leader' }, /POD_NAMESPACE: expected the namespace of the Lease/]
      ]
      for (const [variables, message] of wrong) {
        const host = hostOf(variables)
        assert.equal(await bench.run(host, 'run', 'fake'), 2)
        assert.match(host.err, message)
        assert.equal(host.listeners, 0)
      }
    })
  })
})

describe('a container', () => {
  let bench: Bench

  beforeEach(async () => {
    bench = await Bench.open()
  })

  afterEach(() => bench.close())

  it('runs the sidecar as its variables say', async () => {
    await bench.declare({ 'queues.json': '{"a": {}}' })
    const host = bench.host({ variables: { HTTP_PORT: 'off' } })
    const running = runContainer(plugin, host)
    await host.until(() => host.out.includes('fake in-sync'))
    host.kill()
    assert.equal(await running, 0)
  })

  it('says why it cannot start on stderr, and ends with 2', async () => {
    const host = bench.host({ variables: { RECONCILE_INTERVAL: 'often' } })
    assert.equal(await runContainer(plugin, host), 2)
    assert.match(
      host.err,
      /✗ RECONCILE_INTERVAL: expected a duration with a unit.*found "often".*\n {2}VARIABLE_INVALID: /
    )
    assert.equal(host.out, '')
  })
})
