/**
 * What Argo CD says an Application is: the definition of its custom resource, from the Go module it is published in.
 * @module
 */
import { existsSync } from 'node:fs'
import { copyFile, mkdir, mkdtemp, rename, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { z } from 'zod'
import { cacheDirectory } from './maven.ts'
import { run } from './process.ts'

const module = 'github.com/argoproj/argo-cd/v3'
const version = 'v3.5.7'
const sum = 'h1:Xm1BF+I5OgDKUG3SDK49vn2/Y5AMyaNVko+/JT08gj0='

const downloaded = z.object({ Dir: z.string(), Sum: z.string() })

/** The file, taken from the module once, into the cache folder; 56 MB are downloaded for it. Or why there is none. */
export async function argoCdDefinition(): Promise<{ readonly file: string } | { readonly missing: string }> {
  const cache = join(cacheDirectory(), 'argo-cd')
  const file = join(cache, `application-${version}.yaml`)
  try {
    if (!existsSync(file)) await download(cache, file)
    return { file }
  } catch (error) {
    return { missing: error instanceof Error ? error.message : String(error) }
  }
}

/** Into a folder of its own, so that nobody ever sees half of the file. */
async function download(cache: string, file: string): Promise<void> {
  await mkdir(cache, { recursive: true })
  const staging = await mkdtemp(join(cache, 'staging-'))
  try {
    const { stdout } = await run('go', ['mod', 'download', '-json', `${module}@${version}`], {
      name: `download of ${module}`,
      cwd: staging,
      timeoutMs: 300_000
    })
    const found = downloaded.parse(JSON.parse(stdout))
    if (found.Sum !== sum) throw new Error(`${module}@${version}: expected the module ${sum}, found ${found.Sum}`)
    await copyFile(join(found.Dir, 'manifests/crds/application-crd.yaml'), join(staging, 'application.yaml'))
    await rename(join(staging, 'application.yaml'), file)
  } finally {
    await rm(staging, { recursive: true, force: true })
  }
}
