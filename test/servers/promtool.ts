/**
 * Prometheus' own tool, which evaluates alert rules over made-up series: the one on PATH, else out of the Debian
 * package, which is fetched into the cache folder.
 * @module
 */
import { join } from 'node:path'
import { unpackDebian } from './debian.ts'
import { cacheDirectory } from './maven.ts'
import { run } from './process.ts'

/** Where promtool is, or why there is none. */
export type Search = { readonly path: string } | { readonly missing: string }

let search: Promise<Search> | undefined

/** Looks for promtool, once per process; may fetch 19 MB. */
export function findPromtool(): Promise<Search> {
  search ??= lookForPromtool()
  return search
}

async function lookForPromtool(): Promise<Search> {
  try {
    await run('promtool', ['--version'], { timeoutMs: 10_000 })
    return { path: 'promtool' }
  } catch {
    return fetchPromtool()
  }
}

async function fetchPromtool(): Promise<Search> {
  const folder = join(cacheDirectory(), 'promtool')
  const path = join(folder, 'usr/bin/promtool')
  try {
    await unpackDebian(folder, ['prometheus'])
    await run(path, ['--version'], { timeoutMs: 10_000 })
    return { path }
  } catch (error) {
    return { missing: error instanceof Error ? error.message : String(error) }
  }
}
