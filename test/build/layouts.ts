/**
 * The files of our images, each made once in a process, far from any node_modules.
 * @module
 */
import { rmSync } from 'node:fs'
import { mkdtemp } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { imageLayout, type ImageLayout } from '../../build/layout.ts'
import { atExit } from '../servers/process.ts'

/** The commit they say they are of. */
export const revision = '0123456789abcdef0123456789abcdef01234567'

/** Files as they lie in the root of an image, in a directory that goes away with this process. */
export interface Made extends ImageLayout {
  readonly directory: string
}

const layouts = new Map<string, Promise<Made>>()

/** What the image of a service of this tree holds beside Node. Read it only: others of this process use it too. */
export function layoutOf(service: string): Promise<Made> {
  const made = layouts.get(service) ?? make(service)
  layouts.set(service, made)
  return made
}

async function make(service: string): Promise<Made> {
  const directory = await mkdtemp(join(tmpdir(), `infometis-image-${service}-`))
  atExit(() => rmSync(directory, { recursive: true, force: true, maxRetries: 3 }))
  return { ...(await imageLayout(service, directory, { revision })), directory }
}
