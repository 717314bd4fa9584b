/**
 * Settings every verb shares: flags win over variables, variables over defaults.
 * @module
 */
import type { ConfigMapReference } from '../kubernetes/config-maps.ts'
import type { ReportingSettings } from '../kubernetes/open-reporting.ts'
import { Environment } from '../connect/environment.ts'
import { logLevels, type LogLevel } from '../report/line.ts'
import { configMapsOf } from './config-source.ts'
import type { Variables } from './host.ts'
import { reportingOf } from './reporting.ts'

/** Flags as the command line gives them; each has a variable. */
export interface CommonFlags {
  /** CONFIG_DIR */
  readonly config?: string
  readonly plugin?: string
  readonly output?: string
  readonly timeout?: string
  readonly interval?: string
}

export interface Settings {
  readonly directory: string
  /** Name of the mounted ConfigMap, for people; files are read from the mount. */
  readonly configMap: string | undefined
  /** Read through the API instead of the directory; undefined: the directory is read. */
  readonly configMaps: readonly ConfigMapReference[] | undefined
  readonly owner: string
  readonly concurrency: number
  /** Most items written a second; 0: as many as there are. */
  readonly maxChangesPerSecond: number
  /** A failed item is dead after at least so many attempts, */
  readonly maxAttempts: number
  /** and not before this long after the first failure, in ms. */
  readonly deadAfterMs: number
  readonly intervalMs: number
  readonly cycleTimeoutMs: number
  readonly fullReadIntervalMs: number
  readonly shutdownGraceMs: number
  /** 0 takes any free one; undefined for no HTTP. */
  readonly httpPort: number | undefined
  /** The Lease over which replicas elect the one that reconciles; undefined: this one does. */
  readonly lease: string | undefined
  /** Undefined: that of the pod. */
  readonly namespace: string | undefined
  /** Undefined: the cluster is told nothing. */
  readonly reporting: ReportingSettings | undefined
  readonly logLevel: LogLevel
  /** Whether somebody asked for this level. */
  readonly isLogLevelSet: boolean
  readonly logFormat: 'json' | 'text' | 'auto'
}

/** The variables with the flags laid over them; a bad value is refused in the name of the flag it came from. */
export function environmentOf(flags: CommonFlags, variables: Variables): Environment {
  const given = [
    ['CONFIG_DIR', '--config', flags.config],
    ['RECONCILE_INTERVAL', '--interval', flags.interval],
    ['INFOMETIS_TIMEOUT', '--timeout', flags.timeout]
  ] as const
  const used = given.flatMap(([variable, flag, value]) => (value === undefined ? [] : [{ variable, flag, value }]))
  return new Environment(
    { ...variables, ...Object.fromEntries(used.map(({ variable, value }) => [variable, value])) },
    Object.fromEntries(used.map(({ variable, flag }) => [variable, flag]))
  )
}

/** Reads and checks all common variables. Throws VARIABLE_INVALID for the first bad one. */
export function readSettings(environment: Environment): Settings {
  return {
    directory: environment.text('CONFIG_DIR') ?? '/config',
    configMap: environment.text('CONFIG_MAP_NAME'),
    configMaps: configMapsOf(environment),
    owner: environment.text('INFOMETIS_OWNER') ?? 'infometis',
    concurrency: environment.integer('MAX_CONCURRENCY', 4, 1, 1_000),
    maxChangesPerSecond: environment.integer('MAX_CHANGES_PER_SECOND', 0, 0, 1_000_000),
    maxAttempts: environment.integer('MAX_ATTEMPTS', 10, 1, 1_000_000),
    deadAfterMs: environment.duration('DEAD_AFTER', '30m'),
    intervalMs: environment.duration('RECONCILE_INTERVAL', '30s'),
    cycleTimeoutMs: environment.duration('CYCLE_TIMEOUT', '5m'),
    fullReadIntervalMs: environment.duration('FULL_READ_INTERVAL', '10m'),
    httpPort: environment.text('HTTP_PORT') === 'off' ? undefined : environment.integer('HTTP_PORT', 8_080, 0, 65_535),
    lease: environment.text('LEASE_NAME'),
    namespace: environment.text('POD_NAMESPACE'),
    reporting: reportingOf(environment),
    shutdownGraceMs: environment.duration('SHUTDOWN_GRACE', '25s'),
    logLevel: environment.oneOf('LOG_LEVEL', logLevels, 'info'),
    isLogLevelSet: environment.text('LOG_LEVEL') !== undefined,
    logFormat: environment.oneOf('LOG_FORMAT', ['json', 'text', 'auto'], 'auto')
  }
}
