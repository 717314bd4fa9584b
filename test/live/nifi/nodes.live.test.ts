import assert from 'node:assert/strict'
import { existsSync } from 'node:fs'
import { readFile, readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { gunzipSync } from 'node:zlib'
import { ask } from '../../servers/http.ts'
import { loggedIn, missingNifiPrerequisites } from '../../servers/nifi.ts'
import { eventually, Hand, heartbeat, nifiVersions, nodeOrSkip, type NifiNode } from './harness.ts'

const about = '/nifi-api/flow/about'

/** Ids of the processes that name this directory on their command line. */
async function processesOf(directory: string): Promise<string[]> {
  const ids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name))
  const lines = await Promise.all(ids.map(async (id) => [id, await readFile(`/proc/${id}/cmdline`, 'utf8').catch(() => '')] as const))
  return lines.filter(([, line]) => line.includes(directory)).map(([id]) => id)
}

/** What a kill leaves of the flow: NiFi writes it half a second after a change, or later. */
async function flowOnDisk({ home }: NifiNode): Promise<string> {
  return gunzipSync(await readFile(join(home, 'conf', 'flow.json.gz'))).toString()
}

for (const version of nifiVersions) {
  describe(`a real NiFi ${version} for tests`, function () {
    this.timeout(900_000)
    let node: NifiNode
    let hand: Hand
    let group: string

    before(async function () {
      node = await nodeOrSkip(this, { version })
      hand = new Hand(node)
    })

    after(() => node?.stop())

    it('answers with its version and its root group', async () => {
      const { status, body } = await ask(node, { path: about })
      assert.equal(status, 200)
      assert.match(JSON.stringify(body), new RegExp(`"version":"${version.replaceAll('.', '\\.')}"`))
      assert.equal((await hand.group('root'))?.id, node.root)
    })

    it('runs a flow that was imported', async () => {
      group = await hand.import(node.root, 'heartbeat', heartbeat('heartbeat', { comments: 'proof of life' }))
      await eventually(async () => assert.deepEqual((await hand.processors(group)).map(({ validation }) => validation), ['VALID', 'VALID']))
      await hand.setState(group, 'RUNNING')
      await eventually(async () => assert.equal((await hand.group(group))?.running, 2))
    })

    it('keeps port and flow over a kill, and what ran runs again', async () => {
      const { pid, root } = node
      const before = await hand.download(group)
      await eventually(async () => assert.equal((await flowOnDisk(node)).match(/"scheduledState":"RUNNING"/g)?.length, 2))
      await node.kill()
      await assert.rejects(ask(node, { path: about }), { code: 'ECONNREFUSED' })
      await node.restart()
      assert.notEqual(node.pid, pid)
      assert.equal((await hand.group('root'))?.id, root)
      assert.deepEqual(await hand.download(group), before)
      await eventually(async () => assert.equal((await hand.group(group))?.running, 2))
    })

    it('answers nothing while it is paused', async () => {
      await node.pause()
      await assert.rejects(ask(node, { path: about, timeoutMs: 500 }), { name: 'AbortError' })
      node.resume()
      assert.equal((await ask(node, { path: about })).status, 200)
    })

    it('leaves no process and no directory behind', async () => {
      const { home } = node
      assert.deepEqual(await processesOf(home), [String(node.pid)])
      await node.stop()
      assert.deepEqual(await processesOf(home), [])
      assert.equal(existsSync(home), false)
    })
  })
}

for (const version of nifiVersions) {
  describe(`a real NiFi ${version} that asks for a password`, function () {
    this.timeout(900_000)
    let node: NifiNode

    before(async function () {
      node = await nodeOrSkip(this, { version, security: 'login' })
    })

    after(() => node?.stop())

    it('gives a token for the right password', async () => {
      const access = await loggedIn(node)
      assert.equal(access.token?.split('.').length, 3)
      assert.equal((await ask(access, { path: about })).status, 200)
      const hand = new Hand(node)
      await hand.import(node.root, 'heartbeat', heartbeat())
      assert.deepEqual((await hand.groups(node.root)).map(({ name }) => name), ['heartbeat'])
    })

    it('refuses a wrong password', async () => {
      await assert.rejects(loggedIn({ ...node, password: 'wrong' }), /no token: HTTP 400 .*not valid/)
    })

    it('refuses who has no token, or a made-up one', async () => {
      const { url, caFile = '' } = node
      assert.equal((await ask({ url, caFile }, { path: about })).status, 401)
      assert.equal((await ask({ url, caFile, token: 'a.b.c' }, { path: about })).status, 401)
    })

    it('is not trusted without its certificate', async () => {
      await assert.rejects(ask({ url: node.url }, { path: about }), { code: 'DEPTH_ZERO_SELF_SIGNED_CERT' })
    })
  })
}

describe('a real NiFi that asks for a client certificate', function () {
  this.timeout(900_000)
  let node: NifiNode

  before(async function () {
    node = await nodeOrSkip(this, { version: '1.18.0', security: 'mtls' })
  })

  after(() => node?.stop())

  it('knows who shows it, and lets him do everything', async () => {
    const { status, body } = await ask(node, { path: '/nifi-api/flow/current-user' })
    assert.equal(status, 200)
    assert.match(JSON.stringify(body), /"identity":"CN=client","anonymous":false/)
    const hand = new Hand(node)
    await hand.import(node.root, 'heartbeat', heartbeat())
    assert.deepEqual((await hand.groups(node.root)).map(({ name }) => name), ['heartbeat'])
  })

  it('does not speak to who shows none, or another one', async () => {
    const { url, caFile = '' } = node
    await assert.rejects(ask({ url, caFile }, { path: about }))
    await assert.rejects(ask({ url, caFile, certFile: caFile, keyFile: caFile.replace('.pem', '.key') }, { path: about }))
  })
})

describe('what a real NiFi needs', () => {
  it('is said before anything is started', async () => {
    const { PATH: path } = process.env
    process.env['PATH'] = ''
    try {
      assert.match((await missingNifiPrerequisites({ security: 'login' })) ?? '', /openssl is not installed/)
    } finally {
      process.env['PATH'] = path
    }
  })
})
