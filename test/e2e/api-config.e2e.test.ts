import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { openConfigMaps } from '../../src/kubernetes/open-config-maps.ts'
import { KubernetesConfigMaps } from '../../src/kubernetes/kubernetes-config-maps.ts'
import { openKubernetes } from '../../src/kubernetes/kubernetes.ts'
import { readSnapshot } from '../../src/read/snapshot.ts'
import { systemClock } from '../../src/time/clock.ts'
import { startSidecar, type LogRecord, type Sidecar } from '../live/command-line.ts'
import { eventually } from '../live/eventually.ts'
import { repository } from '../manifests/build.ts'
import { startMirror } from '../servers/configmap-mirror.ts'
import type { Kubernetes } from '../servers/kubernetes.ts'
import { configMaps, deleteConfigMap, grant, optional, required, setConfigMap } from './api-config.ts'
import { kubectlTo, kubernetesOrSkip } from './harness.ts'

const isFound = ({ message }: LogRecord): boolean => / found by /.test(message)

describe('ConfigMaps read through a real API server, with the rights the component grants', function () {
  this.timeout(180_000)
  let server: Kubernetes
  let home = ''
  let kubeconfig = ''
  let namespace = ''

  before(async function () {
    server = await kubernetesOrSkip(this)
    home = await mkdtemp(join(tmpdir(), 'infometis-api-config-'))
  })

  beforeEach(async () => {
    namespace = `api-config-${randomUUID().slice(0, 8)}`
    kubeconfig = await grant(server, namespace)
    process.env['KUBECONFIG'] = kubeconfig
    await mkdir(join(home, namespace))
  })

  afterEach(() => {
    delete process.env['KUBECONFIG']
  })

  after(() => rm(home, { recursive: true, force: true }))

  const set = (name: string, data: Readonly<Record<string, string>>): Promise<void> =>
    setConfigMap(server, namespace, name, { data })
  const files = (content: string): Record<string, string> => ({ 'files.json': JSON.stringify({ shared: { content } }) })
  const served = (): Promise<string> => readFile(join(home, namespace, 'shared'), 'utf8')
  const servedBecomes = (content: string): Promise<void> =>
    eventually(async () => assert.equal(await served(), content))

  function start(): Sidecar {
    return startSidecar('directory', {
      env: {
        INFOMETIS_PLUGIN: join(repository, 'examples/directory/index.ts'),
        DIRECTORY_PATH: join(home, namespace),
        KUBECONFIG: kubeconfig,
        CONFIG_MAPS: configMaps,
        POD_NAMESPACE: namespace,
        RECONCILE_INTERVAL: '2s',
        LOG_FORMAT: 'json'
      }
    })
  }

  const read = async () =>
    (
      await openConfigMaps(
        [
          { name: required, optional: false },
          { name: optional, optional: true }
        ],
        namespace,
        systemClock
      )
    ).source.read()

  it('are the files a volume of them has, whatever they hold and whichever is there', async () => {
    const mirrored = join(home, namespace, 'mirrored')
    await set(required, { 'files.json': '{"a": {"content": "ä"}}', 'files.uat.json': '{}', 'policy.yaml': '' })
    const mirror = await startMirror(await server.kubeconfig(), [
      { directory: mirrored, maps: [`${namespace}/${required}`, `${namespace}/${optional}?`] }
    ])
    try {
      const assertSame = (): Promise<void> =>
        eventually(async () => {
          const [mounted, found] = [await readSnapshot(mirrored), await read()]
          assert.deepEqual(
            [...found.files].map(([name, bytes]) => [name, Buffer.from(bytes)]),
            [...mounted.files].map(([name, bytes]) => [name, Buffer.from(bytes)])
          )
          assert.equal(found.digest, mounted.digest)
        })
      await assertSame()
      const before = (await read()).digest
      await setConfigMap(server, namespace, optional, {
        data: { 'files.uat.json': '{"b": null}', '.hidden': 'x' },
        binaryData: { 'flow.bin': 'AP+A' }
      })
      await assertSame()
      assert.notEqual((await read()).digest, before)
      assert.equal(Buffer.from((await read()).files.get('files.uat.json') ?? []).toString(), '{"b": null}')
      await deleteConfigMap(server, namespace, optional)
      await assertSame()
      assert.equal((await read()).digest, before)
    } finally {
      await mirror.stop()
    }
  })

  it('of nearly 1 MiB are read whole', async () => {
    const big = 'x'.repeat(1_040_000)
    await set(required, { 'files.json': big })
    assert.equal((await read()).files.get('files.json')?.byteLength, big.length)
  })

  it('may be read and watched by their names; other ones, lists and Secrets may not', async () => {
    await set(required, files('1'))
    await set('other', {})
    const client = new KubernetesConfigMaps(await openKubernetes(), namespace)
    const signal = AbortSignal.timeout(60_000)
    assert.deepEqual((await client.read(required, signal))?.data, files('1'))
    assert.equal(await client.read(optional, signal), undefined)
    await assert.rejects(client.read('other', signal), {
      code: 'NOT_PERMITTED',
      message: /^Kubernetes: configmaps "other" is forbidden: User "system:serviceaccount:/
    })
    const stop = new AbortController()
    const opened: string[] = []
    const watching = (name: string): Promise<void> =>
      client.watch(name, { onOpen: () => void opened.push(name), onChange: () => stop.abort() }, stop.signal)
    await assert.rejects(watching('other'), { code: 'NOT_PERMITTED' })
    await watching(required)
    assert.deepEqual(opened, [required])
    for (const what of [['configmaps'], ['configmap', 'other'], ['secrets'], ['secret', 'any']]) {
      await assert.rejects(
        kubectlTo(server, '--kubeconfig', kubeconfig, '--namespace', namespace, 'get', ...what),
        /Forbidden/
      )
    }
    for (const verb of ['list', 'watch', 'create', 'update', 'delete'])
      assert.equal(await mayDo(verb, 'configmaps'), 'no', verb)
    for (const verb of ['update', 'patch', 'delete'])
      assert.equal(await mayDo(verb, `configmaps/${required}`), 'no', verb)
    for (const verb of ['get', 'list', 'watch']) assert.equal(await mayDo(verb, 'secrets'), 'no', verb)
    assert.equal(await mayDo('get', `configmaps/${required}`), 'yes')
  })

  async function mayDo(verb: string, what: string): Promise<string> {
    const asked = kubectlTo(server, '--kubeconfig', kubeconfig, '--namespace', namespace, 'auth', 'can-i', verb, what)
    // It ends with 1 and says no where the answer is no.
    return asked.then((said) => said.trim()).catch(() => 'no')
  }

  it('say which right is missing', async () => {
    await set(required, files('1'))
    await kubectlTo(server, '--namespace', namespace, 'delete', 'rolebinding', `kafka-reconciler-config`)
    await assert.rejects(
      eventually(async () => assert.equal(await read().then(() => 'read'), 'denied'), 5_000),
      {
        code: 'CONFIG_MISSING',
        message: new RegExp(
          `^cannot read the ConfigMap "${namespace}/${required}": Kubernetes: configmaps "${required}" is forbidden: .*; expected the rights get and watch on it, as manifests/components/api-config grants them$`
        )
      }
    )
  })

  it('are in force a moment after every change, which is told and not only found', async () => {
    await set(required, files('0'))
    const sidecar = start()
    await servedBecomes('0')
    const took: number[] = []
    for (let turn = 1; turn <= 10; turn += 1) {
      await set(required, files(String(turn)))
      const at = performance.now()
      await servedBecomes(String(turn))
      took.push(performance.now() - at)
    }
    await set(optional, { 'files.uat.json': '{"shared": {"content": "layer"}}' })
    await servedBecomes('layer')
    // The first is found at the start, at the latest by the first poll.
    assert.deepEqual(
      sidecar
        .lines()
        .filter(isFound)
        .slice(1)
        .filter(({ foundBy }) => foundBy !== 'event'),
      []
    )
    assert.ok((took.toSorted((a, b) => a - b)[5] ?? 0) < 1_000, took.map(Math.round).join(', '))
    assert.equal(await sidecar.stop(), 0)
  })

  it('that are deleted leave the last good ones in force, and are found when they are made again', async () => {
    await set(required, files('kept'))
    const sidecar = start()
    await servedBecomes('kept')
    await deleteConfigMap(server, namespace, required)
    const line = await sidecar.waitForLine(({ message }) => message.includes('it does not exist'))
    assert.equal(
      line.message,
      `configuration cannot be read: cannot read the ConfigMap "${namespace}/${required}": it does not exist; still using the last good configuration`
    )
    await writeFile(join(home, namespace, 'shared'), 'drift')
    await servedBecomes('kept')
    await set(required, files('new'))
    await servedBecomes('new')
    assert.equal(await sidecar.stop(), 0)
  })

  it('that are not there yet are waited for', async () => {
    const sidecar = start()
    await sidecar.waitForLine(({ message }) =>
      message.includes(`"${namespace}/${required}": it does not exist; no previous configuration to fall back to`)
    )
    await set(required, files('late'))
    await servedBecomes('late')
    assert.equal(await sidecar.stop(), 0)
  })
})
