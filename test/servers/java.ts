/**
 * The Java that runs real servers.
 * @module
 */
import { existsSync } from 'node:fs'
import { readdir, realpath } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { run } from './process.ts'

/** Major version of a `java` command, by default the one on the path; undefined when there is none. */
export async function javaVersion(command = 'java'): Promise<number | undefined> {
  const output = await run(command, ['-version']).catch(() => undefined)
  const [, first, second] = /version "(\d+)(?:\.(\d+))?/.exec(output?.stderr ?? '') ?? []
  if (first === undefined) return undefined
  // Java 8 calls itself 1.8.
  return Number(first === '1' ? second : first)
}

const installed = '/usr/lib/jvm'

async function candidates(variables: NodeJS.ProcessEnv): Promise<string[]> {
  const { JAVA_HOME: home = '', PATH: path = '' } = variables
  const onPath = path.split(':').map((directory) => realpath(join(directory, 'java')).catch(() => undefined))
  const [first] = (await Promise.all(onPath)).filter((command) => command !== undefined)
  const names = await readdir(installed).catch(() => [])
  return [
    ...(home === '' ? [] : [home]),
    ...(first === undefined ? [] : [dirname(dirname(first))]),
    ...names.toSorted((a, b) => a.localeCompare(b)).map((name) => join(installed, name))
  ]
}

/**
 * Home of a Java of at least this major version: `JAVA_HOME`, the one of `java` on the path, or one below
 * /usr/lib/jvm, the first that is new enough. Undefined when there is none.
 */
export async function findJava(
  atLeast: number,
  variables: NodeJS.ProcessEnv = process.env
): Promise<string | undefined> {
  return firstOf(await candidates(variables), atLeast)
}

/** The same for a Java that can compile. */
export async function findJdk(
  atLeast: number,
  variables: NodeJS.ProcessEnv = process.env
): Promise<string | undefined> {
  const homes = await candidates(variables)
  return firstOf(
    homes.filter((home) => existsSync(join(home, 'bin', 'javac'))),
    atLeast
  )
}

async function firstOf(homes: readonly string[], atLeast: number): Promise<string | undefined> {
  for (const home of homes) {
    const version = await javaVersion(join(home, 'bin', 'java'))
    if (version !== undefined && version >= atLeast) return home
  }
  return undefined
}

/** Flags for a small server that starts fast and leaves no file outside `temporary`. */
export function smallJvm(heap: string, temporary: string): string[] {
  return [
    '-Xms32m',
    `-Xmx${heap}`,
    '-XX:+UseSerialGC',
    '-XX:TieredStopAtLevel=1',
    '-XX:MaxMetaspaceSize=128m',
    // Its file in the system's temporary directory would stay behind after a kill.
    '-XX:-UsePerfData',
    '-Djava.awt.headless=true',
    `-Djava.io.tmpdir=${temporary}`
  ]
}
