/**
 * A plugin gets into a cluster as the page on writing a reconciler says, with the manifests the package brings.
 */
import assert from 'node:assert/strict'
import { cp } from 'node:fs/promises'
import { delimiter, dirname, join } from 'node:path'
import {
  containersOf,
  mountedConfigMaps,
  mountedFiles,
  mountedSecrets,
  ofKind,
  parseKnownObjects
} from '../manifests/objects.ts'
import { skipWithoutKubectl } from '../manifests/build.ts'
import { kubectl } from '../servers/kubectl.ts'
import { authorProject, blocksOf, commandsOf, page } from './author.ts'
import type { Project } from './npm.ts'

const heading = /cluster/

/** The files the page shows, by the paths in their first lines. */
function shownFiles(): Readonly<Record<string, string>> {
  return Object.fromEntries(
    blocksOf('yaml', heading).map((text) => [/^# (.*)$/m.exec(text)?.[1] ?? assert.fail(text), text])
  )
}

describe('the manifests for a plugin in a package of its own', function () {
  this.timeout(180_000)
  let author: Project
  let path = ''

  before(async function () {
    await skipWithoutKubectl(this)
    author = await authorProject()
    path = [dirname((await kubectl()) ?? ''), process.env['PATH'] ?? ''].join(delimiter)
    await cp(
      join(author.directory, 'node_modules/infometis-reconcilers/manifests'),
      join(author.directory, 'manifests'),
      { recursive: true }
    )
    await author.write({ ...shownFiles(), 'manifests/roster/config/teams.yaml': 'ops: {members: [ada]}\n' })
  })

  const build = async (): Promise<string> => {
    const { code, stdout, stderr } = await author.run('kubectl', ['kustomize', 'manifests/roster'], { PATH: path })
    assert.equal(code, 0, stderr)
    return stdout
  }

  it('are accepted by validate, by the command of the page', async () => {
    const [command = ''] = commandsOf(heading)
    assert.match(command, /^kubectl kustomize .* validate /)
    const { code, stdout, stderr } = await author.run('sh', ['-c', command], { PATH: path })
    assert.equal(code, 0, stdout + stderr)
    await author.write({ 'manifests/roster/config/teams.yaml': 'ops: {member: [ada]}\n' })
    assert.equal((await author.run('sh', ['-c', command], { PATH: path })).code, 1, 'they are looked at')
    await author.write({ 'manifests/roster/config/teams.yaml': 'ops: {members: [ada]}\n' })
  })

  it('have the image, the configuration, the variables and the Secret of the plugin, under its name', async () => {
    const objects = parseKnownObjects(await build())
    const [reconciler, ...others] = ofKind(objects, 'Deployment')
    assert.ok(reconciler)
    assert.deepEqual(others, [])
    assert.equal(reconciler.metadata.name, 'roster-reconciler')
    assert.deepEqual(reconciler.spec.selector.matchLabels, { app: 'roster-reconciler' })
    const [container, ...more] = containersOf(reconciler)
    assert.ok(container)
    assert.deepEqual(more, [])
    assert.equal(container.image, 'registry.example.org/roster-reconciler:1.2.0')
    assert.partialDeepStrictEqual(Object.fromEntries(container.env.map(({ name, value }) => [name, value])), {
      CONFIG_MAP_NAME: 'roster-config-desired',
      ROSTER_URL: 'http://roster:8080'
    })
    assert.deepEqual(mountedSecrets(reconciler), ['roster-reconciler'])
    assert.deepEqual(
      mountedConfigMaps(reconciler).map(({ name }) => name),
      ['roster-config-desired']
    )
    assert.deepEqual(mountedFiles(objects, 'roster-reconciler'), { 'teams.yaml': 'ops: {members: [ada]}\n' })
    const [config] = ofKind(objects, 'ConfigMap')
    assert.deepEqual(config?.metadata.annotations, {
      'kustomize.toolkit.fluxcd.io/prune': 'disabled',
      'kustomize.toolkit.fluxcd.io/substitute': 'disabled'
    })
  })

  it('take the components that the page names, in its order', async () => {
    const components = [
      ...new Set([...page.matchAll(/`(\.\.\/plugin\/[\w-]+)`/g)].map(([, component = '']) => component))
    ]
    assert.ok(components.length >= 5)
    const kustomization = shownFiles()['manifests/roster/kustomization.yaml'] ?? assert.fail('none')
    await author.write({
      'manifests/roster/kustomization.yaml': [
        `${kustomization}components:`,
        ...components.map((each) => `- ${each}`)
      ].join('\n')
    })
    const built = await build()
    const names = [...built.matchAll(/^ {2}name: (.*)$/gm)].map(([, name = '']) => name)
    assert.ok(names.length > 8)
    assert.deepEqual(
      names.filter((name) => !name.startsWith('roster-')),
      []
    )
    assert.match(built, /LEASE_NAME/)
  })
})
