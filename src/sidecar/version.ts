/**
 * Which version this is.
 * @module
 */
import { readManifest } from '../connect/manifest.ts'

/** From package.json; `unknown` where there is none. */
export async function readVersion(): Promise<string> {
  return (await readManifest())?.version ?? 'unknown'
}
