/**
 * The package.json of this package.
 * @module
 */
import { readFile } from 'node:fs/promises'
import { z } from 'zod'

const manifestShape = z.object({
  version: z.string(),
  peerDependencies: z.record(z.string(), z.string()).default({})
})

export type Manifest = z.output<typeof manifestShape>

/** It stands one level further up in a build than in the tree. Undefined where there is none, as in an image. */
export async function readManifest(): Promise<Manifest | undefined> {
  for (const place of ['../../package.json', '../../../package.json']) {
    try {
      return manifestShape.parse(JSON.parse(await readFile(new URL(place, import.meta.url), 'utf8')))
    } catch {
      continue
    }
  }
  return undefined
}
