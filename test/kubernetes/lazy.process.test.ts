import assert from 'node:assert/strict'
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { startSidecar } from '../live/command-line.ts'
import { repository } from '../manifests/build.ts'

/** Says on stderr when the client library of Kubernetes is asked for. */
const hook = `import { registerHooks } from 'node:module'
registerHooks({ resolve: (specifier, context, next) => {
  if (specifier.startsWith('@kubernetes/')) process.stderr.write('asked for ' + specifier)
  return next(specifier, context)
} })`

const kubeconfig = JSON.stringify({
  apiVersion: 'v1',
  kind: 'Config',
  'current-context': 'c',
  clusters: [{ name: 'c', cluster: { server: 'https://127.0.0.1:1' } }],
  contexts: [{ name: 'c', context: { cluster: 'c', user: 'u' } }],
  users: [{ name: 'u', user: { token: 'none' } }]
})

describe('the client library of Kubernetes', function () {
  this.timeout(120_000)
  let home = ''

  before(async () => {
    home = await mkdtemp(join(tmpdir(), 'infometis-lazy-'))
    for (const folder of ['config', 'served']) await mkdir(join(home, folder))
    await writeFile(join(home, 'config/files.json'), '{"shared":{"content":"one"}}')
    await writeFile(join(home, 'kubeconfig'), kubeconfig)
    await writeFile(join(home, 'hook.mjs'), hook)
  })

  after(() => rm(home, { recursive: true, force: true }))

  /** What a sidecar asked for until it had finished a cycle and was stopped. */
  async function askedFor(more: Readonly<Record<string, string>>): Promise<boolean> {
    const env = {
      INFOMETIS_PLUGIN: join(repository, 'examples/directory/index.ts'),
      DIRECTORY_PATH: join(home, 'served'),
      KUBECONFIG: join(home, 'kubeconfig'),
      NODE_OPTIONS: `--import=${join(home, 'hook.mjs')}`,
      POD_NAMESPACE: 'here',
      RECONCILE_INTERVAL: '1s',
      LOG_FORMAT: 'json',
      ...more
    }
    const sidecar = startSidecar('directory', { dir: join(home, 'config'), env })
    await sidecar.waitForLine(({ status }) => status === 'in-sync', { ms: 60_000 })
    assert.equal(await sidecar.stop(), 0)
    return sidecar.output().includes('asked for @kubernetes/client-node')
  }

  it('is not loaded when nothing of the cluster is asked for, though there is one', async () => {
    assert.equal(await askedFor({}), false)
    assert.equal(await askedFor({ KUBERNETES_EVENTS: 'off', POD_NAME: 'pod' }), false)
  })

  it('is loaded for events and for the report, and a cluster that is away keeps nobody from reconciling', async () => {
    assert.equal(await askedFor({ KUBERNETES_EVENTS: 'on', POD_NAME: 'pod' }), true)
    assert.equal(await askedFor({ REPORT_CONFIG_MAPS: 'one,two' }), true)
  })
})
