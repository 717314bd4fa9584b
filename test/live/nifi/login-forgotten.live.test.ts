/** A real NiFi that wants to know once more who is there. */
import assert from 'node:assert/strict'
import { FaultProxy, type FaultServer } from '../../servers/fault-server.ts'
import { ask } from '../../servers/http.ts'
import { through, writesOf } from './astray.ts'
import { nodeOrSkip, openScene, type NifiNode } from './harness.ts'
import { openLine } from './line.ts'
import { pair } from './pair.ts'

describe('a NiFi that forgets a login', function () {
  this.timeout(300_000)
  let node: NifiNode
  let proxy: FaultServer

  before(async function () {
    node = await nodeOrSkip(this, { security: 'login' })
    proxy = await FaultProxy.start(node.url, node.caFile === undefined ? {} : { caFile: node.caFile })
  })

  after(async () => {
    await proxy?.stop()
    await node?.stop()
  })

  it('is logged in to once more, in the middle of everything', async () => {
    const { username = '', password = '' } = node
    const scene = await through(proxy, await openScene(node), { username, password })
    let isRevoked = false
    const revoke = async (): Promise<void> => {
      const token = proxy.requests.findLast(({ headers }) => headers.authorization !== undefined)?.headers.authorization?.replace('Bearer ', '')
      assert.ok(token !== undefined)
      const { status } = await ask({ url: node.url, token, ...(node.caFile !== undefined && { caFile: node.caFile }) }, { method: 'DELETE', path: '/nifi-api/access/logout' })
      assert.equal(status, 200)
      isRevoked = true
    }
    const line = openLine(scene, { before: async ({ path }) => (path.endsWith('/import') && !isRevoked ? revoke() : undefined) })
    line.declare({ flows: { [scene.name('flow')]: pair() } })
    assert.equal((await line.apply()).status, 'in-sync')
    assert.equal(isRevoked, true)
    const writes = writesOf(proxy)
    assert.equal(writes.filter((write) => write.endsWith('/access/token')).length, 2)
    assert.equal(writes.filter((write) => write.endsWith('/import')).length, 2, 'the first was refused')
    assert.equal((await scene.hand.groups(scene.parent)).length, 1)
    await line.close()
  })
})
