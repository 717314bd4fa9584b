/**
 * The flags of the verbs, each with the variable that stands for it.
 * @module
 */
import { Option } from 'commander'
import { refuse } from '../connect/environment.ts'
import type { Variables } from '../sidecar/host.ts'

/** A flag; `fromVariable` says that its variable is read here, and not together with the settings. */
export interface Flag {
  readonly option: Option
  readonly variable: string
  readonly fromVariable: boolean
}

function flag(words: string, about: string, variable: string, fromVariable = true): Flag {
  return { option: new Option(words, `${about} (env: ${variable})`), variable, fromVariable }
}

export const config = flag('--config <dir>', 'directory with the configuration, default /config', 'CONFIG_DIR', false)
export const configOrStdin = flag(
  '--config <dir>',
  'directory, or - for ConfigMap manifests on stdin',
  'CONFIG_DIR',
  false
)
export const timeout = flag(
  '--timeout <duration>',
  'how long it may take, e.g. 30s or 1m30s',
  'INFOMETIS_TIMEOUT',
  false
)
export const interval = flag('--interval <duration>', 'how often to look, default 30s', 'RECONCILE_INTERVAL', false)
export const output = flag('--output <format>', 'text, json or yaml', 'INFOMETIS_OUTPUT')
export const kind = flag('--kind <kind>', 'which kind; default: the first of the service', 'INFOMETIS_KIND')
export const all = flag('--all', 'show what is in sync too', 'INFOMETIS_ALL')
export const yes = flag('--yes', 'do not ask on a terminal', 'INFOMETIS_YES')
export const out = flag('--out <dir>', 'write the files of all kinds there; nothing is overwritten', 'INFOMETIS_OUT')
export const plugin = flag(
  '--plugin <module>',
  'file or installed package with a service outside this installation',
  'INFOMETIS_PLUGIN'
)

const switches: Readonly<Record<string, boolean>> = {
  true: true,
  yes: true,
  on: true,
  1: true,
  false: false,
  no: false,
  off: false,
  0: false
}

/** The flags that variables set, by the names commander gives them. Throws VARIABLE_INVALID. */
export function flagsOf(flags: readonly Flag[], variables: Variables): Readonly<Record<string, string | boolean>> {
  const set = flags.flatMap(({ option, variable, fromVariable }): [string, string | boolean][] => {
    const value = variables[variable] ?? ''
    if (!fromVariable || value === '') return []
    return [[option.attributeName(), option.isBoolean() ? switchOf(variable, value) : value]]
  })
  return Object.fromEntries(set)
}

function switchOf(variable: string, value: string): boolean {
  return switches[value.toLowerCase()] ?? refuse(variable, value, 'true or false', 'true')
}
