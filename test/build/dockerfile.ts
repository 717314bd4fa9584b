/**
 * What the Dockerfile says.
 * @module
 */
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { root } from '../../build/bundle.ts'

/** Its lines. */
export async function dockerfile(): Promise<readonly string[]> {
  return (await readFile(join(root, 'Dockerfile'), 'utf8')).split('\n')
}

/** What it sets as `NODE_OPTIONS`. */
export async function nodeOptions(): Promise<string> {
  const found = (await dockerfile()).flatMap((line) => /NODE_OPTIONS="([^"]*)"/.exec(line)?.[1] ?? [])[0]
  if (found === undefined) throw new Error('Dockerfile: expected NODE_OPTIONS, found none')
  return found
}
