/**
 * What is in the package, and what somebody gets who installs it and nothing else.
 */
import assert from 'node:assert/strict'
import { globSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { z } from 'zod'
import { deadLinks, linksIn } from '../docs/links.ts'
import { userProject, type Project } from './npm.ts'

const tsc = fileURLToPath(new URL('../../node_modules/.bin/tsc', import.meta.url))
const typeRoots = fileURLToPath(new URL('../../node_modules/@types', import.meta.url))

const mapShape = z.object({ sources: z.array(z.string()), sourcesContent: z.array(z.string().nullable()).optional() })

describe('the npm package', function () {
  this.timeout(180_000)
  let project: Project
  /** Where it lies, unpacked. */
  let folder = ''
  let files: readonly string[] = []

  before(async () => {
    project = await userProject()
    folder = join(project.directory, 'node_modules/infometis-reconcilers')
    files = globSync('**', { cwd: folder, withFileTypes: true }).flatMap((entry) =>
      entry.isFile() ? [join(entry.parentPath, entry.name).slice(folder.length + 1)] : []
    )
  })

  const textOf = (file: string): string => readFileSync(join(folder, file), 'utf8')
  const printed = async (program: string, ...flags: readonly string[]): Promise<string> => {
    await project.write({ 'program.js': program })
    const { code, stdout, stderr } = await project.run('node', [...flags, 'program.js'])
    assert.equal(code, 0, stderr)
    return stdout.trim()
  }

  it('holds what people read, what runs, the sources of that, and nothing else', () => {
    const allowed = [
      /^(?:CHANGELOG|README)\.md$|^LICENSE$|^package\.json$/,
      /^dist\/(?:src|reconcilers|build)\/[\w/-]+\.(?:js|d\.ts)(?:\.map)?$/,
      /^(?:src|reconcilers|build)\/[\w/-]+\.(?:ts|md)$|^build\/node-root\.sh$/,
      /^docs\/[\w/-]+\.(?:md|schema\.json)$/,
      /^(?:manifests|environments)\/[\w/-]+\.(?:yaml|md|json)$/,
      /^examples\/directory\/(?:index\.ts|index\.test\.ts|config\/files\.yaml)$/
    ]
    assert.ok(files.length > 1_000)
    assert.deepEqual(
      files.filter((file) => !allowed.some((pattern) => pattern.test(file))),
      []
    )
  })

  it('leads from each of its maps to sources that are in it', () => {
    const maps = files.filter((file) => file.endsWith('.map'))
    const lost = maps.flatMap((file) => {
      const { sources, sourcesContent = [] } = mapShape.parse(JSON.parse(textOf(file)))
      return sources.flatMap((source, index) =>
        files.includes(join(dirname(file), source)) || sourcesContent[index] != null ? [] : [`${file}: ${source}`]
      )
    })
    assert.ok(maps.length > 500)
    assert.deepEqual(lost, [])
  })

  it('names in its code only maps that are in it', () => {
    const code = files.filter((file) => /\.(?:js|d\.ts)$/.test(file))
    const named = code.map((file) => ({
      file,
      map: /\n\/\/# sourceMappingURL=(.*)\s*$/.exec(textOf(file))?.[1] ?? 'none'
    }))
    assert.deepEqual(
      named.filter(({ file, map }) => !files.includes(join(dirname(file), map))),
      []
    )
  })

  it('has no link that leads to nothing', () => {
    const links = linksIn(folder)
    assert.ok(links.length > 50)
    assert.deepEqual(deadLinks(folder, links), [])
  })

  it('names the lines of its sources in a stack', async () => {
    const program = `
      import { Environment } from 'infometis-reconcilers'
      try { new Environment({}).required('X', 'y') } catch (error) { console.log(error.stack) }`
    const stack = await printed(program, '--enable-source-maps')
    const [, file = '', line = ''] = /infometis-reconcilers\/(src\/.*\.ts):(\d+):\d+/.exec(stack) ?? assert.fail(stack)
    assert.match(textOf(file).split('\n')[Number(line) - 1] ?? '', /throw new ReconcileError/)
  })

  it('gives the framework, the conformance suite and three plugins by their names', async () => {
    const program = `
      import { ServiceReconciler } from 'infometis-reconcilers'
      import { conformance } from 'infometis-reconcilers/testing'
      import { plugin as kafka } from 'infometis-reconcilers/kafka'
      import { plugin as elasticsearch } from 'infometis-reconcilers/elasticsearch'
      import { plugin as nifi } from 'infometis-reconcilers/nifi'
      console.log(typeof ServiceReconciler, typeof conformance, kafka.name, elasticsearch.name, nifi.name)`
    assert.equal(await printed(program), 'function function kafka elasticsearch nifi')
  })

  describe('in a strict project that checks the declarations of its dependencies too', () => {
    const flags = [
      '--strict',
      '--exactOptionalPropertyTypes',
      '--noUncheckedIndexedAccess',
      '--noEmit',
      '--skipLibCheck',
      'false'
    ]
    const target = ['--module', 'nodenext', '--target', 'es2024']

    for (const [globals, options] of [
      ['a browser', ['--types', '']],
      ['Node', ['--lib', 'es2024,esnext.disposable', '--types', 'node', '--typeRoots', typeRoots]]
    ] as const) {
      it(`has types for all of its names, with the globals of ${globals} and without any client`, async () => {
        const program = `
          import { plugin as elasticsearch } from 'infometis-reconcilers/elasticsearch'
          import { plugin as kafka } from 'infometis-reconcilers/kafka'
          import { plugin as nifi } from 'infometis-reconcilers/nifi'
          import { Environment, ServiceReconciler, type Plugin } from 'infometis-reconcilers'
          import { conformance, type ConformanceOptions } from 'infometis-reconcilers/testing'
          const plugins: readonly Plugin[] = [elasticsearch, kafka, nifi]
          const options = { directory: '/config' }
          export const made = plugins.map((plugin) => new ServiceReconciler(plugin.open(new Environment()), options))
          export const suite = (options: ConformanceOptions): void => conformance(options)
          // @ts-expect-error: it is a function
          export const wrong: string = conformance`
        await project.write({ 'program.ts': program })
        const { code, stdout } = await project.run(tsc, [...flags, ...target, ...options, '--listFiles', 'program.ts'])
        assert.equal(code, 0, stdout)
        const read = stdout.split('\n').flatMap((file) => /.*node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(file)?.[1] ?? [])
        assert.deepEqual(
          [...new Set(read)]
            .filter((name) => !/^typescript|^@typescript\/|^@types\/node$|^undici-types$/.test(name))
            .toSorted(),
          ['infometis-reconcilers', 'zod']
        )
      })
    }
  })
})
