/**
 * The package as its users get it: packed by npm, installed into projects that have nothing to do with this checkout.
 * @module
 */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { globSync, lstatSync, rmSync } from 'node:fs'
import { cp, mkdir, mkdtemp, readFile, realpath, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { delimiter, dirname, join } from 'node:path'
import { text } from 'node:stream/consumers'
import { fileURLToPath } from 'node:url'
import { z } from 'zod'
import { atExit } from '../servers/process.ts'

const root = fileURLToPath(new URL('../..', import.meta.url))

/** Without what names the servers of other tests, and with the Node of the tests first. */
const environment = {
  ...Object.fromEntries(
    Object.entries(process.env).filter(([name]) => !/^(?:KAFKA|ELASTICSEARCH|NIFI|INFOMETIS)_/.test(name))
  ),
  PATH: [dirname(process.execPath), process.env['PATH'] ?? ''].join(delimiter)
}

export interface Ended {
  readonly code: number | null
  readonly stdout: string
  readonly stderr: string
}

/** A directory with a package.json, in which programs run. */
export interface Project {
  readonly directory: string
  /** Installs these packages by npm, from its cache where it has them. */
  install(...packages: readonly string[]): Promise<void>
  /** Writes files by their paths in the project. */
  write(files: Readonly<Record<string, string>>): Promise<void>
  run(command: string, args: readonly string[], variables?: Readonly<Record<string, string>>): Promise<Ended>
  /** Runs a command that an installed package brings, as `npx` does, and without its start. */
  npx(command: string, args: readonly string[], variables?: Readonly<Record<string, string>>): Promise<Ended>
}

async function temporary(name: string): Promise<string> {
  const directory = await realpath(await mkdtemp(join(tmpdir(), `infometis-${name}-`)))
  atExit(() => rmSync(directory, { recursive: true, force: true, maxRetries: 3 }))
  return directory
}

async function runIn(
  directory: string,
  command: string,
  args: readonly string[],
  variables: Readonly<Record<string, string>> = {}
): Promise<Ended> {
  const child = spawn(command, args, {
    cwd: directory,
    env: { ...environment, ...variables },
    stdio: ['ignore', 'pipe', 'pipe']
  })
  const forget = atExit(() => void child.kill('SIGKILL'))
  const [stdout, stderr] = await Promise.all([text(child.stdout), text(child.stderr), once(child, 'close')])
  forget()
  return { code: child.exitCode, stdout, stderr }
}

/** What npm prints. Throws with it when npm fails. */
async function npm(directory: string, ...args: readonly string[]): Promise<string> {
  const { code, stdout, stderr } = await runIn(directory, 'npm', args)
  if (code !== 0) throw new Error(`npm ${args.join(' ')} ended with ${code}\n${stdout}${stderr}`)
  return stdout
}

let tarball: Promise<string> | undefined

/** The file that `npm pack` makes of this checkout; once per process. */
export function packed(): Promise<string> {
  tarball ??= pack()
  return tarball
}

/** In a copy, because packing replaces `dist`, which other processes may be reading. */
async function pack(): Promise<string> {
  const copy = await temporary('pack')
  const { files } = z
    .object({ files: z.array(z.string()) })
    .parse(JSON.parse(await readFile(join(root, 'package.json'), 'utf8')))
  const sources = [
    ...files.filter((name) => name !== 'dist'),
    'package.json',
    'README.md',
    'LICENSE',
    'tsconfig.json',
    'tsconfig.build.json'
  ]
  for (const name of sources) await cp(join(root, name), join(copy, name), { recursive: true })
  await symlink(join(root, 'node_modules'), join(copy, 'node_modules'))
  const printed = await npm(copy, 'pack', '--silent', '--pack-destination', copy)
  return join(copy, printed.trim().split('\n').at(-1) ?? '')
}

function projectIn(directory: string): Project {
  return {
    directory,
    install: async (...packages) => {
      await npm(directory, 'install', '--prefer-offline', '--no-audit', '--no-fund', '--silent', ...packages)
    },
    write: async (files) => {
      for (const [file, content] of Object.entries(files)) {
        await mkdir(dirname(join(directory, file)), { recursive: true })
        await writeFile(join(directory, file), content)
      }
    },
    run: (command, args, variables) => runIn(directory, command, args, variables),
    npx: (command, args, variables) => runIn(directory, join('node_modules/.bin', command), args, variables)
  }
}

/** A project that has nothing. It goes away with this process, as all of them do. */
export async function emptyProject(name: string): Promise<Project> {
  const project = projectIn(await temporary(name))
  await project.write({ 'package.json': JSON.stringify({ name, private: true, type: 'module' }) })
  return project
}

let user: Promise<Project> | undefined

/** A project of somebody who installed the package and, where a test asks for it, clients. Once per process. */
export function userProject(): Promise<Project> {
  user ??= emptyProject('user').then(async (project) => {
    await project.install(await packed())
    return project
  })
  return user
}

/** MiB on the disk of everything that is installed, as `du -m` counts them. */
export function installedMiB({ directory }: Project): number {
  const blocks = globSync('node_modules/**', { cwd: directory }).map((name) => lstatSync(join(directory, name)).blocks)
  return (blocks.reduce((sum, count) => sum + count, 0) * 512) / 2 ** 20
}
