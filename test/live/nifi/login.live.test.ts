/** Real NiFi servers that ask for a password: what they do themselves, and how they are logged in to. */
import assert from 'node:assert/strict'
import { existsSync } from 'node:fs'
import { readdir, readFile } from 'node:fs/promises'
import { FaultProxy, type FaultServer } from '../../servers/fault-server.ts'
import { ask, type Access } from '../../servers/http.ts'
import { loggedIn, missingNifiPrerequisites } from '../../servers/nifi.ts'
import { through, writesOf } from './astray.ts'
import { nifiVersions, nodeOrSkip, openScene, sharedLoginOrSkip, type NifiNode, type Scene } from './harness.ts'
import { openLine } from './line.ts'
import { pair } from './pair.ts'

const about = '/nifi-api/flow/about'

/** Ids of the processes that name this directory on their command line. */
async function processesOf(directory: string): Promise<string[]> {
  const ids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name))
  const lines = await Promise.all(
    ids.map(async (id) => [id, await readFile(`/proc/${id}/cmdline`, 'utf8').catch(() => '')] as const)
  )
  return lines.filter(([, line]) => line.includes(directory)).map(([id]) => id)
}

for (const version of nifiVersions) {
  describe(`a real NiFi ${version} that asks for a password`, function () {
    this.timeout(300_000)
    // Nobody else needs the one of 1.18, which ends with this file.
    const isShared = version === '2.3.0'
    let node: NifiNode
    let trusted: Access
    let proxy: FaultServer
    let scene: Scene

    before(async function () {
      node = await (isShared ? sharedLoginOrSkip(this) : nodeOrSkip(this, { version, security: 'login' }))
      const { url, caFile = '' } = node
      trusted = { url, caFile }
      proxy = await FaultProxy.start(url, { caFile })
      scene = await openScene(node)
    })

    after(async () => {
      await proxy?.stop()
      if (!isShared) await node?.stop()
    })

    it('gives a token for the right password, and none for a wrong one', async () => {
      const access = await loggedIn(node)
      assert.equal(access.token?.split('.').length, 3)
      assert.equal((await ask(access, { path: about })).status, 200)
      await assert.rejects(loggedIn({ ...node, password: 'wrong' }), /no token: HTTP 400 .*not valid/)
    })

    it('refuses who has no token, or a made-up one, and is not trusted without its certificate', async () => {
      assert.equal((await ask(trusted, { path: about })).status, 401)
      assert.equal((await ask({ ...trusted, token: 'a.b.c' }, { path: about })).status, 401)
      await assert.rejects(ask({ url: node.url }, { path: about }), { code: 'DEPTH_ZERO_SELF_SIGNED_CERT' })
    })

    it('is logged in to once more when it has forgotten a login, in the middle of everything', async () => {
      await scene.hand.clear(scene.parent)
      proxy.reset()
      const { username = '', password = '' } = node
      const outer = await through(proxy, scene, { username, password })
      let isRevoked = false
      const revoke = async (): Promise<void> => {
        const shown = proxy.requests.findLast(({ headers }) => headers.authorization !== undefined)
        const token = shown?.headers.authorization?.replace('Bearer ', '')
        assert.ok(token !== undefined)
        const { status } = await ask({ ...trusted, token }, { method: 'DELETE', path: '/nifi-api/access/logout' })
        assert.equal(status, 200)
        isRevoked = true
      }
      const line = openLine(outer, {
        before: async ({ path }) => (path.endsWith('/import') && !isRevoked ? revoke() : undefined)
      })
      line.declare({ flows: { [outer.name('flow')]: pair() } })
      assert.equal((await line.apply()).status, 'in-sync')
      assert.equal(isRevoked, true)
      const writes = writesOf(proxy)
      assert.equal(writes.filter((write) => write.endsWith('/access/token')).length, 2)
      assert.equal(writes.filter((write) => write.endsWith('/import')).length, 2, 'the first was refused')
      assert.equal((await scene.hand.groups(scene.parent)).length, 1)
      await line.close()
    })

    it('lets nobody in with a wrong password, and the cycle says so', async () => {
      const outer = await through(proxy, scene, { username: node.username ?? '', password: 'wrong' })
      const line = openLine(outer)
      line.declare({ flows: {} })
      const { status, error } = await line.cycle()
      assert.deepEqual([status, error?.code], ['blind', 'AUTHENTICATION'])
      assert.doesNotMatch(error?.message ?? '', /wrong/)
      await line.close()
    })

    if (isShared) return
    it('leaves no process and no directory behind when it is stopped', async function () {
      // It ends what a second attempt would need.
      this.retries(0)
      const { home } = node
      assert.deepEqual(await processesOf(home), [String(node.pid)])
      await node.stop()
      assert.deepEqual(await processesOf(home), [])
      assert.equal(existsSync(home), false)
    })
  })
}

describe('what a real NiFi that asks for a password needs', () => {
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
