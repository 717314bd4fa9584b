import assert from 'node:assert/strict'
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { parse } from 'yaml'
import { z } from 'zod'
import { buildDirectory, buildEnvironment, environments, repository, skipWithoutKubectl } from './build.ts'
import { type KubernetesObject, containersOf, ofKind, parseObjects } from './objects.ts'

/** Strict, so that no other way to name a base goes unseen. */
const kustomization = z.strictObject({
  apiVersion: z.literal('kustomize.config.k8s.io/v1beta1'),
  kind: z.literal('Kustomization'),
  namespace: z.string(),
  resources: z.array(z.string()),
  patches: z.array(z.strictObject({ path: z.string() })),
  images: z.array(z.strictObject({ name: z.string(), newTag: z.string() }))
})

/** The words of topics.json, as the design has them. */

const declared = {
  manifests: `{
  "user-events": {
    "partitions": 6,
    "replication-factor": 3,
    "config": {
      "retention.ms": "86400000"
    }
  },
  "system-logs": {
    "partitions": 3,
    "replication-factor": 2,
    "config": {
      "retention.ms": "604800000"
    }
  }
}
`,
  'environments/dev': `{
  "user-events": {
    "partitions": 1,        # Reduced for dev
    "replication-factor": 1  # Single replica for dev
  }
}
`,
  'environments/prod': `{
  "user-events": {
    "partitions": 12,       # Higher partitions for prod
    "replication-factor": 3,
    "config": {
      "min.insync.replicas": "2"  # Additional prod safety
    }
  }
}
`
}

function file(objects: readonly KubernetesObject[], configMap: string, key: string): string | undefined {
  return ofKind(objects, 'ConfigMap').find(({ metadata }) => metadata.name === configMap)?.data[key]
}

describe('the desired state of Kafka', () => {
  before(async function () {
    await skipWithoutKubectl(this)
  })

  for (const [directory, text] of Object.entries(declared)) {
    it(`in ${directory} declares exactly its topics, comments included`, async () => {
      const objects = parseObjects(await buildDirectory(directory))
      assert.equal(file(objects, 'kafka-topics-desired', 'topics.json'), text)
    })

    it(`in ${directory} pins a cluster-wide setting to the value Kafka ships with`, async () => {
      const objects = parseObjects(await buildDirectory(directory))
      const cluster = file(objects, 'kafka-cluster-desired', 'cluster.json')
      assert.deepEqual(JSON.parse(cluster ?? ''), { config: { 'message.max.bytes': '1048588' } })
    })
  }

})

describe('an environment', () => {
  before(async function () {
    await skipWithoutKubectl(this)
  })

  for (const name of environments) {
    it(`such as ${name} keeps everything in a restricted namespace of its own, which Flux never prunes`, async () => {
      const objects = parseObjects(await buildEnvironment(name))
      const [namespace, ...others] = ofKind(objects, 'Namespace')
      assert.deepEqual(others, [])
      assert.deepEqual(namespace?.metadata, {
        name: `infometis-${name}`,
        labels: { 'pod-security.kubernetes.io/enforce': 'restricted' },
        annotations: { 'kustomize.toolkit.fluxcd.io/prune': 'disabled' }
      })
      const elsewhere = objects.filter(({ kind, metadata }) => kind !== 'Namespace' && metadata.namespace !== namespace?.metadata.name)
      assert.deepEqual(elsewhere, [])
    })

    it(`such as ${name} builds on ../../manifests and on files of its own only`, () => {
      const directory = join(repository, 'environments', name)
      const { resources, patches } = kustomization.parse(parse(readFileSync(join(directory, 'kustomization.yaml'), 'utf8')))
      assert.ok(resources.includes('../../manifests'))
      const own = [...resources.filter((path) => path !== '../../manifests'), ...patches.map(({ path }) => path)]
      assert.deepEqual(own.filter((path) => path.includes('/') || !existsSync(join(directory, path))), [])
    })

    it(`such as ${name} deletes nothing in a file with other patches, at which kubectl 1.32 breaks off`, () => {
      const directory = join(repository, 'environments', name)
      const { patches } = kustomization.parse(parse(readFileSync(join(directory, 'kustomization.yaml'), 'utf8')))
      const texts = patches.map(({ path }) => readFileSync(join(directory, path), 'utf8'))
      assert.deepEqual(texts.filter((text) => /^\$patch: delete$/m.test(text) && /^---$/m.test(text)), [])
    })
  }

  it('for production runs versions that were named, never "latest"', async () => {
    const deployments = ofKind(parseObjects(await buildEnvironment('prod')), 'Deployment')
    for (const { image } of deployments.flatMap(containersOf)) assert.match(image, /:\d+\.\d+\.\d+$/)
  })

  it('for production leaves the one-node development servers out', async () => {
    const names = ofKind(parseObjects(await buildEnvironment('prod')), 'Deployment').map(({ metadata }) => metadata.name)
    assert.deepEqual(names.toSorted(), ['elasticsearch-reconciler', 'kafka-reconciler', 'nifi-reconciler'])
  })
})
