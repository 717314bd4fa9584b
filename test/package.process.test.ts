/**
 * The package as its users get it: built, packed, installed in an empty project, imported and run.
 */
import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'

const execute = promisify(execFile)
const root = fileURLToPath(new URL('..', import.meta.url))

describe('the npm package', function () {
  this.timeout(180_000)
  let project = ''

  before(async () => {
    project = await mkdtemp(join(tmpdir(), 'infometis-package-'))
    const { stdout } = await execute('npm', ['pack', '--silent', '--pack-destination', project], { cwd: root })
    await writeFile(join(project, 'package.json'), JSON.stringify({ name: 'empty', private: true, type: 'module' }))
    await execute('npm', ['install', '--silent', '--no-audit', '--no-fund', `./${stdout.trim().split('\n').at(-1)}`], { cwd: project })
  })

  after(async () => {
    await rm(project, { recursive: true, force: true })
  })

  const run = async (program: string): Promise<string> => {
    await writeFile(join(project, 'program.js'), program)
    const { stdout } = await execute(process.execPath, ['program.js'], { cwd: project })
    return stdout.trim()
  }

  it('gives ServiceReconciler to an empty project', async () => {
    assert.equal(await run(`import { ServiceReconciler } from 'infometis-reconcilers'; console.log(typeof ServiceReconciler)`), 'function')
  })

  it('gives the conformance suite under ./testing', async () => {
    assert.equal(await run(`import { conformance } from 'infometis-reconcilers/testing'; console.log(typeof conformance)`), 'function')
  })

  it('gives the Kafka plugin under ./kafka', async () => {
    assert.equal(await run(`import { plugin } from 'infometis-reconcilers/kafka'; console.log(plugin.kinds.map(({ kind }) => kind).join())`), 'topic,cluster')
  })

  it('gives the Elasticsearch plugin under ./elasticsearch', async () => {
    const kinds = 'component-template,index-template,lifecycle-policy,ingest-pipeline,index,alias,data-stream,cluster'
    assert.equal(await run(`import { plugin } from 'infometis-reconcilers/elasticsearch'; console.log(plugin.kinds.map(({ kind }) => kind).toSorted().join())`), kinds.split(',').toSorted().join())
  })

  it('gives the NiFi plugin under ./nifi', async () => {
    assert.equal(await run(`import { plugin } from 'infometis-reconcilers/nifi'; console.log(plugin.kinds.map(({ kind }) => kind).join())`), 'parameter-context,flow,controller')
  })

  it('type-checks in a strict project', async () => {
    await writeFile(
      join(project, 'program.ts'),
      `import { ServiceReconciler, type Plugin } from 'infometis-reconcilers'\nexport const make = (plugin: Plugin, directory: string) => new ServiceReconciler(plugin.open(undefined as never), { directory })\n`
    )
    const flags = ['--strict', '--noEmit', '--skipLibCheck', '--module', 'nodenext', '--target', 'es2024', '--types', '', 'program.ts']
    await execute(join(root, 'node_modules/.bin/tsc'), flags, { cwd: project })
  })

  it('installs the command `infometis`, which knows its services', async () => {
    await writeFile(join(project, 'topics.json'), '{ "orders": { "partitions": 3 } }')
    const { stdout } = await execute(process.execPath, ['node_modules/infometis-reconcilers/dist/src/cli/main.js', 'validate', 'kafka', '--config', '.', '--output', 'json'], {
      cwd: project
    })
    assert.equal(JSON.parse(stdout).valid, true)
  })
})
