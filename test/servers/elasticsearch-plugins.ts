/**
 * Plugins of our own for test nodes: compiled once against the jars of the very distribution they are for, and kept in
 * the cache as an installation of its own, so that the others stay as the vendor made them.
 * @module
 */
import { existsSync } from 'node:fs'
import { cp, mkdir, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { findJdk } from './java.ts'
import { completeOrAbsent, digested } from './maven.ts'
import { run } from './process.ts'

/** `lifecycle` gives `/_ilm/policy` and `/_data_stream`: README.md beside its source says what is real of them. */
export const elasticsearchPlugins = ['lifecycle'] as const
export type ElasticsearchPlugin = (typeof elasticsearchPlugins)[number]

/** A release of a server, which a plugin has to fit. */
export interface ServerRelease {
  /** As the server itself says it. */
  readonly number: string
  /** Oldest major version of Java it runs on. */
  readonly java: number
}

const sourceFolder = fileURLToPath(new URL('elasticsearch-plugin', import.meta.url))
const className = 'infometis.lifecycle.LifecyclePlugin'

async function sources(): Promise<string[]> {
  const names = await readdir(sourceFolder)
  return names
    .filter((name) => name.endsWith('.java'))
    .toSorted()
    .map((name) => join(sourceFolder, name))
}

/** Another one for another source, and for another installation. */
async function directoryFor(home: string, { java, number }: ServerRelease): Promise<string> {
  const texts = await Promise.all((await sources()).map((file) => readFile(file, 'utf8')))
  return digested(`elasticsearch/${number}-lifecycle`, [basename(home), descriptor(number, java), ...texts].join('\n'))
}

/** Why the plugin cannot be had for the installation at `home`, undefined when it can. */
export async function missingForPlugin(home: string | undefined, release: ServerRelease): Promise<string | undefined> {
  if (home !== undefined && existsSync(await directoryFor(home, release))) return undefined
  const { java } = release
  if ((await findJdk(java)) !== undefined) return undefined
  return `a JDK ${java}+ is needed to compile the test plugin, not only a JRE: install one, e.g. openjdk-21-jdk-headless or temurin-25-jdk`
}

/**
 * The directory of an installation that is the one at `home` and has the plugin; compiled when it is not there. What it
 * shares with `home` are links.
 */
export async function installationWithPlugin(home: string, release: ServerRelease): Promise<string> {
  const { java, number } = release
  return completeOrAbsent(await directoryFor(home, release), async (unfinished) => {
    const jdk = await findJdk(java)
    if (jdk === undefined) throw new Error(`no JDK ${java} or newer was found`)
    // Both are neighbours in the cache, wherever that is moved.
    await Promise.all(
      ['bin', 'lib', 'modules'].map((name) => symlink(join('..', basename(home), name), join(unfinished, name)))
    )
    await cp(join(home, 'config'), join(unfinished, 'config'), { recursive: true })
    const [classes, plugin] = [join(unfinished, 'classes'), join(unfinished, 'plugins', 'lifecycle')]
    await mkdir(plugin, { recursive: true })
    const jars = ['lib', 'modules/x-pack-core'].map((folder) => join(home, folder, '*')).join(':')
    await run(join(jdk, 'bin', 'javac'), [
      '--release',
      String(java),
      '-nowarn',
      '-cp',
      jars,
      '-d',
      classes,
      ...(await sources())
    ])
    await run(join(jdk, 'bin', 'jar'), ['--create', '--file', join(plugin, 'lifecycle.jar'), '-C', classes, '.'])
    await rm(classes, { recursive: true })
    await writeFile(join(plugin, 'plugin-descriptor.properties'), descriptor(number, java))
    return unfinished
  })
}

/** A server loads only what was made for exactly its version. */
function descriptor(number: string, java: number): string {
  const properties = {
    name: 'lifecycle',
    description: 'Lifecycle policies and data streams for tests',
    version: '1',
    'elasticsearch.version': number,
    'java.version': String(java),
    classname: className,
    // Its classes see those of x-pack-core, the parser of policies among them.
    'extended.plugins': 'x-pack-core'
  }
  return Object.entries(properties)
    .map(([name, value]) => `${name}=${value}\n`)
    .join('')
}
