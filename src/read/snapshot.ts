/**
 * Reads a configuration directory as one version: never a mix of two updates, never a half-written file.
 * @module
 */
import { createHash } from 'node:crypto'
import { readFile, readdir, readlink, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { ReconcileError, deepestMessage, toReconcileError } from '../errors.ts'
import { systemClock, type Clock } from '../time/clock.ts'
import type { ConfigFiles } from './config-files.ts'

/**
 * All configuration files of a directory at one moment, in name order. The digest is the same whatever the times and the
 * order on disk. Hidden names and sub-directories are not configuration.
 */
export interface Snapshot extends ConfigFiles {
  /** The directory is a volume that kubelet writes (it has a `..data` link), so that updates are atomic. */
  readonly mounted: boolean
}

/**
 * kubelet's atomic link to the version in force (kubernetes pkg/volume/util/atomic_writer.go). The visible keys are
 * links through it, made before the swap by older kubelets and after it by newer ones, so they are never read.
 */
export const dataLink = '..data'
/** A directory without `..data` counts as written when it reads the same twice, this far apart. */
const settleMs = 100
/** How long to let a swap of `..data` finish before the directory is read again. */
const swapMs = 5
/** About 3 s of a directory that keeps changing by hand; kubelet at its fastest takes four. */
const mostAttempts = 30

/**
 * Reads the files of one version. Writes nothing. A directory that changes meanwhile is read again, `attempts` times at
 * most. Throws CONFIG_MISSING when the directory or a file in it cannot be read, CONFLICT when it never held still,
 * TIMEOUT when `signal` gives up; all are worth another try later. An empty directory is an empty snapshot.
 */
export async function readSnapshot(
  directory: string,
  signal?: AbortSignal,
  attempts = mostAttempts,
  clock: Clock = systemClock
): Promise<Snapshot> {
  let before: Snapshot | undefined
  let vanished: unknown
  for (let attempt = 0; attempt < attempts; attempt += 1) {
    let now: Snapshot | undefined
    try {
      now = await readOnce(directory)
      vanished = undefined
    } catch (error) {
      if (!isVanished(error, directory)) throw unreadable(directory, error)
      vanished = error
    }
    if (now !== undefined && (now.mounted || now.digest === before?.digest)) return now
    before = now
    await clock.sleep(now === undefined ? swapMs : settleMs, signal)
    if (signal?.aborted === true) throw toReconcileError(signal.reason)
  }
  if (vanished !== undefined) throw unreadable(directory, vanished)
  throw new ReconcileError('CONFLICT', `the configuration directory "${directory}" kept changing while it was read`)
}

/** SHA-256 in hex over (name, byte length, bytes) of every file, sorted by name. Pure. */
export function digestOf(files: ReadonlyMap<string, Uint8Array>): string {
  const hash = createHash('sha256')
  for (const [name, bytes] of sorted(files)) {
    // Both lengths are hashed too: no byte can move from a name to a content or from one file to the next unseen.
    hash.update(`${Buffer.byteLength(name)}:${name}${bytes.byteLength}:`)
    hash.update(bytes)
  }
  return hash.digest('hex')
}

/** One reading; undefined when `..data` moved meanwhile. */
async function readOnce(directory: string): Promise<Snapshot | undefined> {
  const version = await versionInForce(directory)
  const files = await readFiles(version === undefined ? directory : join(directory, version))
  if ((await versionInForce(directory)) !== version) return undefined
  return { digest: digestOf(files), files, mounted: version !== undefined }
}

/** What `..data` points to now; undefined for a directory without such a link. */
async function versionInForce(directory: string): Promise<string | undefined> {
  try {
    return await readlink(join(directory, dataLink))
  } catch (error) {
    // EINVAL: not a link. ENOTDIR: not a directory, which listing it says better.
    if (['ENOENT', 'EINVAL', 'ENOTDIR'].includes(fileErrorCode(error) ?? '')) return undefined
    throw error
  }
}

async function readFiles(directory: string): Promise<ReadonlyMap<string, Uint8Array>> {
  const names = (await readdir(directory)).filter((name) => !name.startsWith('.'))
  const read = names.map(async (name): Promise<[string, Uint8Array] | undefined> => {
    const path = join(directory, name)
    // Asked first because opening a named pipe would wait for its writer forever.
    return (await stat(path)).isFile() ? [name, await readFile(path)] : undefined
  })
  return new Map(sorted((await Promise.all(read)).filter((file) => file !== undefined)))
}

function sorted(files: Iterable<readonly [string, Uint8Array]>): (readonly [string, Uint8Array])[] {
  return [...files].toSorted(([a], [b]) => (a < b ? -1 : 1))
}

/** Something inside the directory went away between being listed and being read. */
function isVanished(error: unknown, directory: string): boolean {
  return fileErrorCode(error) === 'ENOENT' && fileErrorPath(error) !== directory
}

const reasons: Readonly<Record<string, string>> = {
  ENOENT: 'it does not exist',
  ENOTDIR: 'it is not a directory',
  EACCES: 'permission denied'
}

function unreadable(directory: string, error: unknown): ReconcileError {
  const at = fileErrorPath(error)
  const path = at === undefined || at === join(directory, dataLink) ? directory : at
  const what = path === directory ? 'the configuration directory' : 'the configuration file'
  const reason = reasons[fileErrorCode(error) ?? ''] ?? deepestMessage(error)
  return new ReconcileError('CONFIG_MISSING', `cannot read ${what} "${path}": ${reason}`, { cause: error })
}

function fileErrorCode(error: unknown): string | undefined {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : undefined
}

function fileErrorPath(error: unknown): string | undefined {
  return error instanceof Error && 'path' in error && typeof error.path === 'string' ? error.path : undefined
}
