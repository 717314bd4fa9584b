/**
 * Containers without a container engine: the OCI runtime crun, fetched as a Debian package into the cache folder, runs a
 * root file system under the restrictions that the manifests ask for.
 * @module
 */
import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, readdir, readFile, readlink, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { unpackDebian } from './debian.ts'
import { cacheDirectory } from './maven.ts'
import { atExit, run } from './process.ts'

/** crun and those of its libraries that a Debian may not have. */
const packages = ['crun', 'libyajl2', 'libseccomp2'] as const

/** Where crun and its libraries are, or why containers cannot be run here. */
export type Search = { readonly path: string; readonly libraries: string } | { readonly missing: string }

let search: Promise<Search> | undefined

/** Fetches crun unless the cache has it, and runs a first container; once per process. */
export function findCrun(): Promise<Search> {
  search ??= lookForCrun()
  return search
}

async function lookForCrun(): Promise<Search> {
  if (process.platform !== 'linux' || process.getuid?.() !== 0)
    return { missing: 'only root of a Linux may limit what a container uses' }
  const folder = join(cacheDirectory(), 'crun')
  try {
    await unpackDebian(folder, packages)
    const [triple = ''] = await readdir(join(folder, 'usr/lib'))
    const found = { path: join(folder, 'usr/bin/crun'), libraries: join(folder, 'usr/lib', triple) }
    await run('unshare', ['--mount', '--pid', '--fork', 'true'], { timeoutMs: 30_000 })
    return found
  } catch (error) {
    return { missing: error instanceof Error ? error.message : String(error) }
  }
}

/** What a pod says about a container. */
export interface ContainerSpec {
  /** The root file system; nothing can be written to it. */
  readonly root: string
  readonly args: readonly string[]
  readonly env: Readonly<Record<string, string>>
  /** A directory seen at `/config`, read-only. */
  readonly config: string
  readonly memoryMiB: number
}

export interface Container {
  /** The runtime; SIGTERM to it reaches the program, and what the program prints comes out of it. */
  readonly child: ChildProcess
  /** The id of the program's process outside the container, as soon as it runs. */
  readonly pid: () => Promise<number>
  /** The most that was ever resident of the program, in MiB. */
  readonly peakMiB: () => Promise<number>
  readonly ended: Promise<{ readonly code: number | null; readonly stdout: string; readonly stderr: string }>
}

const user = 10_001

/**
 * Starts a container in process, mount, IPC and host name spaces of its own, on the network of this machine, as a user that no
 * file of it names, without capabilities or new privileges, with no place to write to.
 */
export async function startContainer(
  crun: { readonly path: string; readonly libraries: string },
  spec: ContainerSpec
): Promise<Container> {
  const dir = await mkdtemp(join(tmpdir(), 'infometis-container-'))
  await writeFile(join(dir, 'config.json'), JSON.stringify(configuration(spec)))
  // crun refuses machines that have both kinds of control groups unless it sees one only.
  const script = 'umount /sys/fs/cgroup/unified 2>/dev/null; exec "$@"'
  const name = `infometis-${process.pid}-${dir.slice(-6)}`
  const args = [
    '--mount',
    'sh',
    '-c',
    script,
    'sh',
    crun.path,
    '--root',
    join(dir, 'state'),
    '--cgroup-manager=cgroupfs',
    'run',
    '--bundle',
    dir,
    name
  ]
  const child = spawn('unshare', args, {
    env: { ...process.env, LD_LIBRARY_PATH: crun.libraries },
    stdio: ['ignore', 'pipe', 'pipe']
  })
  const forget = atExit(() => void child.kill('SIGKILL'))
  const printed = { stdout: '', stderr: '' }
  for (const stream of ['stdout', 'stderr'] as const)
    child[stream].setEncoding('utf8').on('data', (text: string) => (printed[stream] += text))
  const ended = once(child, 'close').then(async () => {
    forget()
    await rm(dir, { recursive: true, force: true })
    return { code: child.exitCode, ...printed }
  })
  return { child, ended, pid: () => programOf(child), peakMiB: async () => peakOf(await programOf(child)) }
}

/** The runtime has one child: the program, which is the runtime still until it is replaced. */
async function programOf({ pid = 0 }: ChildProcess): Promise<number> {
  for (const deadline = performance.now() + 60_000; performance.now() < deadline; await sleep(50)) {
    const [program = ''] = (await readFile(`/proc/${pid}/task/${pid}/children`, 'utf8')).split(' ')
    if (program !== '' && (await readlink(`/proc/${program}/exe`).catch(() => '')).endsWith('/node'))
      return Number(program)
  }
  throw new Error('expected a program in the container, found none within a minute')
}

async function peakOf(pid: number): Promise<number> {
  return Number(/^VmHWM:\s+(\d+) kB/m.exec(await readFile(`/proc/${pid}/status`, 'utf8'))?.[1]) / 1024
}

/** The runtime specification of OCI, as a kubelet would have it written for a pod of the level `restricted`. */
function configuration({ root, args, env, config, memoryMiB }: ContainerSpec): object {
  const none = { bounding: [], effective: [], inheritable: [], permitted: [], ambient: [] }
  return {
    ociVersion: '1.0.2',
    hostname: 'pod',
    process: {
      terminal: false,
      user: { uid: user, gid: user },
      args,
      env: Object.entries(env).map(([name, value]) => `${name}=${value}`),
      cwd: '/app',
      capabilities: none,
      noNewPrivileges: true
    },
    root: { path: root, readonly: true },
    mounts: [
      { destination: '/proc', type: 'proc', source: 'proc' },
      { destination: '/dev', type: 'tmpfs', source: 'tmpfs', options: ['nosuid', 'noexec', 'mode=755', 'size=64k'] },
      { destination: '/sys/fs/cgroup', type: 'cgroup', source: 'cgroup', options: ['nosuid', 'noexec', 'nodev', 'ro'] },
      { destination: '/config', type: 'bind', source: config, options: ['bind', 'ro', 'nosuid', 'nodev', 'noexec'] }
    ],
    linux: {
      namespaces: ['pid', 'ipc', 'uts', 'mount'].map((type) => ({ type })),
      resources: { memory: { limit: memoryMiB * 2 ** 20 } },
      maskedPaths: ['/proc/kcore', '/proc/keys'],
      readonlyPaths: ['/proc/sys', '/proc/sysrq-trigger']
    }
  }
}
