/**
 * Jars and archives of real servers, resolved once with Maven and kept under `.cache/`.
 * @module
 */
import { createHash } from 'node:crypto'
import { existsSync, rmSync } from 'node:fs'
import { mkdir, mkdtemp, readFile, rename, rm } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { atExit, run } from './process.ts'

/** What to resolve. */
export interface JarSet {
  /** Path of the pom whose runtime dependencies are wanted. */
  readonly pom: string
  /** Properties of the pom to set, e.g. `{'kafka.version': '4.4.0'}`. */
  readonly properties: Readonly<Record<string, string>>
  /** Where below the cache, e.g. `kafka/4.4.0`; a digest of the pom is added, so that a changed pom is resolved anew. */
  readonly name: string
}

/** A folder of a published archive. */
export interface Archive {
  /** `<group>:<artifact>:<version>:<type>`, e.g. `...:elasticsearch:9.5.3:zip`. */
  readonly coordinates: string
  /** The folder inside the archive; nothing else of it is kept. */
  readonly folder: string
  /** Where below the cache, e.g. `elasticsearch/9.5.3`; a digest of the above is added. */
  readonly name: string
}

/** `INFOMETIS_CACHE`, or the git-ignored `.cache` of this checkout. */
export function cacheDirectory(): string {
  return process.env['INFOMETIS_CACHE'] ?? fileURLToPath(new URL('../../.cache', import.meta.url))
}

/** Where below the cache something of this content is kept. */
export function digested(name: string, content: string | Buffer): string {
  return join(cacheDirectory(), `${name}-${createHash('sha256').update(content).digest('hex').slice(0, 8)}`)
}

async function directoryOf(wanted: JarSet | Archive): Promise<string> {
  if ('pom' in wanted) return digested(wanted.name, await readFile(wanted.pom))
  return digested(wanted.name, `${wanted.coordinates} ${wanted.folder}`)
}

/** Whether it is there already, so that Maven is not needed. */
export async function isCached(wanted: JarSet | Archive): Promise<boolean> {
  return existsSync(await directoryOf(wanted))
}

/** The directory of an archive that is there already. */
export async function cachedFolder(archive: Archive): Promise<string | undefined> {
  const directory = await directoryOf(archive)
  return existsSync(directory) ? directory : undefined
}

/** Whether Maven can be run. */
export async function hasMaven(): Promise<boolean> {
  return run('mvn', ['-v']).then(
    () => true,
    () => false
  )
}

const inFlight = new Map<string, Promise<string>>()

/** Puts files into an empty directory and gives the path of what is to be kept: this directory or one below it. */
export type Fill = (unfinished: string) => Promise<string>

/** The directory, filled when it is not there. Complete or absent at any moment, whoever else asks or is killed. */
export async function completeOrAbsent(directory: string, fill: Fill): Promise<string> {
  if (existsSync(directory)) return directory
  const running = inFlight.get(directory) ?? fillAside(directory, fill).finally(() => inFlight.delete(directory))
  inFlight.set(directory, running)
  return running
}

async function fillAside(directory: string, fill: Fill): Promise<string> {
  await mkdir(dirname(directory), { recursive: true })
  const unfinished = await mkdtemp(`${directory}.`)
  const forget = atExit(() => rmSync(unfinished, { recursive: true, force: true }))
  try {
    const kept = await fill(unfinished)
    // A server may run as another user than the one who downloaded it.
    await run('chmod', ['-R', 'a+rX', kept])
    await rename(kept, directory)
  } catch (error) {
    // Another process was quicker: its directory is as good as ours.
    if (!existsSync(directory)) throw error
  } finally {
    await rm(unfinished, { recursive: true, force: true })
    forget()
  }
  return directory
}

const quietMaven = ['-B', '-ntp', '-q']

/**
 * The directory that holds exactly these jars; downloads them when it is not there. Complete or absent at any
 * moment, also when several processes ask at once or one is killed in the middle.
 */
export async function mavenJars(jars: JarSet): Promise<string> {
  return completeOrAbsent(await directoryOf(jars), async (unfinished) => {
    const properties = Object.entries(jars.properties).map(([name, value]) => `-D${name}=${value}`)
    const goal = ['dependency:copy-dependencies', '-DincludeScope=runtime', `-DoutputDirectory=${unfinished}`]
    await run('mvn', [...quietMaven, '-f', jars.pom, ...goal, ...properties])
    return unfinished
  })
}

/**
 * The directory with what the archive's folder holds; downloads the archive when it is not there, and throws it away
 * again, out of Maven's repository too. Complete or absent like `mavenJars`.
 */
export async function mavenFolder(archive: Archive): Promise<string> {
  return completeOrAbsent(await directoryOf(archive), async (unfinished) => {
    // A repository of its own: an archive of a gigabyte must not stay in the user's.
    const places = [
      `-Dmaven.repo.local=${join(unfinished, 'repository')}`,
      `-DoutputDirectory=${join(unfinished, 'unpacked')}`
    ]
    const what = [`-Dartifact=${archive.coordinates}`, `-Dmdep.unpack.includes=${archive.folder}/**`]
    await run('mvn', [...quietMaven, 'dependency:unpack', ...what, ...places], { cwd: unfinished })
    return join(unfinished, 'unpacked', archive.folder)
  })
}
