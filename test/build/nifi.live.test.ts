import assert from 'node:assert/strict'
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { openScene, sharedLoginOrSkip, type NifiNode } from '../live/nifi/harness.ts'
import { layoutOf, type Made } from './layouts.ts'
import { start } from './program.ts'

/** The text of a file of a bundle and of everything it loads before it runs. */
async function loadedWith(file: string, seen: Map<string, string> = new Map()): Promise<ReadonlyMap<string, string>> {
  if (seen.has(file)) return seen
  const text = await readFile(file, 'utf8')
  seen.set(file, text)
  for (const [, path = ''] of text.matchAll(/(?:\bfrom|\bimport)"(\.[^"]+\.js)"/g))
    await loadedWith(join(dirname(file), path), seen)
  return seen
}

const isAxios = (text: string): boolean => text.includes('AxiosError')

describe('the bundle for NiFi, far from any node_modules', function () {
  this.timeout(120_000)
  let dir = ''
  let made: Made

  before(async () => {
    dir = await mkdtemp(join(tmpdir(), 'infometis-bundle-'))
    made = await layoutOf('nifi')
  })
  after(() => rm(dir, { recursive: true, force: true }))

  const filesOf = async (): Promise<readonly string[]> => {
    const files = await readdir(join(made.directory, 'app'), { recursive: true, withFileTypes: true })
    return files.filter((file) => file.isFile()).map(({ parentPath, name }) => join(parentPath, name))
  }

  it('names the variable that is missing, in the container and on the command line', async () => {
    for (const [file, args] of [
      [made.container, []],
      [made.commandLine, ['run', 'nifi', '--config', dir]]
    ] as const) {
      const { code, stderr } = await start(file, args, {}).ended
      assert.equal(code, 2)
      assert.match(stderr, /NIFI_URL: expected a value, it is not set.*VARIABLE_INVALID/s)
    }
  })

  it('knows its one service', async () => {
    assert.match((await start(made.commandLine, ['--help'], {}).ended).stdout, /Services: nifi\n/)
  })

  it('holds its client, which neither the container nor a verb loads before it connects', async () => {
    const texts = await Promise.all((await filesOf()).map((file) => readFile(file, 'utf8')))
    assert.ok(texts.some(isAxios), 'it is there')
    for (const entry of [made.container, made.commandLine, made.plugin]) {
      const loaded = await loadedWith(entry)
      assert.ok(loaded.size > 1, 'what it loads was found')
      assert.deepEqual(
        [...loaded].filter(([, text]) => isAxios(text)).map(([file]) => file),
        [],
        entry
      )
    }
  })

  it('checks a flow without a server', async () => {
    const config = join(dir, 'offline')
    await mkdir(config, { recursive: true })
    await writeFile(
      join(config, 'flows.yaml'),
      'beat: {processors: {gen: {type: GenerateFlowFile}, log: {type: LogAttribute, terminate: [success]}}, connections: [gen:success -> lag]}'
    )
    const { code, stdout } = await start(made.commandLine, ['validate', 'nifi', '--config', config], {}).ended
    assert.equal(code, 1)
    assert.match(stdout, /did you mean "log"/)
  })

  describe('on a real node', () => {
    let node: NifiNode | undefined

    before(async function () {
      node = await sharedLoginOrSkip(this)
    })

    it('trusts the mounted CA, logs in with the mounted password, and creates what is declared', async () => {
      const server = node ?? assert.fail('no node')
      const config = join(dir, 'config')
      await mkdir(config, { recursive: true })
      await writeFile(
        join(config, 'flows.yaml'),
        'bundled: {processors: {gen: {type: GenerateFlowFile, every: 1 min, terminate: [success]}}}'
      )
      await writeFile(join(dir, 'password'), `${server.password}\n`)
      const variables = {
        CONFIG_DIR: config,
        NIFI_URL: server.url,
        NIFI_PARENT_GROUP: (await openScene(server)).parent,
        NIFI_USERNAME: server.username ?? assert.fail('no user'),
        NIFI_PASSWORD_FILE: join(dir, 'password'),
        NIFI_CA_FILE: server.caFile ?? assert.fail('no CA')
      }
      const applied = await start(made.commandLine, ['apply', 'nifi', '--yes'], variables).ended
      assert.equal(applied.code, 0, applied.stderr)
      const seen = await start(made.commandLine, ['diff', 'nifi'], variables).ended
      assert.equal(seen.code, 0, seen.stdout + seen.stderr)
    })
  })
})
