/**
 * The programs of a Kubernetes control plane, built from source by the Go module in test/e2e/tools: once, into the cache
 * folder. Nobody publishes them for a machine without containers.
 * @module
 */
import { createHash } from 'node:crypto'
import { existsSync } from 'node:fs'
import { mkdir, mkdtemp, readFile, rename, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { cacheDirectory } from './maven.ts'
import { run } from './process.ts'
import { replacements, trimmedModules } from './trimmed-modules.ts'

/** Program → the package it is built from. */
const packages = {
  'kube-apiserver': 'k8s.io/kubernetes/cmd/kube-apiserver',
  etcd: 'go.etcd.io/etcd/server/v3',
  'configmap-mirror': './configmap-mirror',
  'kustomize-controller': 'github.com/fluxcd/kustomize-controller'
} as const
export type Tool = keyof typeof packages

const module = fileURLToPath(new URL('../e2e/tools/', import.meta.url))
const sources = ['go.mod', 'go.sum', 'configmap-mirror/main.go', ...replacements]

/** The version the API server says it has; clients refuse one without. */
const version = 'v1.36.3'
const versionFlags = Object.entries({
  gitVersion: version,
  gitMajor: '1',
  gitMinor: '36',
  gitTreeState: 'clean',
  gitCommit: 'none',
  buildDate: '2026-01-01T00:00:00Z'
})
  .map(([name, value]) => `-X k8s.io/component-base/version.${name}=${value}`)
  .join(' ')
const linkerFlags = `-s -w ${versionFlags}`

/**
 * From nothing they take 6 minutes of computing time and 2.4 GB of Go's cache; beside all other tests that becomes half
 * an hour.
 */
const buildLimitMs = 45 * 60_000

/** Paths by program, or why they cannot be had. */
export type Search = { readonly paths: Readonly<Record<Tool, string>> } | { readonly missing: string }

let search: Promise<Search> | undefined

/** Builds what is not in the cache yet; once per process, and any number of processes at a time. */
export function kubernetesTools(): Promise<Search> {
  search ??= findTools()
  return search
}

async function findTools(): Promise<Search> {
  try {
    const folder = join(cacheFolder(), await digest())
    if (!existsSync(folder)) await build(folder)
    const path = (tool: Tool): string => join(folder, tool)
    return {
      paths: {
        'kube-apiserver': path('kube-apiserver'),
        etcd: path('etcd'),
        'configmap-mirror': path('configmap-mirror'),
        'kustomize-controller': path('kustomize-controller')
      }
    }
  } catch (error) {
    return { missing: error instanceof Error ? error.message : String(error) }
  }
}

function cacheFolder(): string {
  return join(cacheDirectory(), 'kubernetes-tools')
}

async function digest(): Promise<string> {
  const hash = createHash('sha256').update(linkerFlags)
  for (const source of sources) hash.update(await readFile(join(module, source)))
  return hash.digest('hex').slice(0, 16)
}

/**
 * Into a folder of its own that is renamed when all is there, so that nobody ever sees half of them. All by one
 * command: while the last of one program is linked, another one is compiled.
 */
async function build(folder: string): Promise<void> {
  await mkdir(cacheFolder(), { recursive: true })
  const staging = await mkdtemp(join(cacheFolder(), 'staging-'))
  const programs = join(staging, 'programs')
  try {
    const modfile = await trimmedModules(module, staging, buildLimitMs)
    const go = [
      'go',
      'build',
      '-modfile',
      modfile,
      '-ldflags',
      linkerFlags,
      '-o',
      `${programs}/`,
      ...Object.values(packages)
    ]
    const command = ['env', 'CGO_ENABLED=0', 'GOFLAGS=-mod=readonly -buildvcs=false', ...go]
    await run('nice', ['-n', '19', ...command], { name: 'go build', cwd: module, timeoutMs: buildLimitMs })
    for (const [tool, from] of Object.entries(packages)) {
      const built = executableOf(from)
      if (built !== tool) await rename(join(programs, built), join(programs, tool))
    }
    if (!existsSync(folder)) await rename(programs, folder)
  } finally {
    await rm(staging, { recursive: true, force: true })
  }
}

/** What Go calls the program: the last part of its package that is no version. */
function executableOf(from: string): string {
  return from.split('/').findLast((part) => !/^v\d+$/.test(part)) ?? from
}
