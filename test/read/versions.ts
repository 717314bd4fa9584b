/**
 * Configurations that carry their own version in every file, so that a mix of two versions shows.
 * @module
 */
import assert from 'node:assert/strict'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import type { ConfigFiles } from '../../src/read/config-files.ts'

/** Three files always, a fourth one that comes and goes with every tenth version. */
export function payloadOf(version: number): Record<string, string> {
  const content = JSON.stringify({ version })
  const always = { 'topics.json': content, 'topics.prod.json': content, 'policy.yaml': content }
  return isWithExtra(version) ? { ...always, 'cluster.json': content } : always
}

/** The version a snapshot holds; fails when its files are not exactly those of one version. */
export function versionOf(snapshot: ConfigFiles): number {
  const contents = Object.fromEntries([...snapshot.files].map(([name, bytes]) => [name, Buffer.from(bytes).toString()]))
  const version = Number(/\d+/.exec(contents['topics.json'] ?? '')?.[0])
  assert.deepEqual(contents, payloadOf(version))
  return version
}

function isWithExtra(version: number): boolean {
  return Math.floor(version / 10) % 2 === 1
}

/** Runs with a new directory that is gone afterwards. */
export async function inTemporaryDirectory(run: (directory: string) => Promise<void>): Promise<void> {
  const directory = await mkdtemp(join(tmpdir(), 'reconciler-read-'))
  try {
    await run(directory)
  } finally {
    await rm(directory, { recursive: true, force: true })
  }
}

/** Waits until `condition` holds; fails with `what` when it does not within `ms`. */
export async function until(what: string, condition: () => boolean, ms = 4_000): Promise<void> {
  const deadline = Date.now() + ms
  while (!condition()) {
    if (Date.now() > deadline) assert.fail(`not within ${ms} ms: ${what}`)
    await sleep(10)
  }
}
