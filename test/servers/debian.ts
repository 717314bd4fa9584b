/**
 * Programs out of Debian packages, without installing them: unpacked into a folder of the cache.
 * @module
 */
import { existsSync } from 'node:fs'
import { mkdir, mkdtemp, readdir, rename, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { run } from './process.ts'

/**
 * Fetches the packages and unpacks them into `folder`, unless it is there. Into a folder of its own that is renamed
 * when all is there, so that nobody ever sees half of it. Throws where apt-get or dpkg cannot.
 */
export async function unpackDebian(folder: string, packages: readonly string[]): Promise<void> {
  if (existsSync(folder)) return
  await mkdir(join(folder, '..'), { recursive: true })
  const staging = await mkdtemp(`${folder}-`)
  try {
    await run('apt-get', ['download', ...packages], { cwd: staging, timeoutMs: 120_000 })
    for (const name of await readdir(staging)) await run('dpkg', ['-x', join(staging, name), join(staging, 'root')])
    await rename(join(staging, 'root'), folder)
  } finally {
    await rm(staging, { recursive: true, force: true })
  }
}
