/**
 * What all measurements share: a broker, the built programs, and a way to talk to people.
 * @module
 */
import { mkdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Bundle } from '../../build/bundle.ts'
import { imageLayout } from '../../build/layout.ts'
import { cacheDirectory } from '../../test/servers/maven.ts'
import { missingPrerequisites, startKafka, type KafkaCluster } from '../../test/servers/kafka.ts'
import { run } from '../../test/servers/process.ts'
import type { BenchOptions } from '../run.ts'

export interface Scene extends BenchOptions {
  /** How many topics are declared. */
  readonly topics: number
  readonly cluster: KafkaCluster
  readonly bundle: Bundle
  /** Entries of the command line: the TypeScript of the checkout, the build that is published, and the bundle. */
  readonly commandLine: { readonly checkout: string; readonly dist: string; readonly bundle: string }
  /** An empty directory that goes away with the cluster. */
  directory(name: string): Promise<string>
  /** Tells people, on stderr. */
  readonly say: (text: string) => void
}

/** Topics above which the broker needs a larger heap. */
const manyTopics = 5000

/** Builds, and starts a broker. Throws when Java or Maven is missing, naming what to install. */
export async function openScene(options: BenchOptions): Promise<Scene> {
  const missing = await missingPrerequisites({ tools: true })
  if (missing !== undefined) throw new TypeError(missing)
  const built = join(cacheDirectory(), 'bench')
  await rm(built, { recursive: true, force: true })
  const dist = join(built, 'dist')
  await run('tsc', ['-p', 'tsconfig.build.json', '--outDir', dist], { cwd: fileURLToPath(root) })
  const bundled = await imageLayout('kafka', join(built, 'kafka'))
  const cluster = await startKafka({ heap: options.items > manyTopics ? '1g' : '512m' })
  return {
    ...options,
    topics: options.items,
    cluster,
    bundle: bundled,
    commandLine: {
      checkout: fileURLToPath(new URL('src/cli/main.ts', root)),
      dist: join(dist, 'src/cli/main.js'),
      bundle: bundled.commandLine
    },
    directory: async (name) => {
      const path = join(cluster.dir, name)
      await mkdir(path)
      return path
    },
    say: (text) => console.error(text)
  }
}

const root = new URL('../../', import.meta.url)
