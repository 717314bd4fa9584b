/**
 * NiFi installations, put together once from what Maven repositories hold and kept under `.cache/`.
 * @module
 */
import { existsSync } from 'node:fs'
import { cp, mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { findJava, findJdk } from './java.ts'
import { completeOrAbsent, digested, hasMaven } from './maven.ts'
import { parts, pomOf, sharedNar, type NifiVersion, type PackedNar, type Parts } from './nifi-artifacts.ts'
import { run } from './process.ts'

const sourceFolder = fileURLToPath(new URL('nifi-extensions', import.meta.url))

/** Interface → what the classes of ours offer for it. */
type Offers = Readonly<Record<string, readonly string[]>>

const standIns: Offers = {
  'org.apache.nifi.authentication.LoginIdentityProvider': ['infometis.nifi.StandInLogin'],
  'org.apache.nifi.authorization.Authorizer': ['infometis.nifi.StandInAuthorizer']
}

const unprotected: Offers = {
  'org.apache.nifi.properties.SensitivePropertyProviderFactory': ['infometis.nifi.NoPropertyProviders'],
  'org.apache.nifi.properties.scheme.ProtectionSchemeResolver': ['infometis.nifi.NoProtection']
}

async function sourcesIn(folder: string): Promise<string[]> {
  const names = existsSync(folder) ? await readdir(folder) : []
  return names
    .filter((name) => name.endsWith('.java'))
    .toSorted()
    .map((name) => join(folder, name))
}

/** Another one for another source, and for other parts. */
async function directoryFor(version: NifiVersion): Promise<string> {
  const files = [...(await sourcesIn(sourceFolder)), ...(await sourcesIn(join(sourceFolder, version)))]
  const texts = await Promise.all(files.map((file) => readFile(file, 'utf8')))
  return digested(
    `nifi/${version}`,
    [JSON.stringify(parts[version]), manifestOf('', version, true), ...texts].join('\n')
  )
}

/** Why the installation cannot be had, undefined when it can. */
export async function missingForInstallation(version: NifiVersion): Promise<string | undefined> {
  const { java } = parts[version]
  const example = 'openjdk-21-jdk-headless or temurin-25-jdk'
  if ((await findJava(java)) === undefined) {
    return `Java ${java}+ is needed for NiFi ${version}, and neither JAVA_HOME nor the path nor /usr/lib/jvm has one: install a JDK, e.g. ${example}`
  }
  if (existsSync(await directoryFor(version))) return undefined
  if (!(await hasMaven())) return `Maven is not installed, and the cache lacks NiFi ${version}: apt-get install maven`
  if ((await findJdk(java)) !== undefined) return undefined
  return `a JDK ${java}+ is needed to put NiFi ${version} together, not only a JRE: install one, e.g. ${example}`
}

/** The directory of an installation, in which `lib` is what NiFi calls so; put together when it is not there. */
export async function nifiInstallation(version: NifiVersion): Promise<string> {
  return completeOrAbsent(await directoryFor(version), async (unfinished) => {
    const wanted = parts[version]
    const jdk = await findJdk(wanted.java)
    if (jdk === undefined) throw new Error(`no JDK ${wanted.java} or newer was found`)
    await download(wanted, unfinished)
    const packer = { version, jdk, home: unfinished }
    for (const nar of wanted.packed) await packProcessors(packer, nar)
    await packStandIns(packer)
    if (existsSync(join(sourceFolder, version))) await packUnprotected(packer)
    const left = (await readdir(unfinished)).filter((name) => name !== 'lib')
    await Promise.all(left.map((name) => rm(join(unfinished, name), { recursive: true })))
    return unfinished
  })
}

async function download(wanted: Parts, home: string): Promise<void> {
  const pom = join(home, 'pom.xml')
  await writeFile(pom, pomOf(wanted))
  // A repository of its own: what is kept is here, and need not be in the user's as well.
  const repository = `-Dmaven.repo.local=${join(home, 'repository')}`
  await run('mvn', ['-B', '-ntp', '-q', '-f', pom, repository, 'dependency:copy'])
}

/** What packing needs to know. */
interface Packer {
  readonly version: NifiVersion
  readonly jdk: string
  /** The installation, in which `lib` is there already. */
  readonly home: string
}

async function writeServices(classes: string, offers: Offers): Promise<void> {
  const services = join(classes, 'META-INF', 'services')
  await mkdir(services, { recursive: true })
  for (const [name, implementations] of Object.entries(offers))
    await writeFile(join(services, name), implementations.map((line) => `${line}\n`).join(''))
}

/** A published jar again, offering less, and the jars beside it. */
async function packProcessors(packer: Packer, { id, processors, offers }: PackedNar): Promise<void> {
  const { home, jdk, version } = packer
  const [classes, directory, published] = [join(home, 'classes'), join(home, id), `${processors}-${version}.jar`]
  await mkdir(classes)
  await run(join(jdk, 'bin', 'jar'), ['--extract', '--file', join(directory, published)], { cwd: classes })
  await writeServices(classes, { 'org.apache.nifi.processor.Processor': offers })
  const libraries = (await readdir(directory)).filter((name) => name !== published).toSorted()
  await packNar(packer, id, ...libraries.map((name) => join(directory, name)))
}

async function packStandIns(packer: Packer): Promise<void> {
  await compile(packer, await sourcesIn(sourceFolder), standIns)
  await packNar(packer, 'infometis-nar')
}

/** On the class path, where a server looks for them before it reads any archive. */
async function packUnprotected(packer: Packer): Promise<void> {
  const { home, version } = packer
  await compile(packer, await sourcesIn(join(sourceFolder, version)), unprotected)
  await rename(await packJar(packer), join(home, 'lib', 'bootstrap', 'infometis.jar'))
}

async function compile({ home, jdk, version }: Packer, sources: readonly string[], offers: Offers): Promise<void> {
  const classes = join(home, 'classes')
  const { classPath, java } = parts[version]
  const jars = classPath.map((directory) => join(home, directory, '*')).join(':')
  await run(join(jdk, 'bin', 'javac'), [
    '--release',
    String(java),
    '-proc:none',
    '-nowarn',
    '-cp',
    jars,
    '-d',
    classes,
    ...sources
  ])
  await writeServices(classes, offers)
}

/** Packs the classes, which are gone then. */
async function packJar({ home, jdk }: Packer): Promise<string> {
  const [classes, file] = [join(home, 'classes'), join(home, 'classes.jar')]
  await run(join(jdk, 'bin', 'jar'), ['--create', '--file', file, '-C', classes, '.'])
  await rm(classes, { recursive: true })
  return file
}

/**
 * Packs the classes as NiFi loads extensions: an archive of jars whose manifest says what it is called and which other
 * archive it sees.
 */
async function packNar(packer: Packer, id: string, ...libraries: readonly string[]): Promise<void> {
  const { home, jdk, version } = packer
  const content = join(home, 'nar')
  const bundled = join(content, 'META-INF', 'bundled-dependencies')
  await mkdir(bundled, { recursive: true })
  await rename(await packJar(packer), join(bundled, `${id}.jar`))
  for (const library of libraries) await cp(library, join(bundled, basename(library)))
  const manifest = join(home, 'manifest')
  await writeFile(manifest, manifestOf(id, version, libraries.length > 0))
  await run(join(jdk, 'bin', 'jar'), [
    '--create',
    '--manifest',
    manifest,
    '--file',
    join(home, 'lib', `${id}-${version}.nar`),
    '-C',
    content,
    '.'
  ])
  await rm(content, { recursive: true })
}

function manifestOf(id: string, version: string, seesShared: boolean): string {
  const own = {
    'Nar-Id': id,
    'Nar-Group': 'org.apache.nifi',
    'Nar-Version': version,
    'Build-Tag': 'assembled',
    'Clone-During-Instance-Class-Loading': 'false'
  }
  const seen = {
    'Nar-Dependency-Group': 'org.apache.nifi',
    'Nar-Dependency-Id': sharedNar,
    'Nar-Dependency-Version': version
  }
  return Object.entries({ ...own, ...(seesShared && seen) })
    .map(([name, value]) => `${name}: ${value}\n`)
    .join('')
}
