/**
 * Several sidecars of the example service over one Lease, and what they did.
 * @module
 */
import { mkdir, mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { startSidecar, type LogRecord, type Sidecar } from '../live/command-line.ts'
import { repository } from '../manifests/build.ts'

export const leads = ({ message }: LogRecord): boolean => message === 'became leader'
export const leadsNoMore = ({ message }: LogRecord): boolean => message.startsWith('lost leadership: ')
export const standsBy = ({ message }: LogRecord): boolean => message.startsWith('standby: ')

/** A time for which one led, in ms since the epoch. */
interface Reign {
  readonly from: number
  readonly to: number
}

export class ReplicaSet {
  readonly #home: string
  readonly #env: Readonly<Record<string, string>>
  readonly #all: Sidecar[] = []
  readonly #diedAt = new Map<Sidecar, number>()

  private constructor(home: string, env: Readonly<Record<string, string>>) {
    this.#home = home
    this.#env = env
  }

  /** Without a replica yet. */
  static async open(kubeconfig: string, namespace: string, lease: string): Promise<ReplicaSet> {
    const home = await mkdtemp(join(tmpdir(), 'infometis-replicas-'))
    for (const folder of ['config', 'served']) await mkdir(join(home, folder))
    return new ReplicaSet(home, {
      INFOMETIS_PLUGIN: join(repository, 'examples/directory/index.ts'),
      DIRECTORY_PATH: join(home, 'served'),
      KUBECONFIG: kubeconfig,
      LEASE_NAME: lease,
      POD_NAMESPACE: namespace,
      RECONCILE_INTERVAL: '1s',
      LOG_FORMAT: 'json'
    })
  }

  async close(): Promise<void> {
    for (const replica of this.#all) replica.kill()
    await rm(this.#home, { recursive: true, force: true })
  }

  start(): Sidecar {
    const replica = startSidecar('directory', { dir: join(this.#home, 'config'), env: this.#env })
    this.#all.push(replica)
    return replica
  }

  /** SIGKILL. */
  crash(replica: Sidecar): void {
    replica.kill()
    this.#diedAt.set(replica, Date.now())
  }

  declare(content: string): Promise<void> {
    return writeFile(join(this.#home, 'config/files.json'), JSON.stringify({ shared: { content } }))
  }

  served(): Promise<string> {
    return readFile(join(this.#home, 'served/shared'), 'utf8')
  }

  /** Somebody else writes. */
  drift(content: string): Promise<void> {
    return writeFile(join(this.#home, 'served/shared'), content)
  }

  /** When the file was last written, by whomever, in ns. */
  async writtenAt(): Promise<bigint> {
    return (await stat(join(this.#home, 'served/shared'), { bigint: true })).mtimeNs
  }

  /** Every write any replica has reported, in the order of time. */
  writes(): readonly string[] {
    return this.#all
      .flatMap((replica) => writesOf(replica))
      .toSorted((a, b) => a.timestamp.localeCompare(b.timestamp))
      .map(({ message }) => message)
  }

  /** Pairs of times that overlap, for which different replicas led. */
  overlaps(): readonly string[] {
    const reigns = this.#all.flatMap((replica) => this.#reignsOf(replica)).toSorted((a, b) => a.from - b.from)
    return reigns.flatMap((reign, index) => {
      const before = reigns[index - 1]
      return before !== undefined && before.to > reign.from ? [`until ${before.to}, and from ${reign.from}`] : []
    })
  }

  #reignsOf(replica: Sidecar): readonly Reign[] {
    const lines = replica.lines()
    return lines.flatMap((line, index) => {
      if (!leads(line)) return []
      const end = lines.slice(index + 1).find((later) => leadsNoMore(later) || later.message.endsWith(' stopped'))
      return [
        {
          from: Date.parse(line.timestamp),
          to: end === undefined ? (this.#diedAt.get(replica) ?? Date.now()) : Date.parse(end.timestamp)
        }
      ]
    })
  }
}

/** The series of a replica whose value is not 0, without their prefix and the label of the service. */
export async function metricsOf(replica: Sidecar): Promise<readonly string[]> {
  const { message } = await replica.waitForLine((line) => /metrics on port \d+$/.test(line.message))
  const text = await (await fetch(`http://127.0.0.1:${/\d+$/.exec(message)?.[0]}/metrics`)).text()
  const lines = text.split('\n').filter((line) => line.startsWith('infometis_') && !line.endsWith(' 0'))
  return lines.map((line) => line.replace(/^infometis_|,?service="directory"/g, ''))
}

/** The writes one replica has reported. */
export function writesOf(replica: Sidecar): readonly LogRecord[] {
  return replica.lines().filter(({ result, key }) => result === 'done' && key !== undefined)
}
