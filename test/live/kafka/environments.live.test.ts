import assert from 'node:assert/strict'
import { buildEnvironment, environments, skipWithoutKubectl } from '../../manifests/build.ts'
import { mountedFiles, parseObjects } from '../../manifests/objects.ts'
import { AtomicWriter } from '../../read/kubelet.ts'
import { readValidation } from './documents.ts'
import type { LiveTopic } from './hand.ts'
import type { ClusterKind } from './clusters.ts'
import { eventually, infometis, openScene, sharedClusterOrSkip, type Scene } from './harness.ts'

/** What each environment needs, and what its topics look like once it has converged. */
const expected: Readonly<
  Record<string, { readonly on: ClusterKind; readonly topics: Readonly<Record<string, LiveTopic>> }>
> = {
  dev: { on: 'single', topics: { 'user-events': { partitions: 1, replicationFactor: 1, config: {} } } },
  uat: {
    on: 'three',
    topics: {
      'user-events': {
        partitions: 6,
        replicationFactor: 3,
        config: { 'min.insync.replicas': '2', 'retention.ms': '3600000' }
      },
      'system-logs': { partitions: 3, replicationFactor: 2, config: { 'retention.ms': '604800000' } }
    }
  },
  prod: {
    on: 'three',
    topics: { 'user-events': { partitions: 12, replicationFactor: 3, config: { 'min.insync.replicas': '2' } } }
  }
}

describe('the environments', function () {
  this.timeout(180_000)

  before(function () {
    return skipWithoutKubectl(this)
  })

  it('are all tested here', () => {
    assert.deepEqual(environments, Object.keys(expected).toSorted())
  })

  for (const [environment, { on, topics }] of Object.entries(expected)) {
    describe(environment, () => {
      let manifests: string
      let scene: Scene

      before(async function () {
        manifests = await buildEnvironment(environment)
        scene = await openScene((await sharedClusterOrSkip(this, on)).bootstrap, 'platformatic')
      })

      // The topics have names of their own here, and the cluster is not this environment's alone.
      after(async () => {
        await scene?.hand.delete(Object.keys(topics))
        await scene?.hand.setCluster({ 'message.max.bytes': null })
      })

      it('is valid as kustomize prints it', async () => {
        const { code, stdout, stderr } = await infometis(['validate', 'kafka', '--config', '-', '--output', 'json'], {
          input: manifests
        })
        assert.equal(code, 0, stdout + stderr)
        assert.deepEqual(readValidation(stdout), { valid: true, problems: [] })
      })

      it('converges on a real cluster, mounted as its Deployment mounts it', async () => {
        await new AtomicWriter(scene.dir, { generation: 'newer' }).write(
          mountedFiles(parseObjects(manifests), 'kafka-reconciler')
        )
        const sidecar = scene.sidecar({ RECONCILE_INTERVAL: '30s', CONFIG_MAP_NAME: 'kafka-topics-desired' })
        await sidecar.waitForLine(({ status }) => status === 'in-sync')
        assert.equal(await sidecar.stop(), 0)

        // The broker asked here need not have heard yet what another has answered.
        await eventually(async () => {
          const { code, document } = await scene.diff()
          assert.equal(code, 0, JSON.stringify(document))
          assert.deepEqual(Object.fromEntries(await scene.hand.topics(Object.keys(topics))), topics)
          assert.deepEqual(
            document.changes.filter(({ verb }) => verb !== 'orphan'),
            []
          )
        })
        assert.equal((await scene.apply()).code, 0)
        assert.equal((await scene.hand.cluster())['message.max.bytes'], '1048588')
      })
    })
  }
})
