import assert from 'node:assert/strict'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { buildEnvironment, environments, skipWithoutKubectl } from '../../manifests/build.ts'
import { mountedFiles, parseObjects } from '../../manifests/objects.ts'
import { AtomicWriter } from '../../read/kubelet.ts'
import { openScene, sharedNodeOrSkip, temporaryDirectory, type NifiNode, type Scene } from './harness.ts'

const hidden = '********'

/** What differs from one environment to the next, once each has converged. */
const expected = {
  dev: { every: '1 sec', parameters: { size: '1KB' } },
  uat: { every: '10 sec', parameters: { size: '1KB', 'webhook-token': hidden } },
  prod: { every: '1 min', parameters: { size: '10KB', 'webhook-token': hidden } }
}

/** The flow and the parameter context of every environment have names of their own, so there is one at a time. */
describe('the environments of NiFi', function () {
  this.timeout(180_000)
  let node: NifiNode
  let scene: Scene | undefined

  before(function () {
    return skipWithoutKubectl(this)
  })

  before(async function () {
    node = await sharedNodeOrSkip(this)
  })

  afterEach(async () => {
    await scene?.hand.remove(scene.parent)
    await scene?.hand.clearContexts('heartbeat')
    scene = undefined
  })

  it('are all tested here', () => {
    assert.deepEqual(environments, Object.keys(expected).toSorted())
  })

  for (const [environment, { every, parameters }] of Object.entries(expected)) {
    it(`converge on a real server, mounted as the Deployment mounts them, and all processors run: ${environment}`, async () => {
      const opened = await openScene(node)
      scene = opened
      await new AtomicWriter(opened.dir, { generation: 'newer' }).write(await filesOf(environment))
      const sidecar = opened.sidecar({ RECONCILE_INTERVAL: '30s', CONFIG_MAP_NAME: 'nifi-flows-desired' })
      await sidecar.waitForLine(({ status }) => status === 'in-sync', { ms: 120_000 })
      assert.equal(await sidecar.stop(), 0)

      const { code, document } = await opened.diff()
      assert.equal(code, 0, JSON.stringify(document))
      // What other tests have left on the same server is nobody's here.
      assert.deepEqual(
        (await opened.apply()).document.outcomes.filter(({ verb }) => verb !== 'orphan'),
        []
      )

      const { hand } = opened
      const [group = assert.fail('no flow'), ...more] = await hand.groups(opened.parent)
      assert.deepEqual(more, [])
      assert.partialDeepStrictEqual(group, { name: 'heartbeat', running: 3, stopped: 0, invalid: 0, disabled: 0 })
      const context = (await hand.context('heartbeat')) ?? assert.fail('no parameter context')
      assert.equal(group.context, context.id)
      assert.deepEqual(
        Object.fromEntries(Object.entries(context.parameters).map(([name, { value }]) => [name, value])),
        parameters
      )
      assert.equal((await hand.processor(group.id, 'gen')).every, every)
      const mark = await hand.processor(group.id, 'mark')
      assert.partialDeepStrictEqual(mark, {
        validation: 'VALID',
        errors: [],
        properties: { beat: "${now():format('HH:mm:ss')}" }
      })
    })
  }
})

/** The files of the reconciler, with the Secret of the environment in a directory where a test may write. */
async function filesOf(environment: string): Promise<Readonly<Record<string, string>>> {
  const secrets = await temporaryDirectory()
  await writeFile(join(secrets, 'webhook-token'), 'canary-51c0de')
  const files = mountedFiles(parseObjects(await buildEnvironment(environment)), 'nifi-reconciler')
  return Object.fromEntries(
    Object.entries(files).map(([name, text]) => [name, text.replaceAll('/secrets/', `${secrets}/`)])
  )
}
