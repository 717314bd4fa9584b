import assert from 'node:assert/strict'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { openKubernetes, type Kubernetes as Client } from '../../src/kubernetes/kubernetes.ts'
import { defaultPollMs } from '../../src/read/change-poller.ts'
import { startSidecar } from '../live/command-line.ts'
import { eventually } from '../live/eventually.ts'
import { repository } from '../manifests/build.ts'
import { rounds } from '../rounds.ts'
import { kubernetesTools } from '../servers/kubernetes-tools.ts'
import { startKubernetes, type Kubernetes } from '../servers/kubernetes.ts'
import { configMaps, grant, required, setConfigMap } from './api-config.ts'
import { kubernetesOrSkip } from './harness.ts'

const kills = rounds(3, 50)
/** For a reading and a cycle on a machine that is busy, on top of the wait for the reading. In ms. */
const reactionMs = 3_000
const namespace = 'kills'

describe('a sidecar that reads ConfigMaps through the API', function () {
  this.timeout(30 * 60_000)
  let server: Kubernetes | undefined
  let client: Client
  let home = ''
  let kubeconfig = ''

  before(async function () {
    await kubernetesOrSkip(this)
    const tools = await kubernetesTools()
    assert.ok('paths' in tools)
    // One of its own: the others go on using theirs.
    server = await startKubernetes(tools.paths)
    home = await mkdtemp(join(tmpdir(), 'infometis-kills-'))
    kubeconfig = await grant(server, namespace)
    process.env['KUBECONFIG'] = await server.kubeconfig()
    client = await openKubernetes()
    delete process.env['KUBECONFIG']
  })

  after(async () => {
    await server?.stop()
    await rm(home, { recursive: true, force: true })
  })

  const files = (content: string): Record<string, string> => ({ 'files.json': JSON.stringify({ shared: { content } }) })
  const servedBecomes = (content: string): Promise<void> =>
    eventually(async () => assert.equal(await readFile(join(home, 'shared'), 'utf8'), content), 60_000)

  async function declare(content: string): Promise<void> {
    const body = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: required, namespace }, data: files(content) }
    await client.core.replaceNamespacedConfigMap(
      { name: required, namespace, body },
      client.until(AbortSignal.timeout(30_000))
    )
  }

  it(`is never stale for longer than the poll interval after each of ${kills} kills of the API server`, async () => {
    const api = server ?? assert.fail('no server')
    const begin = (): Promise<void> => setConfigMap(api, namespace, required, { data: files('0') })
    // It may be gone since an attempt before this one.
    await begin().catch(() => api.apiServer.restart().then(begin))
    const env = {
      INFOMETIS_PLUGIN: join(repository, 'examples/directory/index.ts'),
      DIRECTORY_PATH: home,
      KUBECONFIG: kubeconfig,
      CONFIG_MAPS: configMaps,
      POD_NAMESPACE: namespace,
      // Too long to be what finds a change.
      RECONCILE_INTERVAL: '1h',
      LOG_FORMAT: 'json'
    }
    const sidecar = startSidecar('directory', { env })
    await servedBecomes('0')
    const took: number[] = []
    for (let turn = 1; turn <= kills; turn += 1) {
      await api.apiServer.kill()
      await api.apiServer.restart()
      const at = performance.now()
      await eventually(() => declare(String(turn)))
      await servedBecomes(String(turn))
      took.push(performance.now() - at)
    }
    const applied = sidecar.lines().filter(({ result, key }) => result === 'done' && key !== undefined)
    assert.equal(applied.length, kills + 1, 'every change is applied once')
    assert.ok(Math.max(...took) < defaultPollMs + reactionMs, took.map(Math.round).join(', '))
    assert.equal(await sidecar.stop(), 0)
  })
})
