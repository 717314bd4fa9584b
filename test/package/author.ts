/**
 * A project in which somebody writes a plugin of a service of their own, with the package and its tools installed as the
 * page on writing a reconciler says.
 * @module
 */
import { readdirSync, readFileSync } from 'node:fs'
import { cp, mkdir, symlink } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { emptyProject, packed, userProject, type Project } from './npm.ts'

const sources = fileURLToPath(new URL('roster', import.meta.url))
/** The page on writing a reconciler. */
export const page = readFileSync(new URL('../../docs/write-a-reconciler.md', import.meta.url), 'utf8')

/** The contents of the page's fenced blocks of one language, below headings that `heading` matches. */
export function blocksOf(language: string, heading: RegExp): readonly string[] {
  const sections = page.split(/^(?=## )/m).filter((section) => heading.test(section.split('\n')[0] ?? ''))
  const blocks = sections.flatMap((section) => [...section.matchAll(/^```(\w+)\n(.*?)^```$/gms)])
  return blocks.flatMap(([, found, content = '']) => (found === language ? [content] : []))
}

/** The commands of the page below headings that `heading` matches, one a line. */
export function commandsOf(heading: RegExp): readonly string[] {
  return blocksOf('sh', heading).flatMap((block) => block.trim().split('\n'))
}

/** The sources of the plugin, as they are in a package of its own. `conformance.ts` is its test. */
function plugin(): Readonly<Record<string, string>> {
  const names = readdirSync(sources)
  return Object.fromEntries(
    names.map((name) => {
      const text = readFileSync(join(sources, name), 'utf8')
      const own = text
        .replaceAll("'../../../src/index.ts'", "'infometis-reconcilers'")
        .replaceAll("'../../../src/testing/index.ts'", "'infometis-reconcilers/testing'")
      return [name.replace('conformance.ts', 'roster.test.ts'), own]
    })
  )
}

const manifest = {
  name: 'infometis-roster',
  version: '1.2.0',
  license: 'MIT',
  type: 'module',
  exports: './dist/index.js',
  files: ['dist']
}

let author: Promise<Project> | undefined

/** The project, with all that is installed in it; once per process. */
export function authorProject(): Promise<Project> {
  author ??= emptyProject('author').then(async (project) => {
    await project.write({ 'package.json': JSON.stringify(manifest), ...plugin() })
    await project.install(await packed(), 'mocha', '@types/node@24', ...namedTools())
    return project
  })
  return author
}

/** What the page says to install beside the package. */
function namedTools(): readonly string[] {
  const words = commandsOf(/image/)
    .filter((line) => line.startsWith('npm install '))
    .flatMap((line) => line.split(' ').slice(2))
  return words.filter((word) => !word.startsWith('-') && word !== 'infometis-reconcilers')
}

/** Where TypeScript's compiler is. */
export const tsc = fileURLToPath(new URL('../../node_modules/.bin/tsc', import.meta.url))

/**
 * A project that has the plugin as an installed package, with a second copy of the framework below it: what package
 * managers make where plugin and project ask for different versions.
 */
export async function projectWithPlugin(): Promise<Project> {
  const [own, user, project] = await Promise.all([authorProject(), userProject(), emptyProject('two-copies')])
  const flags = [
    '--outDir',
    'dist',
    '--declaration',
    '--rewriteRelativeImportExtensions',
    '--module',
    'nodenext',
    '--target',
    'es2024',
    '--lib',
    'esnext'
  ]
  const compiled = await own.run(tsc, [...flags, '--strict', '--types', 'node', 'index.ts'])
  if (compiled.code !== 0) throw new Error(compiled.stdout)
  const modules = join(project.directory, 'node_modules')
  const installed = join(modules, 'infometis-roster')
  await mkdir(join(installed, 'node_modules'), { recursive: true })
  for (const name of ['package.json', 'dist'])
    await cp(join(own.directory, name), join(installed, name), { recursive: true })
  for (const name of ['.bin', 'infometis-reconcilers'])
    await symlink(join(user.directory, 'node_modules', name), join(modules, name))
  await symlink(
    join(own.directory, 'node_modules/infometis-reconcilers'),
    join(installed, 'node_modules/infometis-reconcilers')
  )
  return project
}
