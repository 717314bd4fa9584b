import assert from 'node:assert/strict'
import { ReconcileError } from '../../src/errors.ts'
import { readManifest } from '../../src/connect/manifest.ts'
import { loadPeer } from '../../src/connect/peer.ts'

const notThere: string = 'no-such-package'
const missing = (): Promise<unknown> => import(notThere)

describe('an optional peer', () => {
  it('is what its import gives', async () => {
    assert.equal(await loadPeer('axios', () => Promise.resolve('a module')), 'a module')
  })

  it('that is not installed is named with the command that installs it', async () => {
    await assert.rejects(loadPeer('no-such-package', missing), (error: unknown) => {
      assert.ok(error instanceof ReconcileError)
      assert.equal(error.code, 'PACKAGE_MISSING')
      assert.match(error.message, /npm install 'no-such-package'/)
      return true
    })
  })

  it('that is installed and needs what is not keeps its own error', async () => {
    await assert.rejects(loadPeer('axios', missing), { code: 'ERR_MODULE_NOT_FOUND' })
  })

  it('that fails for another reason keeps its own error, also where packages cannot be found, as in a bundle', async () => {
    await assert.rejects(
      loadPeer(notThere, () => Promise.reject(new TypeError('broken'))),
      TypeError
    )
  })

  it('has a range of versions, which the command names', async () => {
    const peers = (await readManifest())?.peerDependencies ?? {}
    assert.ok(Object.keys(peers).length >= 5)
    for (const range of Object.values(peers)) assert.match(range, /^\^\d+\.\d+\.\d+$/)
  })
})
