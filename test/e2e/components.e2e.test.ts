import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { readdirSync } from 'node:fs'
import { mkdtemp, readFile, realpath, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, relative } from 'node:path'
import { parse, parseAllDocuments, stringify } from 'yaml'
import { z } from 'zod'
import { buildDirectory, repository } from '../manifests/build.ts'
import type { Kubernetes } from '../servers/kubernetes.ts'
import { kubectlTo, kubernetesOrSkip } from './harness.ts'

const object = z.looseObject({
  apiVersion: z.string(),
  kind: z.string(),
  metadata: z.looseObject({ name: z.string() })
})
type KubernetesObject = z.output<typeof object>
const deployment = z.object({
  spec: z.object({
    template: z.object({ metadata: z.record(z.string(), z.json()), spec: z.record(z.string(), z.json()) })
  })
})
const container = z.looseObject({
  name: z.string(),
  restartPolicy: z.string().optional(),
  volumeMounts: z.array(z.looseObject({ name: z.string(), mountPath: z.string() })).default([])
})
const pods = z.object({
  items: z.array(
    z.object({
      metadata: z.object({ name: z.string() }),
      spec: z.object({
        serviceAccountName: z.string(),
        initContainers: z.array(container).default([]),
        containers: z.array(container)
      })
    })
  )
})

const tokenPath = '/var/run/secrets/kubernetes.io/serviceaccount'

/** Those that need nobody's account. */
const withoutAccount = [
  'api-server-access',
  'external-services',
  'hash-suffix',
  'monitoring',
  'network-policy',
  'service-account',
  'tls'
]
const list = (component: string): readonly string[] =>
  withoutAccount.includes(component) ? [component] : ['service-account', component]

/** What a Prometheus operator would know. */
const isOfOperator = ({ apiVersion }: KubernetesObject): boolean => apiVersion.startsWith('monitoring.coreos.com/')

/** What an environment has already. */
async function componentsOf(environment: string): Promise<readonly string[]> {
  const text = await readFile(join(repository, 'environments', environment, 'kustomization.yaml'), 'utf8')
  const { components } = z.object({ components: z.array(z.string()).default([]) }).parse(parse(text))
  return components.map((path) => path.replace(/^.*\//, ''))
}

describe('the components, on a real API server', function () {
  this.timeout(300_000)
  let server: Kubernetes
  let home = ''

  before(async function () {
    server = await kubernetesOrSkip(this)
    home = await realpath(await mkdtemp(join(tmpdir(), 'infometis-components-')))
  })

  after(() => rm(home, { recursive: true, force: true }))

  /** Everything of an environment with components more, in a namespace of its own. */
  async function objectsOf(
    environment: string,
    components: readonly string[],
    namespace: string
  ): Promise<readonly KubernetesObject[]> {
    const directory = await mkdtemp(join(home, 'with-'))
    const to = (path: string): string => relative(directory, join(repository, path))
    const kustomization = {
      kind: 'Kustomization',
      namespace,
      resources: [to(`environments/${environment}`)],
      components: components.map((name) => to(`manifests/components/${name}`))
    }
    await writeFile(join(directory, 'kustomization.yaml'), stringify(kustomization))
    const documents = parseAllDocuments(await buildDirectory(relative(repository, directory)))
    return documents.map((document) => object.parse(document.toJS())).filter((found) => !isOfOperator(found))
  }

  async function apply(objects: readonly unknown[]): Promise<void> {
    const file = join(home, 'objects.yaml')
    await writeFile(file, objects.map((each) => JSON.stringify(each)).join('\n---\n'))
    await kubectlTo(server, 'apply', '--validate=strict', '--filename', file)
  }

  /** Applies all of it, and what each Deployment would run as a pod, since there is nobody who makes one of it. */
  async function run(environment: string, components: readonly string[]): Promise<z.output<typeof pods>['items']> {
    const namespace = `components-${randomUUID().slice(0, 8)}`
    const objects = await objectsOf(environment, components, namespace)
    assert.deepEqual(
      objects.filter(({ kind }) => kind === 'Namespace').map(({ metadata }) => [metadata.name, metadata['labels']]),
      [[namespace, { 'pod-security.kubernetes.io/enforce': 'restricted' }]]
    )
    // What the controllers of a whole cluster would make.
    const account = { apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name: 'default', namespace } }
    const made = objects
      .filter(({ kind }) => kind === 'Deployment')
      .map((found) => {
        const { metadata, spec } = deployment.parse(found).spec.template
        return { apiVersion: 'v1', kind: 'Pod', metadata: { name: found.metadata.name, namespace, ...metadata }, spec }
      })
    const isNamespace = ({ kind }: KubernetesObject): boolean => kind === 'Namespace'
    // In this order, by one kubectl: each costs as much as all they do.
    await apply([...objects.filter(isNamespace), account, ...objects.filter((each) => !isNamespace(each)), ...made])
    const { items } = pods.parse(
      JSON.parse(await kubectlTo(server, 'get', 'pods', '--namespace', namespace, '--output', 'json'))
    )
    assert.deepEqual(
      items.map(({ metadata }) => metadata.name),
      made.map(({ metadata }) => metadata.name).toSorted()
    )
    return items
  }

  // With the services and without; uat is made as prod is.
  for (const environment of ['dev', 'prod']) {
    for (const component of readdirSync(join(repository, 'manifests/components'))) {
      it(`of ${environment} with ${component} are taken as they are, and every pod is admitted`, async () => {
        const present = await componentsOf(environment)
        // What is left out cannot hold a sidecar, and a build says so.
        if (component === 'sidecar' && present.includes('external-services'))
          return assert.rejects(objectsOf(environment, list(component), 'any'), /kafka/)
        const added = list(component).filter((each) => !present.includes(each))
        assert.ok((await run(environment, added)).length >= 3)
      })
    }
  }

  it('give a token to the sidecar and none to its service', async () => {
    for (const { metadata, spec } of await run('dev', ['service-account', 'lease', 'sidecar'])) {
      const mountOf = ({ volumeMounts }: z.output<typeof container>): string | undefined =>
        volumeMounts.find(({ mountPath }) => mountPath === tokenPath)?.name
      assert.equal(spec.serviceAccountName, `${metadata.name}-reconciler`)
      assert.deepEqual(
        spec.initContainers.map(({ name, restartPolicy }) => [name, restartPolicy]),
        [['reconciler', 'Always']]
      )
      assert.match(spec.initContainers.map(mountOf).join(), /^kube-api-access-/)
      assert.deepEqual(spec.containers.map(mountOf), ['no-token'])
    }
  })
})
