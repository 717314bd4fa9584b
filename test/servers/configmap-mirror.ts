/**
 * ConfigMaps in directories, written with the code of the kubelet itself, where no kubelet runs: the program
 * test/e2e/tools/configmap-mirror.
 * @module
 */
import { rmSync } from 'node:fs'
import { mkdir, mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { kubernetesTools } from './kubernetes-tools.ts'
import { atExit, startServer, waitUntilReady, type ServerProcess } from './process.ts'

/** A directory and the ConfigMaps in it, as one projected volume. */
export interface Mount {
  /** Made when it does not exist. */
  readonly directory: string
  /** `namespace/name`; with `?` behind, an optional map: without it its keys go. One that is not optional leaves the files as they are. */
  readonly maps: readonly string[]
}

/** The kubelet's part, for some directories. */
export interface Mirror {
  readonly process: ServerProcess
  /** What it said until now: one line `DIRECTORY: projected` or `DIRECTORY: <why not>` for every attempt. */
  log(): Promise<string>
  stop(): Promise<void>
}

/** When a change is written. */
export interface MirrorOptions {
  /** As a kubelet that does not watch: each time this many seconds, and up to half of them, are over. Default: when it is heard of. */
  readonly syncSeconds?: number
}

const readyMs = 60_000

/**
 * Resolves when every directory was written once, or could not be because a map is missing; the files of one volume are swapped
 * in one step from then on. Throws where the program cannot be built; ask `kubernetesTools` first.
 */
export async function startMirror(
  kubeconfig: string,
  mounts: readonly Mount[],
  options: MirrorOptions = {}
): Promise<Mirror> {
  const tools = await kubernetesTools()
  if ('missing' in tools) throw new Error(`no configmap-mirror: ${tools.missing}`)
  for (const { directory } of mounts) await mkdir(directory, { recursive: true })
  const home = await mkdtemp(join(tmpdir(), 'infometis-mirror-'))
  const forget = atExit(() => rmSync(home, { recursive: true, force: true, maxRetries: 3 }))
  const log = join(home, 'mirror.log')
  const server = await startServer(tools.paths['configmap-mirror'], argumentsOf(kubeconfig, mounts, options), {
    cwd: home,
    log
  })
  const stop = async (): Promise<void> => {
    await server.stop()
    await rm(home, { recursive: true, force: true })
    forget()
  }
  const tried = async (): Promise<boolean> => {
    const text = await readFile(log, 'utf8')
    return mounts.every(({ directory }) => text.includes(` ${resolve(directory)}: `))
  }
  try {
    await waitUntilReady(server, tried, { name: 'configmap-mirror', timeoutMs: readyMs })
  } catch (error) {
    await stop()
    throw error
  }
  return { process: server, log: () => readFile(log, 'utf8'), stop }
}

function argumentsOf(kubeconfig: string, mounts: readonly Mount[], { syncSeconds }: MirrorOptions): readonly string[] {
  const sync = syncSeconds === undefined ? [] : ['--sync', `${syncSeconds}s`]
  return [
    '--kubeconfig',
    kubeconfig,
    ...sync,
    ...mounts.flatMap(({ directory, maps }) => ['--mount', `${resolve(directory)}=${maps.join(',')}`])
  ]
}
