/**
 * Plays the steps of a demonstration with the real sidecar, whatever the service.
 * @module
 */
import { mkdir, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Server } from './server.ts'
import { patienceMs, Sidecar, type LogLine } from './sidecar.ts'
import { say } from './stage.ts'

/** Whether a line of the sidecar's log is the one that is waited for. */
type Matches = (line: LogLine) => boolean

/** One thing that is shown. */
export interface Step {
  readonly title: string
  /** What somebody does; absent when it happens by itself. */
  readonly act?: () => Promise<unknown>
  readonly happened: Matches
  /** Waited for, if not forever, before the next step begins. */
  readonly settled?: Matches
}

/** What is shown of one service. */
export interface Play {
  readonly service: string
  readonly server: Server
  /** By which the sidecar reaches the server. */
  readonly variables: Readonly<Record<string, string>>
  /** Everything it makes is called so; see `prefixOn`. */
  readonly prefix: string
  /** Name of the file that declares, and what it says at first. */
  readonly file: string
  readonly text: string
  /** `write` replaces the file. */
  readonly steps: (write: (text: string) => Promise<void>) => readonly Step[]
  /** Lets go of connections of its own. */
  readonly close: () => Promise<void>
}

/** A demonstration that has been shown and is still up. */
export interface Scene {
  /** Steps that did not happen. */
  readonly failures: number
  /** The file to edit. */
  readonly file: string
  /** From now on every line of the sidecar's log is shown. */
  watch(): void
  /** Stops everything; false when the sidecar did not end cleanly. */
  end(): Promise<boolean>
}

/** A start of all names: on a server that stays, what an earlier run left must not be in the way. */
export function prefixOn({ shared }: Server): string {
  return shared ? `infometis-demo-${Date.now().toString(36)}` : 'infometis-demo'
}

export const isInSync: Matches = ({ status }) => status === 'in-sync'

export function isDone(verb: string, key: string): Matches {
  return (line) => line.key === key && line.verb === verb && line.result === 'done'
}

export function isOrphan(key: string): Matches {
  return ({ orphans }) => orphans?.includes(key) === true
}

export const isRefused: Matches = ({ message }) => message.startsWith('configuration refused')

/** Shows everything once and stays up. Writes the directory `.cache/demo/<service>`, and whatever the steps do. */
export async function play({
  service,
  server,
  variables,
  prefix,
  file: name,
  text,
  steps,
  close
}: Play): Promise<Scene> {
  const directory = fileURLToPath(new URL(`../.cache/demo/${service}`, import.meta.url))
  const file = join(directory, name)
  await rm(directory, { recursive: true, force: true })
  await mkdir(directory, { recursive: true })
  await writeFile(join(directory, 'policy.yaml'), `owned: ["${prefix}-*"]\n`)
  await writeFile(file, text)
  let isWatching = false
  const sidecar = new Sidecar(service, directory, variables, (line) => {
    if (isWatching) say(line.level === 'info' ? '►' : '!', line.message)
  })
  let failures = 0
  const all = steps((next) => writeFile(file, next))
  const width = Math.max(...all.map(({ title }) => title.length))
  for (const step of all) if (!(await show(sidecar, step, width))) failures += 1
  return {
    failures,
    file,
    watch: () => {
      isWatching = true
    },
    end: async () => {
      const exitCode = await sidecar.stop()
      await close()
      await server.stop()
      if (server.shared) say('►', `what is called ${prefix}-* was left on your server: nothing is deleted by itself`)
      return exitCode === 0
    }
  }
}

/** Whether it happened; its title is padded to `width`. */
async function show(sidecar: Sidecar, { title, act, happened, settled }: Step, width: number): Promise<boolean> {
  const waiting = sidecar.waitFor(happened)
  await act?.()
  const startedAt = Date.now()
  const line = await waiting
  const [head = ''] = (line?.message ?? `did not happen within ${patienceMs / 1000} s`).split('\n')
  say(line === undefined ? '✗' : '✔', `${title.padEnd(width)} ${head}  (${Date.now() - startedAt} ms)`)
  if (settled !== undefined) await sidecar.waitFor(settled)
  return line !== undefined
}
