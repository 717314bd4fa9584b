/**
 * Which version this is.
 * @module
 */
import { readFile } from 'node:fs/promises'
import { z } from 'zod'

/** From package.json, which stands one level further up in a build than in the tree; `unknown` where there is none. */
export async function readVersion(): Promise<string> {
  for (const place of ['../../package.json', '../../../package.json']) {
    try {
      const manifest: unknown = JSON.parse(await readFile(new URL(place, import.meta.url), 'utf8'))
      return z.object({ version: z.string() }).parse(manifest).version
    } catch {
      continue
    }
  }
  return 'unknown'
}
