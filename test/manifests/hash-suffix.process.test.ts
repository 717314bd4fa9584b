import assert from 'node:assert/strict'
import { mkdtemp, realpath, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, relative } from 'node:path'
import { stringify } from 'yaml'
import { buildDirectory, repository, skipWithoutKubectl } from './build.ts'
import {
  type Deployment,
  type KubernetesObject,
  containersOf,
  mountedConfigMaps,
  ofKind,
  parseKnownObjects
} from './objects.ts'

/** What is declared → the name of the ConfigMap that holds it. */
function namesIn(objects: readonly KubernetesObject[]): ReadonlyMap<string, string> {
  const maps = ofKind(objects, 'ConfigMap').filter(({ metadata }) => 'infometis.config-type' in metadata.labels)
  return new Map(
    maps.map(({ metadata: { name, labels } }) => [
      `${labels['infometis.component']}-${labels['infometis.config-type']}-desired`,
      name
    ])
  )
}

const reconcilers = (objects: readonly KubernetesObject[]): readonly Deployment[] =>
  ofKind(objects, 'Deployment').filter(({ metadata }) => metadata.name.endsWith('-reconciler'))

/** The text without the hashes of names. */
const plain = (text: string): string => text.replaceAll(/(-desired)-[0-9a-z]{10}\b/g, '$1')

describe('the component hash-suffix', function () {
  this.timeout(120_000)
  let objects: readonly KubernetesObject[] = []

  before(async function () {
    await skipWithoutKubectl(this)
    objects = parseKnownObjects(await buildDirectory('test/manifests/with/hash-suffix'))
  })

  /** The dev environment with the component, and with files of topics of our own patched over both. */
  async function devWith(topics: string): Promise<readonly KubernetesObject[]> {
    const directory = await realpath(await mkdtemp(join(tmpdir(), 'infometis-kustomize-')))
    const to = (path: string): string => relative(directory, join(repository, path))
    try {
      const patch = {
        apiVersion: 'v1',
        kind: 'ConfigMap',
        metadata: { name: 'kafka-topics-desired' },
        data: { 'topics.json': topics }
      }
      await writeFile(join(directory, 'topics.yaml'), stringify(patch))
      const kustomization = {
        kind: 'Kustomization',
        resources: [to('environments/dev')],
        components: [to('manifests/components/hash-suffix')],
        patches: [{ path: 'topics.yaml' }]
      }
      await writeFile(join(directory, 'kustomization.yaml'), stringify(kustomization))
      return parseKnownObjects(await buildDirectory(relative(repository, directory)))
    } finally {
      await rm(directory, { recursive: true })
    }
  }

  it('ends the name of every desired state in a hash of ten characters', () => {
    const names = namesIn(objects)
    assert.equal(names.size, 8)
    for (const [declared, name] of names) assert.match(name, new RegExp(`^${declared}-[0-9a-z]{10}$`))
  })

  it('changes nothing but these names, and leaves no mark behind', async () => {
    assert.deepEqual(
      JSON.parse(plain(JSON.stringify(objects))),
      parseKnownObjects((await buildDirectory('manifests')).replaceAll(/^metadata:$/gm, 'metadata:\n  namespace: test'))
    )
  })

  it('makes every reconciler mount, and name, the maps that are there', () => {
    const names = [...namesIn(objects).values()]
    assert.equal(reconcilers(objects).length, 3)
    for (const deployment of reconcilers(objects)) {
      assert.deepEqual(
        mountedConfigMaps(deployment)
          .map(({ name }) => name)
          .filter((name) => !names.includes(name)),
        []
      )
      const told = containersOf(deployment)
        .flatMap(({ env }) => env)
        .find(({ name }) => name === 'CONFIG_MAP_NAME')?.value
      assert.ok(names.includes(told ?? ''), told)
    }
  })

  it('gives another name to another content, also where the environment comes after it, and to no other map', async () => {
    const [one, other, again] = [
      namesIn(await devWith('{}')),
      namesIn(await devWith('{"a": {}}')),
      namesIn(await devWith('{}'))
    ]
    assert.deepEqual(again, one)
    assert.deepEqual(
      [...one.keys()].filter((declared) => one.get(declared) !== other.get(declared)),
      ['kafka-topics-desired']
    )
  })

  it('makes one reconciler end before the next begins, since both would write', () => {
    for (const { spec } of reconcilers(objects)) assert.deepEqual([spec.strategy.type, spec.replicas], ['Recreate', 1])
  })

  it('keeps Flux from removing the map of a pod that still runs', () => {
    for (const { metadata } of ofKind(objects, 'ConfigMap'))
      assert.equal(metadata.annotations['kustomize.toolkit.fluxcd.io/prune'], 'disabled')
  })

  it('goes together with the others that an environment may have', async () => {
    const all = parseKnownObjects(await buildDirectory('test/manifests/with/hash-suffix-and-others'))
    assert.equal(namesIn(all).size, 8)
    assert.deepEqual(
      ofKind(all, 'Deployment')
        .map(({ metadata }) => metadata.name)
        .toSorted(),
      ['elasticsearch-reconciler', 'kafka-reconciler', 'nifi-reconciler']
    )
    for (const deployment of reconcilers(all))
      assert.ok(containersOf(deployment)[0]?.env.some(({ name }) => name === 'LEASE_NAME'))
  })
})
