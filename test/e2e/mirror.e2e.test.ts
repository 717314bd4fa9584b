import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { lstat, mkdtemp, readFile, readdir, readlink, rm, watch, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { eventually } from '../live/eventually.ts'
import { AtomicWriter } from '../read/kubelet.ts'
import { startMirror, type Mirror } from '../servers/configmap-mirror.ts'
import type { Kubernetes } from '../servers/kubernetes.ts'
import { kubectlTo, kubernetesOrSkip } from './harness.ts'

type Data = Readonly<Record<string, string>>

const data = { 'topics.json': '{"a": 1}', 'late.yaml': 'b: 2\n', 'not-a-topic': '' }

describe('the files of a ConfigMap', function () {
  this.timeout(180_000)
  let server: Kubernetes
  let mirror: Mirror
  let home = ''
  const namespace = `mirror-${randomUUID().slice(0, 8)}`
  const real = (): string => join(home, 'real')
  const both = (): string => join(home, 'both')

  before(async function () {
    server = await kubernetesOrSkip(this)
    home = await mkdtemp(join(tmpdir(), 'infometis-mirror-test-'))
    await kubectlTo(server, 'create', 'namespace', namespace)
    await declare('one', data)
    mirror = await startMirror(await server.kubeconfig(), [
      { directory: real(), maps: [`${namespace}/one`] },
      { directory: both(), maps: [`${namespace}/one`, `${namespace}/more?`] }
    ])
  })

  after(async () => {
    await mirror?.stop()
    await rm(home, { recursive: true, force: true })
  })

  async function declare(name: string, content: Data): Promise<void> {
    const object = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name, namespace }, data: content }
    await kubectlTo(server, 'apply', '--filename', await fileOf(join(home, `${name}.json`), JSON.stringify(object)))
  }

  const remove = (name: string): Promise<string> =>
    kubectlTo(server, '--namespace', namespace, 'delete', 'configmap', name, '--ignore-not-found')

  /** Declares the map, and waits until it is mounted: what a test before has left does not count. */
  async function mounted(content: Data): Promise<void> {
    await declare('one', content)
    const written = async (): Promise<Data> =>
      Object.fromEntries(
        await Promise.all(
          (await keys(real())).map(async (name) => [name, await readFile(join(real(), name), 'utf8')] as const)
        )
      )
    await eventually(async () => assert.deepEqual(await written(), content))
  }

  const version = (directory: string): Promise<string> => readlink(join(directory, '..data'))

  it('lie in the same layout as those of the imitation that the other tests use', async () => {
    const imitated = await mkdtemp(join(home, 'imitated-'))
    await mounted(data)
    await new AtomicWriter(imitated, { generation: 'newer' }).write(data)
    const expected = await layout(imitated)
    assert.deepEqual(await layout(real()), expected)
    assert.deepEqual(expected['topics.json'], '→ ..data/topics.json', 'the layout is one of links')
    assert.match(await version(real()), /^\.\.\d{4}_\d\d_\d\d_\d\d_\d\d_\d\d\.\d+$/)
  })

  it('change in the same steps as those of the imitation', async () => {
    const imitated = await mkdtemp(join(home, 'steps-'))
    await mounted(data)
    const writer = new AtomicWriter(imitated, { generation: 'newer' })
    await writer.write(data)
    const next = { 'topics.json': '{"a": 2}', 'new.json': '{}' }
    const gone = Object.keys(data).filter((name) => !(name in next))
    const expected = await stepsOf(imitated, gone, () => writer.write(next))
    const seen = await stepsOf(real(), gone, () => declare('one', next))
    assert.deepEqual(seen, expected)
    assert.deepEqual(await layout(real()), await layout(imitated))
  })

  it('are not written again when only the metadata of the map changed', async () => {
    await mounted(data)
    const before = await version(real())
    await kubectlTo(
      server,
      '--namespace',
      namespace,
      'annotate',
      'configmap',
      'one',
      'example.org/note=1',
      '--overwrite'
    )
    const attempts = (await mirror.log()).split(`${real()}: projected`).length
    await kubectlTo(
      server,
      '--namespace',
      namespace,
      'annotate',
      'configmap',
      'one',
      'example.org/note=2',
      '--overwrite'
    )
    await eventually(async () => assert.ok((await mirror.log()).split(`${real()}: projected`).length > attempts))
    assert.equal(await version(real()), before)
  })

  it('appear and go with an optional map beside those of another one', async () => {
    await remove('more')
    await mounted(data)
    const one = Object.keys(data).toSorted()
    await eventually(async () => assert.deepEqual(await keys(both()), one))
    await declare('more', { 'layer.json': '{}' })
    await eventually(async () => assert.deepEqual(await keys(both()), [...one, 'layer.json'].toSorted()))
    await remove('more')
    await eventually(async () => assert.deepEqual(await keys(both()), one))
  })

  it('stay as they are when a map that is not optional is deleted, and follow it when it is back', async () => {
    await mounted(data)
    const before = await layout(real())
    const missed = async (): Promise<number> =>
      (await mirror.log()).split(`${real()}: configmap ${namespace}/one not found`).length
    const known = await missed()
    await remove('one')
    await eventually(async () => assert.ok((await missed()) > known))
    assert.deepEqual(await layout(real()), before)
    await declare('one', { 'topics.json': 'back' })
    await eventually(async () => assert.equal(await readFile(join(real(), 'topics.json'), 'utf8'), 'back'))
  })
})

const isVersion = (name: string): boolean => /^\.\.\d{4}_/.test(name)

async function fileOf(path: string, content: string): Promise<string> {
  await writeFile(path, content)
  return path
}

async function keys(directory: string): Promise<readonly string[]> {
  return (await readdir(directory)).filter((name) => !name.startsWith('..')).toSorted()
}

/** Every entry below a directory with its mode and its target or content; the name of the version, which is a date, made the same. */
async function layout(directory: string, below = ''): Promise<Readonly<Record<string, string>>> {
  const found: Record<string, string> = {}
  for (const name of (await readdir(join(directory, below))).toSorted()) {
    const path = join(directory, below, name)
    const shown = join(below, name).replace(/\.\.\d{4}_[^/]*/, '..version')
    const entry = await lstat(path)
    if (entry.isSymbolicLink()) found[shown] = `→ ${(await readlink(path)).replace(/^\.\.\d{4}_.*/, '..version')}`
    else if (entry.isDirectory())
      Object.assign(found, { [shown]: (entry.mode & 0o777).toString(8) }, await layout(directory, join(below, name)))
    else found[shown] = `${(entry.mode & 0o777).toString(8)} ${await readFile(path, 'utf8')}`
  }
  return found
}

/**
 * The names a watcher of the directory hears of in a change, in their order, up to the removal of the old version. The
 * keys that are `gone` are a set to the kubelet: they go in any order, which is one step.
 */
async function stepsOf(
  directory: string,
  gone: readonly string[],
  change: () => Promise<unknown>
): Promise<readonly string[]> {
  const stop = new AbortController()
  const old = await readlink(join(directory, '..data'))
  const events = watch(directory, { signal: AbortSignal.any([stop.signal, AbortSignal.timeout(60_000)]) })
  const changed = change()
  const seen: string[] = []
  for await (const { filename } of events) {
    const name = filename ?? ''
    const shown = isVersion(name)
      ? name === old
        ? 'old version'
        : 'new version'
      : gone.includes(name)
        ? 'keys that are gone'
        : name
    if (seen.at(-1) !== shown) seen.push(shown)
    if (name === old) break
  }
  stop.abort()
  await changed
  return seen
}
