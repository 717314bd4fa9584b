import assert from 'node:assert/strict'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
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
  components: z.array(z.string()).default([]),
  patches: z.array(z.strictObject({ path: z.string() })),
  images: z.array(z.strictObject({ name: z.string(), newTag: z.string() }))
})

/** The words of topics.json, as the design has them. */
const baseTopics = `{
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
`

const declared = {
  manifests: baseTopics,
  'environments/dev': `{
  "user-events": {
    "partitions": 1,        # Reduced for dev
    "replication-factor": 1  # Single replica for dev
  }
}
`,
  'environments/uat': baseTopics,
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

  it('in environments/uat changes only what differs, in a layer over the base as it is', async () => {
    const objects = parseObjects(await buildEnvironment('uat'))
    assert.deepEqual(parse(file(objects, 'kafka-topics-desired', 'topics.uat.json') ?? ''), {
      'user-events': { config: { 'min.insync.replicas': '2', 'retention.ms': '3600000' } }
    })
  })
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
      const elsewhere = objects.filter(
        ({ kind, metadata }) => kind !== 'Namespace' && metadata.namespace !== namespace?.metadata.name
      )
      assert.deepEqual(elsewhere, [])
    })

    it(`such as ${name} builds on ../../manifests, its components, and files of its own only`, () => {
      const directory = join(repository, 'environments', name)
      const { resources, components, patches } = kustomization.parse(
        parse(readFileSync(join(directory, 'kustomization.yaml'), 'utf8'))
      )
      assert.ok(resources.includes('../../manifests'))
      assert.deepEqual(
        components.filter((path) => !/^\.\.\/\.\.\/manifests\/components\/[a-z-]+$/.test(path)),
        []
      )
      const own = [...resources.filter((path) => path !== '../../manifests'), ...patches.map(({ path }) => path)]
      assert.deepEqual(
        own.filter((path) => path.includes('/') || !existsSync(join(directory, path))),
        []
      )
    })
  }

  it('is patched by no file that deletes beside other patches, at which kubectl 1.32 breaks off', () => {
    const directories = ['environments', 'manifests'].map((directory) => join(repository, directory))
    const paths = directories.flatMap((directory) =>
      readdirSync(directory, { recursive: true, encoding: 'utf8' }).map((path) => join(directory, path))
    )
    const texts = paths.filter((path) => path.endsWith('.yaml')).map((path) => readFileSync(path, 'utf8'))
    assert.ok(texts.some((text) => /^\$patch: delete$/m.test(text)))
    assert.deepEqual(
      texts.filter((text) => /^\$patch: delete$/m.test(text) && /^---$/m.test(text)),
      []
    )
  })

  for (const name of ['uat', 'prod']) {
    it(`such as ${name} runs versions that were named, never "latest"`, async () => {
      const deployments = ofKind(parseObjects(await buildEnvironment(name)), 'Deployment')
      for (const { image } of deployments.flatMap(containersOf)) assert.match(image, /:\d+\.\d+\.\d+$/)
    })

    it(`such as ${name} leaves the one-node development servers out`, async () => {
      const names = ofKind(parseObjects(await buildEnvironment(name)), 'Deployment').map(
        ({ metadata }) => metadata.name
      )
      assert.deepEqual(names.toSorted(), ['elasticsearch-reconciler', 'kafka-reconciler', 'nifi-reconciler'])
    })

    it(`such as ${name} speaks to every service over TLS, with credentials from files`, async () => {
      const reconcilers = ofKind(parseObjects(await buildEnvironment(name)), 'Deployment')
      const variables = reconcilers
        .flatMap(containersOf)
        .map(({ env }) => new Map(env.map((variable) => [variable.name, variable.value])))
      for (const env of variables)
        assert.ok(
          env.get('KAFKA_SECURITY_PROTOCOL') === 'SASL_SSL' ||
            [...env.values()].some((value) => value?.startsWith('https://') === true)
        )
      for (const env of variables) assert.ok([...env.keys()].some((variable) => variable.endsWith('_CA_FILE')))
    })
  }
})
