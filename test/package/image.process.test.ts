/**
 * A plugin becomes an image as the page on writing a reconciler says, with what the package brings.
 */
import assert from 'node:assert/strict'
import { existsSync } from 'node:fs'
import { chmod, cp, mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { z } from 'zod'
import { readVersion } from '../../src/sidecar/version.ts'
import { dockerfile as ours } from '../build/dockerfile.ts'
import { start, type Program } from '../build/program.ts'
import { eventually } from '../live/eventually.ts'
import { skipLoudly } from '../live/skip.ts'
import { findCrun, startContainer } from '../servers/crun.ts'
import { freePort } from '../servers/ports.ts'
import { authorProject, blocksOf, commandsOf } from './author.ts'
import { userProject, type Ended, type Project } from './npm.ts'
import { Store } from './roster/store.ts'

const sbomShape = z.object({
  metadata: z.object({
    component: z.object({ name: z.string(), version: z.string(), licenses: z.array(z.unknown()) })
  }),
  components: z.array(z.object({ purl: z.string() }))
})

/** The Dockerfile of the page: its instructions, as word and rest. */
const instructions = blocksOf('dockerfile', /image/).flatMap((text) =>
  [...text.matchAll(/^([A-Z]+) (.*)$/gm)].map(([, word = '', rest = '']) => ({ word, rest }))
)
const restOf = (word: string): readonly string[] =>
  instructions.flatMap((each) => (each.word === word ? [each.rest] : []))

describe('the image of a plugin in a package of its own', function () {
  this.timeout(180_000)
  let author: Project
  /** Below it nothing is installed. */
  let dir = ''
  let store: Store
  let address = ''
  /** What was said when it was made. */
  let remarks = ''

  before(async () => {
    author = await authorProject()
    dir = await mkdtemp(join(tmpdir(), 'infometis-plugin-image-'))
    await chmod(dir, 0o755)
    store = new Store()
    address = await store.open()
    await author.write({ 'config/teams.yaml': 'ops: {members: [ada]}\n' })
  })
  after(async () => {
    store.close()
    await rm(dir, { recursive: true, force: true })
  })

  const image = (...words: readonly string[]): Promise<Ended> => author.npx('infometis-image', words)

  /** The program reconciles until it is ready, and ends as the kubelet asks it to. */
  const reconcilesOnce = async ({ child, ended }: Program, port: string): Promise<void> => {
    store.teams.delete('ops')
    await eventually(async () => assert.equal((await fetch(`http://127.0.0.1:${port}/readyz`)).status, 200), 60_000)
    child.kill('SIGTERM')
    const { code, stdout, stderr } = await ended
    assert.equal(code, 0, stderr)
    assert.match(stdout.split('\n')[0] ?? '', /roster reconciler 1\.2\.0 watching /)
    assert.deepEqual(store.contents(), { teams: { ops: { members: ['ada'], note: '' } }, badges: {} })
  }

  it('needs two tools, which are named together where they are missing', async () => {
    const { code, stderr } = await (await userProject()).npx('infometis-image', ['kafka', 'out'])
    assert.equal(code, 2)
    assert.match(stderr, /npm install 'esbuild@\^[\d.]+'/)
    assert.match(stderr, /npm install '@cyclonedx\/cyclonedx-library@\^[\d.]+'/)
    assert.equal(stderr.match(/PACKAGE_MISSING/g)?.length, 2)
  })

  it('is made by the commands of the page', async () => {
    const commands = commandsOf(/image/).filter((line) => !line.startsWith('npm install '))
    assert.ok(commands.length >= 2)
    for (const line of commands) {
      const { code, stdout, stderr } = await author.run('sh', ['-c', line])
      assert.equal(code, 0, stdout + stderr)
      remarks += stderr
    }
    await cp(join(author.directory, 'out'), join(dir, 'out'), { recursive: true })
    assert.deepEqual((await readdir(join(dir, 'out'))).toSorted(), ['LICENSES.txt', 'app', 'sbom.cdx.json'])
    assert.deepEqual(await readdir(join(dir, 'out/app/reconcilers')), ['roster'])
  })

  it('says what is in it: the plugin, the framework and what they need', async () => {
    const { metadata, components } = sbomShape.parse(JSON.parse(await readFile(join(dir, 'out/sbom.cdx.json'), 'utf8')))
    assert.deepEqual(metadata.component, {
      ...metadata.component,
      name: 'roster-reconciler',
      version: '1.2.0',
      licenses: [{ license: { id: 'MIT' } }]
    })
    const purls = components.map(({ purl }) => purl)
    assert.ok(purls.includes(`pkg:npm/infometis-reconcilers@${await readVersion()}`))
    assert.deepEqual(
      purls.filter((purl) => /kubernetes|esbuild|mocha|kafka/.test(purl)),
      []
    )
    assert.match(await readFile(join(dir, 'out/LICENSES.txt'), 'utf8'), /^infometis-roster 1\.2\.0: MIT\n/)
  })

  it('knows its one service and its version, without --plugin and far from any node_modules', async () => {
    const commandLine = join(dir, 'out/app/src/cli/main.js')
    assert.equal((await start(commandLine, ['--version'], {}).ended).stdout, '1.2.0\n')
    assert.match((await start(commandLine, ['--help'], {}).ended).stdout, /Services: roster\n/)
    store.teams.delete('ops')
    const { code, stdout } = await start(
      commandLine,
      ['diff', 'roster', '--config', join(author.directory, 'config')],
      { ROSTER_URL: address }
    ).ended
    assert.equal(code, 1)
    assert.match(stdout, /create {2}roster\/team\/ops/)
  })

  it('reconciles with plain Node until SIGTERM', async () => {
    const port = String(await freePort())
    const variables = { CONFIG_DIR: join(author.directory, 'config'), ROSTER_URL: address, HTTP_PORT: port }
    await reconcilesOnce(start(join(dir, 'out/app/reconcilers/roster/main.js'), [], variables), port)
  })

  it('says when it was made that it cannot ask Kubernetes, and names what is missing where it is to', async () => {
    assert.match(remarks, /without @kubernetes\/client-node/)
    const variables = {
      CONFIG_DIR: join(author.directory, 'config'),
      ROSTER_URL: address,
      LEASE_NAME: 'roster',
      POD_NAMESPACE: 'somewhere'
    }
    const { code, stderr } = await start(join(dir, 'out/app/reconcilers/roster/main.js'), [], variables).ended
    assert.equal(code, 2)
    assert.match(stderr, /@kubernetes\/client-node@\^[\d.]+.*PACKAGE_MISSING/s)
  })

  it('is not made of a module that is none, without the plugin or with another one', async () => {
    await author.write({
      'empty.ts': 'export const nothing = 0\n',
      'lost.ts': "import 'no-such-package'\nexport const plugin = 0\n"
    })
    const refusals = [
      [['roster', './no-such-file.ts', 'bad'], /no-such-file\.ts/],
      [['roster', 'no-such-plugin', 'bad'], /no-such-plugin.*PLUGIN_INVALID/s],
      [['no-such-service', 'bad'], /kafka.*no-such-service.*PLUGIN_INVALID/s],
      [['../roster', './index.ts', 'bad'], /"\.\.\/roster"/],
      [['roster', './empty.ts', 'bad'], /empty\.ts.*plugin/s],
      [['roster', './lost.ts', 'bad'], /no-such-package/],
      [['kafka', './index.ts', 'bad'], /"roster".*PLUGIN_INVALID/s],
      [['roster'], /expected a service/],
      [['roster', '--frobnicate', 'bad'], /--frobnicate/]
    ] as const
    for (const [words, expected] of refusals) {
      const { code, stderr } = await image(...words)
      assert.equal(code, 2, words.join(' '))
      assert.match(stderr, expected)
      assert.ok(!/\n +at /.test(stderr), 'no stack')
    }
  })

  it('is described by a Dockerfile that sets what ours sets', async () => {
    const lines = await ours()
    assert.ok(lines.includes(`ENV ${restOf('ENV')[0]}`))
    for (const word of ['WORKDIR', 'USER', 'EXPOSE', 'ENTRYPOINT'])
      assert.ok(lines.includes(`${word} ${restOf(word).at(-1)}`), word)
    const bases = restOf('FROM').map((rest) => rest.replace(/ AS \w+$/, ''))
    assert.deepEqual(bases, [lines.flatMap((line) => /^ARG NODE_IMAGE=(.*)$/.exec(line)?.[1] ?? [])[0], 'scratch'])
  })

  it('made by the Dockerfile, runs in a container under the restrictions of the pod', async function () {
    const crun = await findCrun()
    if ('missing' in crun) skipLoudly(this, `containers cannot be run here: ${crun.missing}`)
    if (!existsSync('/var/lib/dpkg/status'))
      skipLoudly(this, 'not a Debian, whose packages tell whose the libraries are')
    const root = join(dir, 'root')
    // Everything is installed already.
    for (const line of restOf('RUN').filter((rest) => !rest.startsWith('npm ci '))) {
      const { code, stdout, stderr } = await author.run('sh', ['-c', line.replaceAll('/layout', root)])
      assert.equal(code, 0, stdout + stderr)
    }
    await cp(join(author.directory, 'config'), join(dir, 'config'), { recursive: true })
    const port = String(await freePort())
    const env = { ...variablesOf(restOf('ENV')[0] ?? ''), ROSTER_URL: address, HTTP_PORT: port }
    const args = [restOf('ENTRYPOINT'), restOf('CMD')].flatMap(([list = '']) =>
      z.array(z.string()).parse(JSON.parse(list))
    )
    await reconcilesOnce(
      await startContainer(crun, { root, args, env, config: join(dir, 'config'), memoryMiB: 256 }),
      port
    )
  })
})

/** As an instruction `ENV` has them. */
function variablesOf(line: string): Readonly<Record<string, string>> {
  return Object.fromEntries(
    [...line.matchAll(/(\w+)=(?:"([^"]*)"|(\S+))/g)].map(([, name = '', quoted, plain]) => [
      name,
      quoted ?? plain ?? ''
    ])
  )
}
