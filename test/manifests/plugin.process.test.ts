import assert from 'node:assert/strict'
import { parseAllDocuments } from 'yaml'
import { z } from 'zod'
import { buildDirectory, skipWithoutKubectl } from './build.ts'

const named = z.looseObject({ kind: z.string(), metadata: z.object({ name: z.string() }) })
const deployment = z.looseObject({
  spec: z.looseObject({
    template: z.object({
      metadata: z.unknown(),
      spec: z.looseObject({
        containers: z.tuple([z.looseObject({ env: z.array(z.looseObject({ name: z.string() })) })])
      })
    })
  })
})

type Named = z.output<typeof named>

/** The reconciler of Kafka and what belongs to it, by kind and name, without labels. */
async function reconcilerIn(directory: string): Promise<ReadonlyMap<string, Named>> {
  const objects = parseAllDocuments(await buildDirectory(directory)).map((document) => named.parse(document.toJS()))
  const own = objects.filter(
    ({ kind, metadata }) => kind !== 'ConfigMap' && metadata.name.startsWith('kafka-reconciler')
  )
  return new Map(own.toSorted(byName).map((object) => [`${object.kind} ${object.metadata.name}`, object]))
}

const byName = (a: Named, b: Named): number =>
  `${a.kind} ${a.metadata.name}` < `${b.kind} ${b.metadata.name}` ? -1 : 1

/** The name of a Deployment as a variable of its pod: a prefix reaches a label, and no text. */
const ownName = { name: 'LEASE_NAME', valueFrom: { fieldRef: { fieldPath: "metadata.labels['app']" } } }

/** The same with one ConfigMap in the place of Kafka's two, without metadata, and the variables by their names. */
function comparable(object: Named): unknown {
  const same: unknown = JSON.parse(
    JSON.stringify({ ...object, metadata: undefined })
      .replaceAll(/kafka-topics-desired(?:"?,"?kafka-cluster-desired\??)?/g, 'kafka-config-desired')
      .replace('{"name":"LEASE_NAME","value":"kafka-reconciler"}', JSON.stringify(ownName))
  )
  const found = deployment.safeParse(same)
  if (!found.success) return same
  const { template } = found.data.spec
  const [{ env, ...container }] = template.spec.containers
  const variables = Object.fromEntries(
    env.filter(({ name }) => name !== 'KAFKA_BOOTSTRAP_SERVERS').map(({ name, ...value }) => [name, value])
  )
  const pod = { ...template, spec: { ...template.spec, containers: [container] } }
  return { ...found.data, spec: { ...found.data.spec, template: pod }, variables }
}

describe('the base for reconcilers of other services', function () {
  this.timeout(60_000)

  before(async function () {
    await skipWithoutKubectl(this)
  })

  it('says of a reconciler and its rights what is said of ours, under names with its prefix', async () => {
    const plugin = await reconcilerIn('test/manifests/with/plugin')
    const kafka = await reconcilerIn('test/manifests/with/cluster')
    assert.ok(plugin.size > 5)
    assert.deepEqual([...plugin.keys()], [...kafka.keys()])
    for (const [name, object] of plugin)
      assert.deepEqual(comparable(object), comparable(kafka.get(name) ?? assert.fail(name)), name)
  })
})
