import assert from 'node:assert/strict'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { stringify } from 'yaml'
import { KubernetesConfigMaps } from '../../src/kubernetes/kubernetes-config-maps.ts'
import { openKubernetes } from '../../src/kubernetes/kubernetes.ts'

type Answer = (response: ServerResponse, request: IncomingMessage) => void

/** What an API server does to watches that a real one cannot be made to do at will. */
describe('a watch of a ConfigMap', () => {
  let server: Server
  let home = ''
  let configMaps: KubernetesConfigMaps
  let answer: Answer = (response) => response.end()
  let asked: string[] = []
  let told: string[] = []

  before(async () => {
    server = createServer((request, response) => {
      asked.push(request.url ?? '')
      answer(response, request)
    })
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    home = await mkdtemp(join(tmpdir(), 'infometis-watch-'))
    const file = join(home, 'kubeconfig')
    await writeFile(file, kubeconfigOf(server.address()))
    process.env['KUBECONFIG'] = file
    configMaps = new KubernetesConfigMaps(await openKubernetes(), 'shop')
    delete process.env['KUBECONFIG']
  })

  after(async () => {
    server.closeAllConnections()
    await new Promise((resolve) => server.close(resolve))
    await rm(home, { recursive: true, force: true })
  })

  beforeEach(() => {
    asked = []
    told = []
  })

  function kubeconfigOf(address: AddressInfo | string | null): string {
    assert.ok(typeof address === 'object' && address !== null)
    return stringify({
      apiVersion: 'v1',
      kind: 'Config',
      clusters: [
        { name: 'fake', cluster: { server: `http://127.0.0.1:${address.port}`, 'insecure-skip-tls-verify': true } }
      ],
      users: [{ name: 'fake', user: { token: 't' } }],
      contexts: [{ name: 'fake', context: { cluster: 'fake', user: 'fake' } }],
      'current-context': 'fake'
    })
  }

  const watch = (signal = AbortSignal.timeout(15_000)): Promise<void> =>
    configMaps.watch(
      'topics',
      { onOpen: () => void told.push('open'), onChange: () => void told.push('change') },
      signal
    )

  /** Sends the lines, waits until they must have been read, and then does the rest. */
  const sends =
    (lines: readonly unknown[], rest: Answer): Answer =>
    (response, request) => {
      response.writeHead(200, { 'Content-Type': 'application/json' })
      response.write(lines.map((line) => `${JSON.stringify(line)}\n`).join('') || '\n')
      setTimeout(() => rest(response, request), 200)
    }
  const added = { type: 'ADDED', object: { kind: 'ConfigMap', metadata: { name: 'topics', resourceVersion: '7' } } }
  const error = (code: number, message: string) => ({
    type: 'ERROR',
    object: { kind: 'Status', status: 'Failure', code, message }
  })

  it('selects the one name, and begins at no version', async () => {
    answer = sends([], (response) => response.end())
    await watch()
    assert.deepEqual(asked, ['/api/v1/namespaces/shop/configmaps?watch=true&fieldSelector=metadata.name%3Dtopics'])
  })

  it('tells that it is open and every change, and ends when the server ends it', async () => {
    answer = sends([added, { ...added, type: 'MODIFIED' }, { ...added, type: 'DELETED' }], (response) => response.end())
    await watch()
    assert.deepEqual(told.toSorted(), ['change', 'change', 'change', 'open'])
  })

  it('whose version is too old (410) ends as any other', async () => {
    answer = sends([added, error(410, 'too old resource version: 1 (7)')], () => undefined)
    await watch()
    assert.deepEqual(told.toSorted(), ['change', 'open'])
  })

  it('that the server gives up fails with its words, and is closed', async () => {
    const closed = Promise.withResolvers<void>()
    answer = (response, request) => {
      request.socket.once('close', () => closed.resolve())
      sends([error(500, 'etcdserver: leader changed')], () => undefined)(response, request)
    }
    await assert.rejects(watch(), { code: 'UNAVAILABLE', message: 'Kubernetes: etcdserver: leader changed' })
    await closed.promise
  })

  it('that is refused fails, and never was open', async () => {
    for (const [status, code] of [
      [403, 'NOT_PERMITTED'],
      [401, 'AUTHENTICATION'],
      [500, 'UNAVAILABLE']
    ] as const) {
      answer = (response) => response.writeHead(status).end('{}')
      await assert.rejects(watch(), { code })
    }
    assert.deepEqual(told, [])
  })

  it('whose connection breaks fails', async () => {
    answer = sends([added], (_, request) => request.socket.resetAndDestroy())
    await assert.rejects(watch(), { code: 'UNREACHABLE' })
    assert.deepEqual(told.toSorted(), ['change', 'open'])
  })

  it('ends when it is told to, before it is open too', async () => {
    answer = (response) => response.writeHead(200, { 'Content-Type': 'application/json' }).write('\n')
    const [open, waiting] = [new AbortController(), new AbortController()]
    const watching = watch(open.signal)
    while (told.length === 0) await new Promise((resolve) => setTimeout(resolve, 10))
    open.abort()
    await watching
    answer = () => undefined
    const opening = watch(waiting.signal)
    waiting.abort()
    await opening
    assert.deepEqual(told, ['open'])
  })
})
