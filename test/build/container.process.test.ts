import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { chmod, cp, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { root } from '../../build/bundle.ts'
import { eventually } from '../live/eventually.ts'
import { skipLoudly } from '../live/skip.ts'
import { clusterOrSkip } from '../reconcilers/kafka/adapters/harness.ts'
import { findCrun, startContainer, type Container } from '../servers/crun.ts'
import { freePort } from '../servers/ports.ts'
import { nodeOptions } from './dockerfile.ts'
import { layoutOf } from './layouts.ts'

const node = '/usr/local/bin/node'
/** What the manifests allow a pod. */
const memoryMiB = 256

describe('the files of an image, under the restrictions of the pod', function () {
  this.timeout(600_000)
  let dir = ''
  let kafkaConfig = ''
  let crun: { readonly path: string; readonly libraries: string }
  const running = new Set<Container>()

  before(async function () {
    const found = await findCrun()
    if ('missing' in found) skipLoudly(this, `containers cannot be run here: ${found.missing}`)
    crun = found
    dir = await mkdtemp(join(tmpdir(), 'infometis-pod-'))
    await chmod(dir, 0o755)
    await promisify(execFile)('sh', [join(root, 'build/node-root.sh'), process.execPath, join(dir, 'root')])
    kafkaConfig = await lay('kafka', { 'topics.json': '{}' })
  })
  after(async () => {
    for (const { child, ended } of running) {
      child.kill('SIGKILL')
      await ended
    }
    await rm(dir, { recursive: true, force: true })
  })

  /** All services lie one after the other in the one root. */
  const lay = async (service: string, files: Readonly<Record<string, string>>): Promise<string> => {
    await rm(join(dir, 'root/app'), { recursive: true, force: true })
    await cp((await layoutOf(service)).directory, join(dir, 'root'), { recursive: true })
    const config = join(dir, `config-${service}`)
    await mkdir(config)
    for (const [name, text] of Object.entries(files)) await writeFile(join(config, name), text)
    return config
  }

  const start = async (
    config: string,
    args: readonly string[],
    env: Readonly<Record<string, string>> = {}
  ): Promise<Container> => {
    const image = { PATH: '/usr/local/bin', NODE_ENV: 'production', NODE_OPTIONS: await nodeOptions() }
    const container = await startContainer(crun, {
      root: join(dir, 'root'),
      args: [node, ...args],
      env: { ...image, ...env },
      config,
      memoryMiB
    })
    running.add(container)
    void container.ended.then(() => running.delete(container))
    return container
  }
  const run = async (...args: Parameters<typeof start>): Promise<Awaited<Container['ended']>> =>
    (await start(...args)).ended

  it('are as restricted as the manifests say', async () => {
    const program = `
      const { readFileSync, writeFileSync, existsSync } = require('fs')
      const status = readFileSync('/proc/self/status', 'utf8')
      const refusal = (path) => { try { writeFileSync(path, '') } catch (error) { return error.code } return 'written' }
      console.log(JSON.stringify({
        uid: process.getuid(), pid: process.pid, named: existsSync('/etc/passwd'), shell: existsSync('/bin/sh'),
        capabilities: [...status.matchAll(/^Cap.*:\\s+(\\w+)$/gm)].map((found) => Number.parseInt(found[1], 16)),
        noNewPrivs: /NoNewPrivs:\\s+1/.test(status), root: refusal('/x'), app: refusal('/app/x'), config: refusal('/config/x'), tmp: refusal('/tmp/x'),
        memory: process.constrainedMemory() / 2 ** 20 }))`
    const { code, stdout, stderr } = await run(kafkaConfig, ['-e', program])
    assert.equal(code, 0, stderr)
    assert.deepEqual(JSON.parse(stdout), {
      uid: 10_001,
      pid: 1,
      named: false,
      shell: false,
      capabilities: [0, 0, 0, 0, 0],
      noNewPrivs: true,
      root: 'EROFS',
      app: 'EROFS',
      config: 'EROFS',
      tmp: 'ENOENT',
      memory: memoryMiB
    })
  })

  it('end with a message of Node when the heap grows without end, before the kernel ends them without one', async () => {
    const program = 'const kept = []; for (let n = 0; ; n += 1) kept.push({ n, text: `number ${n}` })'
    const { code, stderr } = await run(kafkaConfig, ['-e', program])
    assert.notEqual(code, 137, `killed; it had printed ${stderr}`)
    assert.match(stderr, /FATAL ERROR: .*JavaScript heap out of memory/, `ended with ${code}: ${stderr}`)
  })

  /** Waits for the end of the first cycle. It must have taken less memory than the project promises. */
  const firstCycle = async ({ peakMiB }: Container, port: string): Promise<void> => {
    await eventually(async () => assert.equal((await fetch(`http://127.0.0.1:${port}/readyz`)).status, 200), 120_000)
    const peak = await peakMiB()
    assert.ok(peak > 30 && peak < 110, `the first cycle took ${peak} MiB`)
  }

  /** As the kubelet would. */
  const end = async ({ child, ended }: Container): Promise<string> => {
    child.kill('SIGTERM')
    const { code, stdout, stderr } = await ended
    assert.equal(code, 0, stderr)
    return stdout
  }

  it('create a topic on a real broker, answer the probes, and end on SIGTERM', async function () {
    const cluster = await clusterOrSkip(this)
    try {
      await writeFile(join(kafkaConfig, 'topics.json'), JSON.stringify({ contained: { partitions: 3 } }))
      const port = String(await freePort())
      const variables = { KAFKA_BOOTSTRAP_SERVERS: cluster.bootstrap, HTTP_PORT: port }
      const container = await start(kafkaConfig, ['/app/reconcilers/kafka/main.js'], variables)
      await firstCycle(container, port)
      const metrics = await (await fetch(`http://127.0.0.1:${port}/metrics`)).text()
      assert.match(metrics, /infometis_items\{[^}]*state="(?:in-sync|changed)"[^}]*\} 1/)
      assert.match(await end(container), /kafka\/topic\/contained created/)
      const seen = await run(kafkaConfig, ['/app/src/cli/main.js', 'diff', 'kafka', '--config', '/config'], variables)
      assert.equal(seen.code, 0, seen.stdout + seen.stderr)
    } finally {
      await cluster.stop()
    }
  })

  for (const [service, variable, file] of [
    ['elasticsearch', 'ELASTICSEARCH_URL', 'indices.json'],
    ['nifi', 'NIFI_URL', 'flows.json']
  ] as const) {
    it(`of ${service} say their version, and are ready and alive where nothing answers`, async () => {
      const config = await lay(service, { [file]: '{}' })
      const port = String(await freePort())
      const container = await start(config, [`/app/reconcilers/${service}/main.js`], {
        [variable]: `http://127.0.0.1:${await freePort()}`,
        HTTP_PORT: port
      })
      await firstCycle(container, port)
      assert.equal((await fetch(`http://127.0.0.1:${port}/healthz`)).status, 200)
      const printed = await end(container)
      assert.match(
        printed.split('\n')[0] ?? '',
        new RegExp(`${service} reconciler \\d+\\.\\d+\\.\\d+\\+0123456789ab watching `)
      )
      assert.match(printed, /blind/)
    })
  }
})
