import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { startSidecar, type LogRecord, type Sidecar } from '../live/command-line.ts'
import { eventually } from '../live/eventually.ts'
import { repository } from '../manifests/build.ts'
import type { Kubernetes } from '../servers/kubernetes.ts'
import { kubectlTo, kubernetesOrSkip } from './harness.ts'

const leads = ({ message }: LogRecord): boolean => message.startsWith('leads: ')
const crashes = 20

describe('replicas of a sidecar with a Lease', function () {
  this.timeout(300_000)
  let server: Kubernetes
  let home = ''
  const namespace = `replicas-${randomUUID().slice(0, 8)}`
  const all: Sidecar[] = []

  before(async function () {
    server = await kubernetesOrSkip(this)
    await kubectlTo(server, 'create', 'namespace', namespace)
    home = await mkdtemp(join(tmpdir(), 'infometis-replicas-'))
    for (const folder of ['config', 'served']) await mkdir(join(home, folder))
  })

  after(async () => {
    for (const replica of all) replica.kill()
    await rm(home, { recursive: true, force: true })
  })

  async function start(): Promise<Sidecar> {
    const env = {
      INFOMETIS_PLUGIN: join(repository, 'examples/directory/index.ts'),
      DIRECTORY_PATH: join(home, 'served'),
      KUBECONFIG: await server.kubeconfig(),
      LEASE_NAME: 'reconciler',
      POD_NAMESPACE: namespace,
      RECONCILE_INTERVAL: '1s',
      LOG_FORMAT: 'json'
    }
    const replica = startSidecar('directory', { dir: join(home, 'config'), env })
    all.push(replica)
    return replica
  }

  const declare = (content: string): Promise<void> => writeFile(join(home, 'config/files.json'), JSON.stringify({ shared: { content } }))
  const served = (): Promise<string> => readFile(join(home, 'served/shared'), 'utf8')

  /** Every write any replica has reported, in the order of time. */
  const writes = (): readonly string[] =>
    all
      .flatMap((replica) => replica.lines())
      .filter(({ result, key }) => result === 'done' && key !== undefined)
      .toSorted((a, b) => a.timestamp.localeCompare(b.timestamp))
      .map(({ message }) => message)

  it(`apply every change exactly once over ${crashes} crashes of the leader, each followed within 5 s`, async () => {
    await declare('0')
    let leader = await start()
    await leader.waitForLine(leads)
    let follower = await start()
    await follower.waitForLine(({ message }) => message.startsWith('stands by: '))
    const took: number[] = []
    for (let turn = 1; turn <= crashes; turn += 1) {
      // What a process did not get to say before it was killed cannot be counted.
      await leader.waitForLine(({ message, result }) => result === 'done' && message.endsWith(turn === 1 ? '→ 0' : `${turn - 2} → ${turn - 1}`))
      leader.kill()
      const at = performance.now()
      await declare(String(turn))
      await follower.waitForLine(leads, { ms: 15_000 })
      took.push(performance.now() - at)
      leader = follower
      follower = await start()
    }
    await eventually(async () => assert.equal(await served(), String(crashes)))
    await leader.waitForLine(({ message }) => message.endsWith(`${crashes - 1} → ${crashes}`))
    assert.equal(writes().length, crashes + 1, writes().join('\n'))
    assert.ok(Math.max(...took) < 5_500, took.map(Math.round).join(', '))
  })

  it('hand over within a second at a clean stop, and end with 0', async () => {
    const leader = await start()
    await leader.waitForLine(leads)
    const follower = await start()
    await follower.waitForLine(({ message }) => message.startsWith('stands by: '))
    assert.equal(await leader.stop(), 0)
    const at = performance.now()
    await follower.waitForLine(leads)
    assert.ok(performance.now() - at < 1_500)
    assert.equal(await follower.stop(), 0)
  })
})
