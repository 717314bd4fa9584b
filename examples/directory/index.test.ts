import assert from 'node:assert/strict'
import { chmod, mkdir, mkdtemp, readdir, readFile, rm, stat, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Environment, ServiceReconciler, type Service } from '../../src/index.ts'
import { conformance, testCycle } from '../../src/testing/index.ts'
import { plugin } from './index.ts'

const makeDirectory = (): Promise<string> => mkdtemp(join(tmpdir(), 'directory-'))

const open = (path?: string): Service => plugin.open(new Environment({ DIRECTORY_PATH: path }))

/** Names, contents and the times of the last writes. */
const snapshotOf = async (directory: string): Promise<unknown> => {
  const paths = (await readdir(directory)).toSorted().map((name) => join(directory, name))
  return Promise.all(
    paths.map(async (path) => [path, await readFile(path, 'utf8'), (await stat(path, { bigint: true })).ctimeNs])
  )
}

conformance({
  kind: 'file',
  open: async () => {
    const directory = await makeDirectory()
    return {
      service: open(directory),
      snapshot: () => snapshotOf(directory),
      createByHand: (name) => writeFile(join(directory, name), 'by hand'),
      changeByHand: (name) => writeFile(join(directory, name), 'changed by hand'),
      cut: () => rm(directory, { recursive: true }),
      cleanup: () => rm(directory, { recursive: true, force: true })
    }
  },
  valid: { content: 'Good morning\n', mode: '640' },
  changed: { content: 'Good night\n' },
  bad: { name: 'a-name-that-is-too-long'.repeat(20), item: { content: '' } }
})

describe('the directory reconciler', () => {
  let directory: string
  let config: string
  beforeEach(async () => {
    directory = await makeDirectory()
    config = await makeDirectory()
  })
  afterEach(async () => {
    await rm(directory, { recursive: true })
    await rm(config, { recursive: true })
  })

  /** `key verb result why` of one cycle. */
  const cycle = async (files: object): Promise<readonly string[]> => {
    await writeFile(join(config, 'files.json'), JSON.stringify(files))
    const report = await new ServiceReconciler(open(directory), { directory: config }).reconcile()
    assert.equal(report.error, null)
    return report.outcomes.map(({ key, result, why, error }) =>
      [key, result, why ?? error?.code].filter(Boolean).join(' ')
    )
  }

  it('holds a change that empties a file', async () => {
    await writeFile(join(directory, 'full.txt'), 'text')
    const results = await cycle({ 'full.txt': { content: '' } })
    assert.deepEqual(results, ['directory/file/full.txt held the file would be emptied (policy.yaml: hold)'])
  })

  it('refuses names outside of the directory and hidden ones', async () => {
    const results = await cycle({ '../up.txt': { content: '' }, '.hidden': { content: '' } })
    assert.deepEqual(
      results.map((text) => /^\S+ invalid .*expected a name without/.test(text)),
      [true, true]
    )
  })

  it('never writes through a link or over a directory', async () => {
    await symlink(join(config, 'elsewhere.txt'), join(directory, 'link.txt'))
    await mkdir(join(directory, 'folder'))
    assert.deepEqual(await cycle({ 'link.txt': { content: 'x' }, folder: { content: 'x' } }), [
      'directory/file/link.txt held "link.txt" is there and is not a file',
      'directory/file/folder held "folder" is there and is not a file'
    ])
  })

  it('leaves the mode untouched when none is declared', async () => {
    await writeFile(join(directory, 'a.txt'), 'old')
    await chmod(join(directory, 'a.txt'), 0o604)
    await cycle({ 'a.txt': { content: 'new' } })
    assert.equal(await readFile(join(directory, 'a.txt'), 'utf8'), 'new')
    assert.equal((await stat(join(directory, 'a.txt'))).mode & 0o777, 0o604)
  })

  it('is blind for a missing directory instead of taking it for an empty one', async () => {
    await writeFile(join(config, 'files.json'), '{"a.txt": {"content": "x"}}')
    const report = await new ServiceReconciler(open(join(directory, 'gone')), { directory: config }).reconcile()
    assert.deepEqual([report.status, report.error?.code], ['blind', 'UNREACHABLE'])
  })

  it('reads undeclared files for an export, and only then', async () => {
    await writeFile(join(directory, 'a.txt'), 'text')
    await chmod(join(directory, 'a.txt'), 0o640)
    const [files] = open(directory).resources
    const exported = await files?.observe([], testCycle({ everything: true }))
    assert.deepEqual(exported?.items.get('a.txt'), { state: { content: 'text', mode: '640' } })
    const listed = await files?.observe([], testCycle())
    assert.deepEqual(listed?.items.get('a.txt'), { state: { content: null, mode: null } })
  })

  it('requires an absolute path', () => {
    assert.throws(() => open('www'), /DIRECTORY_PATH: expected an absolute path, found "www"; for example \/srv\/www/)
    assert.throws(() => open(), /DIRECTORY_PATH: expected a value, it is not set/)
  })
})
