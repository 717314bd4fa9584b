/**
 * The Java that runs real servers.
 * @module
 */
import { run } from './process.ts'

/** Major version of the `java` on the path; undefined when there is none. */
export async function javaVersion(): Promise<number | undefined> {
  const output = await run('java', ['-version']).catch(() => undefined)
  const [, first, second] = /version "(\d+)(?:\.(\d+))?/.exec(output?.stderr ?? '') ?? []
  if (first === undefined) return undefined
  // Java 8 calls itself 1.8.
  return Number(first === '1' ? second : first)
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
