/**
 * Flux as far as it can run without containers: its custom resources and the real kustomize-controller. The part of
 * source-controller, which fetches from Git, is played by git-source.ts.
 * @module
 */
import { existsSync, rmSync } from 'node:fs'
import { copyFile, mkdir, mkdtemp, readdir, rename, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { z } from 'zod'
import { eventually } from '../live/eventually.ts'
import { kubectl } from './kubectl.ts'
import { kubernetesTools } from './kubernetes-tools.ts'
import { startNode, type NodeProcess } from './node.ts'
import { freePort } from './ports.ts'
import { cacheDirectory } from './maven.ts'
import { atExit, run } from './process.ts'

/** The version the controller is built from, in test/e2e/tools/go.mod. */
const version = 'v1.9.5'

/** Modules that carry the definitions of the custom resources, and what their zips must hold. */
const modules = {
  'github.com/fluxcd/source-controller': 'h1:MFPyCodUi9hZIMaKDsC/rYbNoyzpvrAdrPVixj7W9F0=',
  'github.com/fluxcd/kustomize-controller': 'h1:/XY2zy3K7fntyppEXIHG7oRMzmfgIt50eJzUfaPX1Kc='
} as const

const downloaded = z.object({ Dir: z.string(), Sum: z.string() })

/** A folder with the definitions, or why there is none. */
export type Definitions = { readonly folder: string } | { readonly missing: string }

let search: Promise<Definitions> | undefined

/** Taken from the modules once, into the cache folder; a few MB are downloaded for it. */
export function fluxDefinitions(): Promise<Definitions> {
  search ??= findDefinitions().catch((error: unknown) => ({
    missing: error instanceof Error ? error.message : String(error)
  }))
  return search
}

async function findDefinitions(): Promise<Definitions> {
  const cache = join(cacheDirectory(), 'flux')
  const folder = join(cache, version)
  if (existsSync(folder)) return { folder }
  await mkdir(cache, { recursive: true })
  const staging = await mkdtemp(join(cache, 'staging-'))
  try {
    for (const [module, sum] of Object.entries(modules)) {
      const { stdout } = await run('go', ['mod', 'download', '-json', `${module}@${version}`], {
        name: `download of ${module}`,
        cwd: staging,
        timeoutMs: 120_000
      })
      const found = downloaded.parse(JSON.parse(stdout))
      if (found.Sum !== sum) throw new Error(`${module}@${version}: expected the module ${sum}, found ${found.Sum}`)
      const bases = join(found.Dir, 'config/crd/bases')
      for (const file of await readdir(bases)) await copyFile(join(bases, file), join(staging, file))
    }
    if (!existsSync(folder)) await rename(staging, folder)
  } finally {
    await rm(staging, { recursive: true, force: true })
  }
  return { folder }
}

/** The controller, for the objects of one namespace. */
export interface Flux {
  readonly controller: NodeProcess
  stop(): Promise<void>
}

const startMs = 120_000

/** By kubeconfig: once for each server. */
const installed = new Map<string, Promise<void>>()

async function install(kubectlPath: string, kubeconfig: string, folder: string): Promise<void> {
  const ask = (...args: readonly string[]) =>
    run(kubectlPath, ['--kubeconfig', kubeconfig, ...args], {
      timeoutMs: startMs
    })
  await ask('apply', '--server-side', '--filename', folder)
  // kubectl fails on a definition so new that it has no condition at all.
  await eventually(() => ask('wait', '--for=condition=Established', '--timeout=60s', '--filename', folder))
}

/**
 * Installs the custom resources and starts a controller that sees GitRepositories and Kustomizations of `namespace` only, which
 * must exist; any number of them share a server. Throws where something cannot be had; ask `kubernetesTools` and
 * `fluxDefinitions` first.
 */
export async function startFlux(kubeconfig: string, namespace: string): Promise<Flux> {
  const [tools, definitions, kubectlPath] = [await kubernetesTools(), await fluxDefinitions(), await kubectl()]
  if ('missing' in tools) throw new Error(`no kustomize-controller: ${tools.missing}`)
  if ('missing' in definitions) throw new Error(`no custom resources of Flux: ${definitions.missing}`)
  const known = installed.get(kubeconfig) ?? install(kubectlPath ?? 'kubectl', kubeconfig, definitions.folder)
  installed.set(kubeconfig, known)
  await known
  const home = await mkdtemp(join(tmpdir(), 'infometis-flux-'))
  const forget = atExit(() => rmSync(home, { recursive: true, force: true, maxRetries: 3 }))
  const health = `127.0.0.1:${await freePort()}`
  const command = {
    name: 'kustomize-controller',
    command: tools.paths['kustomize-controller'],
    args: [
      `--health-addr=${health}`,
      `--metrics-addr=127.0.0.1:${await freePort()}`,
      '--watch-all-namespaces=false',
      '--http-retry=1'
    ],
    cwd: home,
    log: join(home, 'controller.log'),
    env: { KUBECONFIG: kubeconfig, RUNTIME_NAMESPACE: namespace, TMPDIR: home },
    timeoutMs: startMs
  }
  const controller = await startNode(
    command,
    async () => (await fetch(`http://${health}/readyz`, { signal: AbortSignal.timeout(2_000) })).ok
  )
  const stop = async (): Promise<void> => {
    await controller.kill()
    await rm(home, { recursive: true, force: true })
    forget()
  }
  return { controller, stop }
}
