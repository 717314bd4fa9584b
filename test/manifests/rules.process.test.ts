import assert from 'node:assert/strict'
import { buildDirectory, environments, skipWithoutKubectl } from './build.ts'
import {
  type Deployment,
  type KubernetesObject,
  containersOf,
  mountedConfigMaps,
  mountedSecrets,
  ofKind,
  parseObjects
} from './objects.ts'

/** Services of an environment whose pods are run by other means. */
const servedElsewhere: Readonly<Record<string, readonly string[]>> = Object.fromEntries(
  ['environments/uat', 'environments/prod'].map((directory) => [
    directory,
    ['kafka-service', 'elasticsearch-service', 'nifi-service']
  ])
)

/** The variable that tells the reconciler of a component where its service is. */
const addresses: Readonly<Record<string, string>> = {
  kafka: 'KAFKA_BOOTSTRAP_SERVERS',
  elasticsearch: 'ELASTICSEARCH_URL',
  nifi: 'NIFI_URL'
}

const isReconciler = (deployment: Deployment): boolean => deployment.metadata.name.endsWith('-reconciler')

const contains = (labels: Readonly<Record<string, string>>, selector: Readonly<Record<string, string>>): boolean =>
  Object.entries(selector).every(([key, value]) => labels[key] === value)

const repeated = (names: readonly string[]): readonly string[] =>
  names.filter((name, index) => names.indexOf(name) !== index)

/** Names an object within its namespace. */
const titleOf = ({ kind, metadata }: KubernetesObject): string => `${kind} ${metadata.name}`

const directories = ['manifests', ...environments.map((name) => `environments/${name}`)]

for (const directory of directories) {
  describe(`in ${directory}`, () => {
    let objects: readonly KubernetesObject[] = []
    let deployments: readonly Deployment[] = []

    before(async function () {
      await skipWithoutKubectl(this)
      objects = parseObjects(await buildDirectory(directory))
      deployments = ofKind(objects, 'Deployment')
      assert.ok(deployments.some(isReconciler), 'there is a reconciler to look at')
    })

    it('no object is there twice', () => {
      assert.deepEqual(repeated(objects.map(titleOf)), [])
    })

    it('a ConfigMap says whose configuration it is, and Flux neither prunes nor substitutes it', () => {
      const configMaps = ofKind(objects, 'ConfigMap')
      assert.ok(configMaps.length > 0)
      for (const { metadata } of configMaps) {
        assert.deepEqual(Object.keys(metadata.labels).toSorted(), ['infometis.component', 'infometis.config-type'])
        assert.deepEqual(metadata.annotations, {
          'kustomize.toolkit.fluxcd.io/prune': 'disabled',
          'kustomize.toolkit.fluxcd.io/substitute': 'disabled'
        })
        assert.equal(
          metadata.name,
          `${metadata.labels['infometis.component']}-${metadata.labels['infometis.config-type']}-desired`
        )
      }
    })

    it('a ConfigMap is mounted by the reconciler of its component', () => {
      for (const { metadata } of ofKind(objects, 'ConfigMap')) {
        const reconciler = deployments.find(
          (each) => each.metadata.name === `${metadata.labels['infometis.component']}-reconciler`
        )
        assert.ok(reconciler, `there is a reconciler for ${metadata.name}`)
        assert.ok(
          mountedConfigMaps(reconciler).some(({ name }) => name === metadata.name),
          metadata.name
        )
      }
    })

    it('a pod names only ConfigMaps that exist, unless they are optional', () => {
      const names = ofKind(objects, 'ConfigMap').map(({ metadata }) => metadata.name)
      const wanted = deployments.flatMap(mountedConfigMaps).filter(({ optional }) => !optional)
      assert.deepEqual(
        wanted.map(({ name }) => name).filter((name) => !names.includes(name)),
        []
      )
    })

    it('a container sets no variable twice', () => {
      for (const container of deployments.flatMap(containersOf)) {
        assert.deepEqual(repeated(container.env.map(({ name }) => name)), [], container.name)
      }
    })

    it('a Deployment selects its own pods and no others', () => {
      for (const { metadata, spec } of deployments) {
        const selected = deployments.filter((each) =>
          contains(each.spec.template.metadata.labels, spec.selector.matchLabels)
        )
        assert.deepEqual(
          selected.map((each) => each.metadata.name),
          [metadata.name]
        )
      }
    })

    it('a Service finds pods with its port', () => {
      const outside = servedElsewhere[directory] ?? []
      for (const { metadata, spec } of ofKind(objects, 'Service')) {
        const pods = deployments.filter((each) => contains(each.spec.template.metadata.labels, spec.selector))
        assert.equal(pods.length, outside.includes(metadata.name) ? 0 : 1, metadata.name)
        const ports = pods.flatMap(containersOf).flatMap((container) => container.ports.map(({ name }) => name))
        if (pods.length > 0)
          assert.deepEqual(
            spec.ports.filter(({ targetPort }) => !ports.includes(targetPort)),
            []
          )
      }
    })

    it('a pod mounts the volumes it has and no others', () => {
      for (const deployment of deployments) {
        const volumes = deployment.spec.template.spec.volumes.map(({ name }) => name)
        const mounted = containersOf(deployment).flatMap((container) => container.volumeMounts.map(({ name }) => name))
        assert.deepEqual([...new Set(mounted)].toSorted(), volumes.toSorted())
      }
    })

    it('a pod passes the restricted level of pod security', () => {
      for (const deployment of deployments) {
        const pod = deployment.spec.template.spec
        assert.partialDeepStrictEqual(pod.securityContext, {
          runAsNonRoot: true,
          seccompProfile: { type: 'RuntimeDefault' }
        })
        for (const container of containersOf(deployment)) {
          assert.partialDeepStrictEqual(container.securityContext, {
            allowPrivilegeEscalation: false,
            capabilities: { drop: ['ALL'] }
          })
        }
      }
    })

    it('a pod has no account token and no variables made for Services', () => {
      for (const { metadata, spec } of deployments) {
        assert.equal(spec.template.spec.automountServiceAccountToken, false, metadata.name)
        assert.equal(spec.template.spec.enableServiceLinks, false, metadata.name)
      }
    })

    it('a reconciler is the only writer, also during an update', () => {
      for (const { spec } of deployments.filter(isReconciler)) {
        assert.equal(spec.replicas, 1)
        assert.equal(spec.strategy.type, 'Recreate')
      }
    })

    it('a reconciler runs as a numeric user on a read-only file system within small limits', () => {
      for (const deployment of deployments.filter(isReconciler)) {
        const pod = deployment.spec.template.spec
        assert.partialDeepStrictEqual(pod.securityContext, { runAsUser: 10_001, runAsGroup: 10_001 })
        assert.equal(pod.terminationGracePeriodSeconds, 60)
        for (const container of containersOf(deployment)) {
          assert.partialDeepStrictEqual(container.securityContext, { readOnlyRootFilesystem: true })
          assert.deepEqual(container.resources, {
            requests: { cpu: '50m', memory: '96Mi' },
            limits: { memory: '256Mi' }
          })
        }
      }
    })

    it('a reconciler is probed for its own work, on a port of its own', () => {
      for (const container of deployments.filter(isReconciler).flatMap(containersOf)) {
        assert.deepEqual(container.ports, [{ name: 'http', containerPort: 8080 }])
        assert.partialDeepStrictEqual(container, {
          livenessProbe: { httpGet: { path: '/healthz', port: 'http' } },
          readinessProbe: { httpGet: { path: '/readyz', port: 'http' } }
        })
      }
    })

    it('a reconciler mounts its configuration as a whole directory, since a subPath is never updated', () => {
      for (const container of deployments.filter(isReconciler).flatMap(containersOf)) {
        const mount = container.volumeMounts.find(({ mountPath }) => mountPath === '/config')
        assert.deepEqual(mount, { name: 'config', mountPath: '/config', readOnly: true })
      }
    })

    it('a reconciler has no file from two ConfigMaps, which kubelet would refuse', () => {
      const files = new Map(
        ofKind(objects, 'ConfigMap').map(({ metadata, data }) => [metadata.name, Object.keys(data)])
      )
      for (const deployment of deployments.filter(isReconciler)) {
        assert.deepEqual(repeated(mountedConfigMaps(deployment).flatMap(({ name }) => files.get(name) ?? [])), [])
      }
    })

    it('a reconciler is told an address and a ConfigMap that exist', () => {
      for (const deployment of deployments.filter(isReconciler)) {
        const env = new Map(
          containersOf(deployment).flatMap((container) => container.env.map(({ name, value }) => [name, value]))
        )
        assert.ok(mountedConfigMaps(deployment).some(({ name }) => name === env.get('CONFIG_MAP_NAME')))
        assert.equal(env.get('RECONCILE_INTERVAL'), '30s')
      }
      for (const [component, variable] of Object.entries(addresses)) {
        const [service] = ofKind(objects, 'Service').filter(({ metadata }) => metadata.name === `${component}-service`)
        const reconciler = deployments.find(({ metadata }) => metadata.name === `${component}-reconciler`)
        assert.ok(service && reconciler)
        const address = containersOf(reconciler)[0]?.env.find(({ name }) => name === variable)?.value
        assert.equal(address?.replace(/^https?:\/\//, ''), `${service.metadata.name}:${service.spec.ports[0]?.port}`)
      }
    })

    it('a Secret is mounted by the reconciler of its name only, and no credential stands in a manifest', () => {
      for (const deployment of deployments) {
        for (const secret of mountedSecrets(deployment)) assert.equal(secret, deployment.metadata.name)
        const variables = containersOf(deployment).flatMap(({ env }) => env)
        assert.deepEqual(
          variables.filter(({ name }) => /PASSWORD|API_KEY|TOKEN/.test(name) && !name.endsWith('_FILE')),
          []
        )
        for (const { name, value } of variables.filter((variable) => variable.name.endsWith('_FILE')))
          assert.match(value ?? '', /^\/secrets\//, name)
      }
    })
  })
}
