import assert from 'node:assert/strict'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseAllDocuments } from 'yaml'
import { z } from 'zod'
import { buildEnvironment, environments, repository } from '../manifests/build.ts'
import type { Kubernetes } from '../servers/kubernetes.ts'
import { kubectlTo, kubernetesOrSkip } from './harness.ts'

const object = z.looseObject({
  kind: z.string(),
  metadata: z.looseObject({ name: z.string(), namespace: z.string().optional() })
})
type KubernetesObject = z.output<typeof object>
const deployment = z.object({
  spec: z.object({
    template: z.object({ metadata: z.record(z.string(), z.json()), spec: z.record(z.string(), z.json()) })
  })
})

/** Everything of an environment, whole. */
async function objectsOf(environment: string): Promise<readonly KubernetesObject[]> {
  return parseAllDocuments(await buildEnvironment(environment)).map((document) => object.parse(document.toJS()))
}

/** The pod a Deployment would make, which alone is judged by the level of its namespace. */
function podOf(found: KubernetesObject): unknown {
  const { metadata, spec } = deployment.parse(found).spec.template
  const { name, namespace } = found.metadata
  return { apiVersion: 'v1', kind: 'Pod', metadata: { name, namespace, ...metadata }, spec }
}

describe('the manifests, on a real API server', function () {
  this.timeout(120_000)
  let server: Kubernetes
  let home = ''

  before(async function () {
    server = await kubernetesOrSkip(this)
    home = await mkdtemp(join(tmpdir(), 'infometis-e2e-'))
    for (const name of environments) {
      await apply((await objectsOf(name)).filter(({ kind }) => kind === 'Namespace'))
      // What the controllers of a whole cluster would make.
      await kubectlTo(server, 'create', 'serviceaccount', 'default', '--namespace', `infometis-${name}`)
    }
  })

  after(() => rm(home, { recursive: true, force: true }))

  async function apply(objects: readonly unknown[], ...flags: readonly string[]): Promise<readonly string[]> {
    const file = join(home, 'objects.yaml')
    await writeFile(file, objects.map((each) => JSON.stringify(each)).join('\n---\n'))
    return (await kubectlTo(server, 'apply', '--filename', file, ...flags)).trim().split('\n')
  }

  for (const name of environments) {
    it(`of ${name} are taken as they are, every field known`, async () => {
      const said = await kubectlTo(
        server,
        'apply',
        '--dry-run=server',
        '--validate=strict',
        '--kustomize',
        join(repository, 'environments', name)
      )
      assert.equal(said.trim().split('\n').length, (await objectsOf(name)).length, said)
    })

    it(`of ${name} make pods that its namespace admits`, async () => {
      const pods = (await objectsOf(name)).filter(({ kind }) => kind === 'Deployment').map(podOf)
      const said = await apply(pods, '--dry-run=server', '--validate=strict')
      assert.ok(pods.length > 0)
      assert.deepEqual(
        said.filter((line) => !line.endsWith('created (server dry run)')),
        []
      )
    })
  }

  it('with a typo are refused', async () => {
    const [found] = (await objectsOf('dev')).filter(({ kind }) => kind === 'Deployment')
    await assert.rejects(
      apply([{ ...found, specs: {} }], '--dry-run=server', '--validate=strict'),
      /unknown field "specs"/
    )
  })

  it('with a pod that may do more are not admitted', async () => {
    const pod = {
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name: 'root', namespace: 'infometis-dev' },
      spec: { containers: [{ name: 'a', image: 'a' }] }
    }
    await assert.rejects(apply([pod], '--dry-run=server'), /violates PodSecurity "restricted/)
  })
})
