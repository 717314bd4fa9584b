import assert from 'node:assert/strict'
import { parseAllDocuments } from 'yaml'
import { z } from 'zod'
import { buildDirectory, skipWithoutKubectl } from './build.ts'
import { type Container, type Deployment, mountedConfigMaps, ofKind, parseKnownObjects } from './objects.ts'

const services = ['kafka', 'elasticsearch', 'nifi'] as const
const fixture = 'test/manifests/with/sidecar'

async function deploymentsOf(directory: string): Promise<ReadonlyMap<string, Deployment>> {
  const deployments = ofKind(parseKnownObjects(await buildDirectory(directory)), 'Deployment')
  return new Map(deployments.map((each) => [each.metadata.name, each]))
}

/** The pod of a Deployment. Throws when there is none. */
function podIn(deployments: ReadonlyMap<string, Deployment>, name: string): Deployment['spec']['template']['spec'] {
  const found = deployments.get(name)
  assert.ok(found, `there is a Deployment ${name}`)
  return found.spec.template.spec
}

const named = (containers: readonly Container[], name: string): Container => {
  const found = containers.find((each) => each.name === name)
  assert.ok(found, `there is a container ${name}`)
  return found
}

const variables = ({ env }: Container): Readonly<Record<string, string | undefined>> =>
  Object.fromEntries(env.map(({ name, value }) => [name, value]))

describe('the component sidecar', () => {
  let alone: ReadonlyMap<string, Deployment> = new Map()
  let together: ReadonlyMap<string, Deployment> = new Map()

  before(async function () {
    await skipWithoutKubectl(this)
    alone = await deploymentsOf('test/manifests/with/lease')
    together = await deploymentsOf(fixture)
  })

  it('leaves no Deployment that would reconcile as well', () => {
    assert.deepEqual([...together.keys()].toSorted(), [...services].toSorted())
  })

  for (const service of services) {
    it(`runs the reconciler of ${service} beside its service, and restarts it alone`, () => {
      const { initContainers, containers } = podIn(together, service)
      assert.deepEqual(
        initContainers.map(({ name, restartPolicy }) => [name, restartPolicy]),
        [['reconciler', 'Always']]
      )
      assert.deepEqual(
        containers.map(({ name, restartPolicy }) => [name, restartPolicy]),
        [[service, undefined]]
      )
    })

    it(`never makes the pod of ${service} unready by a probe, nor keeps it from starting`, () => {
      const sidecar = named(podIn(together, service).initContainers, 'reconciler')
      assert.deepEqual([sidecar.readinessProbe, sidecar.startupProbe], [undefined, undefined])
      assert.partialDeepStrictEqual(sidecar.livenessProbe, { httpGet: { path: '/healthz', port: 'reconciler' } })
    })

    it(`takes along what the reconciler of ${service} had, other components included`, () => {
      const before = named(podIn(alone, `${service}-reconciler`).containers, 'reconciler')
      const sidecar = named(podIn(together, service).initContainers, 'reconciler')
      assert.deepEqual(variables(sidecar), { ...variables(before), HTTP_PORT: '8081' })
      assert.equal(variables(sidecar)['LEASE_NAME'], `${service}-reconciler`)
      assert.deepEqual(
        [sidecar.image, sidecar.resources, sidecar.volumeMounts],
        [before.image, before.resources, before.volumeMounts]
      )
      assert.deepEqual(
        [podIn(together, service).serviceAccountName, podIn(together, service).automountServiceAccountToken],
        [`${service}-reconciler`, true]
      )
      const mounted = (deployments: ReadonlyMap<string, Deployment>, name: string): unknown =>
        [...deployments].filter(([found]) => found === name).map(([, each]) => mountedConfigMaps(each))
      assert.deepEqual(mounted(together, service), mounted(alone, `${service}-reconciler`))
    })

    it(`shares no port and no name of one with ${service}`, () => {
      const { initContainers, containers } = podIn(together, service)
      const ports = [...initContainers, ...containers].flatMap((each) => each.ports)
      assert.equal(new Set(ports.map(({ name }) => name)).size, ports.length)
      assert.equal(new Set(ports.map(({ containerPort }) => containerPort)).size, ports.length)
    })

    it(`runs as a user of its own, on a read-only file system, in the pod of ${service}`, () => {
      const pod = podIn(together, service)
      assert.partialDeepStrictEqual(named(pod.initContainers, 'reconciler').securityContext, {
        runAsUser: 10_001,
        runAsGroup: 10_001,
        readOnlyRootFilesystem: true
      })
      assert.partialDeepStrictEqual(pod.securityContext, { runAsNonRoot: true, runAsUser: 1000 })
    })

    it(`leaves ${service} as it was but for its place for a token, where it gets none`, async () => {
      const before = podIn(await deploymentsOf('manifests'), service)
      const pod = podIn(together, service)
      const [was, is] = [named(before.containers, service), named(pod.containers, service)]
      const empty = { name: 'no-token', mountPath: '/var/run/secrets/kubernetes.io/serviceaccount', readOnly: true }
      assert.deepEqual({ ...is, volumeMounts: [] }, { ...was, volumeMounts: [] })
      assert.deepEqual(is.volumeMounts, [empty, ...was.volumeMounts])
      assert.deepEqual(
        pod.volumes.filter(({ name }) => name === 'no-token'),
        [{ name: 'no-token', emptyDir: {} }]
      )
      assert.deepEqual(
        pod.volumes.map(({ name }) => name).toSorted(),
        ['config', 'no-token', 'tmp', ...before.volumes.map(({ name }) => name)].toSorted()
      )
    })
  }

  it('makes what scrapes the reconcilers find them', async () => {
    const monitor = parseAllDocuments(await buildDirectory('test/manifests/with/sidecar-and-others')).map(
      (document) => document.toJS() as unknown
    )
    const schema = z.object({
      spec: z.object({
        selector: z.object({ matchExpressions: z.tuple([z.object({ values: z.array(z.string()) })]) }),
        podMetricsEndpoints: z.tuple([z.object({ port: z.string() })])
      })
    })
    const { spec } = schema.parse(
      monitor.find((each) => z.object({ kind: z.literal('PodMonitor') }).safeParse(each).success)
    )
    assert.deepEqual(
      [spec.selector.matchExpressions[0].values, spec.podMetricsEndpoints[0].port],
      [[...services], 'reconciler']
    )
  })
})
