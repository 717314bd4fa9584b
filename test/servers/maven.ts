/**
 * Jars of real servers, resolved once with Maven and kept under `.cache/`.
 * @module
 */
import { createHash } from 'node:crypto'
import { existsSync, rmSync } from 'node:fs'
import { chmod, mkdir, mkdtemp, readFile, rename, rm } from 'node:fs/promises'
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

/** `INFOMETIS_CACHE`, or the git-ignored `.cache` of this checkout. */
export function cacheDirectory(): string {
  return process.env['INFOMETIS_CACHE'] ?? fileURLToPath(new URL('../../.cache', import.meta.url))
}

async function directoryOf(jars: JarSet): Promise<string> {
  const digest = createHash('sha256').update(await readFile(jars.pom)).digest('hex')
  return join(cacheDirectory(), `${jars.name}-${digest.slice(0, 8)}`)
}

/** Whether the jars are there already, so that Maven is not needed. */
export async function isCached(jars: JarSet): Promise<boolean> {
  return existsSync(await directoryOf(jars))
}

/** Whether Maven can be run. */
export async function hasMaven(): Promise<boolean> {
  return run('mvn', ['-v']).then(
    () => true,
    () => false
  )
}

const inFlight = new Map<string, Promise<string>>()

/**
 * The directory that holds exactly these jars; downloads them when it is not there. Complete or absent at any
 * moment, also when several processes ask at once or one is killed in the middle.
 */
export async function mavenJars(jars: JarSet): Promise<string> {
  const directory = await directoryOf(jars)
  if (existsSync(directory)) return directory
  const running = inFlight.get(directory) ?? download(jars, directory).finally(() => inFlight.delete(directory))
  inFlight.set(directory, running)
  return running
}

async function download(jars: JarSet, directory: string): Promise<string> {
  await mkdir(dirname(directory), { recursive: true })
  const unfinished = await mkdtemp(`${directory}.`)
  const forget = atExit(() => rmSync(unfinished, { recursive: true, force: true }))
  const properties = Object.entries(jars.properties).map(([name, value]) => `-D${name}=${value}`)
  const goal = ['dependency:copy-dependencies', '-DincludeScope=runtime', `-DoutputDirectory=${unfinished}`]
  try {
    await run('mvn', ['-B', '-ntp', '-q', '-f', jars.pom, ...goal, ...properties])
    // A server may run as another user than the one who downloaded it.
    await chmod(unfinished, 0o755)
    await rename(unfinished, directory)
  } catch (error) {
    // Another process was quicker: its directory is as good as ours.
    if (!existsSync(directory)) throw error
  } finally {
    await rm(unfinished, { recursive: true, force: true })
    forget()
  }
  return directory
}
