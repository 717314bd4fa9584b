/**
 * A real server for a demonstration: the one that is given, else a container, else Java with what Maven fetches.
 * @module
 */
import { execFile } from 'node:child_process'
import { setTimeout as sleep } from 'node:timers/promises'
import { promisify } from 'node:util'
import { freePort } from '../test/servers/ports.ts'
import { say } from './stage.ts'

const execute = promisify(execFile)

export interface Server {
  /** The value of the variable that names it. */
  readonly address: string
  /** Whether it is somebody else's, so that only what is ours may be looked at. */
  readonly shared: boolean
  stop(): Promise<void>
}

/** All ways to a server of one service. */
export interface Ways {
  /** For people: `a broker`. */
  readonly what: string
  /** Names a server of somebody else. */
  readonly variable: string
  readonly container: {
    readonly image: string
    /** Inside the container. */
    readonly port: number
    /** Variables of the container, given the port it is published on. */
    readonly settings: (port: number) => Readonly<Record<string, string>>
    readonly address: (port: number) => string
    /** Whether it serves already; absent where whoever asks waits by itself. */
    readonly isUp?: (address: string) => Promise<boolean>
  }
  readonly java: {
    /** What to install first. */
    readonly missing: () => Promise<string | undefined>
    readonly start: () => Promise<Pick<Server, 'address' | 'stop'> & { readonly name: string }>
  }
}

/** Says what is being done. Throws with what to install when there is no way to a server. */
export async function openServer(ways: Ways): Promise<Server> {
  const address = process.env[ways.variable]
  if (address !== undefined && address !== '') {
    say('✔', `${ways.what} of yours, named by ${ways.variable}`)
    return { address, shared: true, stop: () => Promise.resolve() }
  }
  say('►', `starting ${ways.what} (the first time what it is made of is fetched, which takes a minute)`)
  const engine = await findEngine()
  if (engine !== undefined) return startContainer(engine, ways)
  const missing = await ways.java.missing()
  if (missing !== undefined)
    throw new Error(`${missing}. Or start docker or podman, or name ${ways.what} with ${ways.variable}`)
  const { name, ...server } = await ways.java.start()
  say('✔', `${name} on Java at ${server.address}`)
  return { ...server, shared: false }
}

/** An engine that answers, not only a client that is installed. */
async function findEngine(): Promise<string | undefined> {
  for (const engine of ['docker', 'podman']) {
    try {
      await execute(engine, ['info'], { timeout: 5_000 })
      return engine
    } catch {
      continue
    }
  }
  return undefined
}

async function startContainer(engine: string, { container }: Ways): Promise<Server> {
  const port = await freePort()
  const variables = Object.entries(container.settings(port)).flatMap(([name, value]) => ['-e', `${name}=${value}`])
  const { stdout } = await execute(engine, [
    'run',
    '-d',
    '--rm',
    '-p',
    `127.0.0.1:${port}:${container.port}`,
    ...variables,
    container.image
  ])
  const address = container.address(port)
  const stop = async (): Promise<void> => {
    await execute(engine, ['rm', '-f', stdout.trim()])
  }
  const deadline = Date.now() + 120_000
  while (container.isUp !== undefined && !(await container.isUp(address))) {
    if (Date.now() > deadline) {
      await stop()
      throw new Error(`${container.image} did not serve within two minutes`)
    }
    await sleep(500)
  }
  say('✔', `${container.image} in ${engine} at ${address}`)
  return { address, shared: false, stop }
}
