/**
 * The command line: one verb, one file.
 * @module
 */
import { parseArgs } from 'node:util'
import { Command } from 'commander'
import * as flags from './flags.ts'
import type { Host } from '../sidecar/host.ts'
import { outputFormats, type OutputFormat } from './output.ts'
import type { CommonFlags } from '../sidecar/settings.ts'

/** A verb: the service's name, its flags and the process it runs in → exit code. */
export type Verb<Flags extends CommonFlags> = (service: string, flags: Flags, host: Host) => Promise<number>

/** Loads a verb when it is asked for, so that a verb costs nothing to the others. */
interface VerbModule {
  readonly name: string
  readonly summary: string
  /** An example with the name of a service in the place of `SERVICE`. */
  readonly example: string
  readonly flags: readonly flags.Flag[]
  load(): Promise<Verb<CommonFlags>>
}

const verbs: readonly VerbModule[] = [
  {
    name: 'run',
    summary: 'watch the configuration and keep the service as declared',
    example: 'infometis run SERVICE --config ./config --interval 30s',
    flags: [flags.config, flags.interval],
    load: async () => (await import('./run.ts')).run
  },
  {
    name: 'diff',
    summary: 'show what differs, without changing it (exit code 0 in sync, 1 differs, 2 error)',
    example: 'infometis diff SERVICE --config ./config',
    flags: [flags.config, flags.output, flags.timeout, flags.all],
    load: async () => (await import('./diff.ts')).diff
  },
  {
    name: 'apply',
    summary: 'make the service as declared, then end (exit code 0 converged, 1 something is left, 2 error)',
    example: 'infometis apply SERVICE --config ./config --yes',
    flags: [flags.config, flags.output, flags.timeout, flags.yes],
    load: async () => (await import('./apply.ts')).apply
  },
  {
    name: 'validate',
    summary: 'check the configuration without the service (exit code 0 valid, 1 invalid, 2 error)',
    example: 'kubectl kustomize environments/prod | infometis validate SERVICE --config -',
    flags: [flags.configOrStdin, flags.output],
    load: async () => (await import('./validate.ts')).validate
  },
  {
    name: 'export',
    summary: 'print the live state as configuration, to adopt a service that exists',
    example: 'infometis export SERVICE --out ./config',
    flags: [flags.kind, flags.output, flags.timeout, flags.out],
    load: async () => (await import('./export.ts')).exportState
  },
  {
    name: 'schema',
    summary: 'print the JSON Schema of a configuration file, for editors',
    example: 'infometis schema SERVICE > schema.json',
    flags: [flags.kind, flags.output],
    load: async () => (await import('./schema.ts')).schema
  }
]

export interface ProgramOptions {
  readonly version: string
  /** Shown in the help. */
  readonly services: readonly string[]
  readonly host: Host
  /** Given the exit code of the verb that ran. */
  readonly finish: (exitCode: number) => void
}

/** The program. Instead of ending the process it throws a CommanderError. */
export function makeProgram({ version, services, host, finish }: ProgramOptions): Command {
  const program = new Command('infometis')
    .description('Keeps a service as its mounted configuration declares it. Never deletes by itself.')
    .addHelpText('after', `\nServices: ${services.join(', ')}`)
    .version(version)
    .exitOverride()
    .configureOutput({
      writeOut: (text) => void host.stdout.write(text),
      writeErr: (text) => void host.stderr.write(text),
      outputError: () => undefined
    })
    .showHelpAfterError(false)
  for (const verb of verbs) {
    const own = [...verb.flags, flags.plugin]
    const command = program.command(`${verb.name} <service>`).summary(verb.summary).description(verb.summary)
    for (const { option } of own) command.addOption(option)
    command.addHelpText(
      'after',
      `\nServices: ${services.join(', ')}\n\nExample:\n  ${verb.example.replace('SERVICE', services[0] ?? 'SERVICE')}`
    )
    command.action(async (service: string, given: CommonFlags) => {
      const act = await verb.load()
      finish(await act(service, { ...flags.flagsOf(own, host.variables), ...given }, host))
    })
  }
  return program
}

/** What a command line asks for, also one that is wrong. */
export interface Asked {
  /** Empty: it names none. */
  readonly service: string
  readonly format: OutputFormat
  /** A module outside this installation. */
  readonly plugin: string | undefined
  readonly help: boolean
}

/** Reads words that commander may refuse: scripts that ask for JSON get JSON even then. Pure. */
export function askedBy(words: readonly string[], variables: Host['variables']): Asked {
  const options = Object.fromEntries(
    [...verbs.flatMap((verb) => verb.flags), flags.plugin].map(({ option }) => [
      option.attributeName(),
      { type: option.isBoolean() ? ('boolean' as const) : ('string' as const) }
    ])
  )
  const { values, positionals } = parseArgs({
    args: [...words],
    options: { ...options, help: { type: 'boolean', short: 'h' } },
    strict: false
  })
  const named = (name: string, variable: string): string | undefined => {
    const value = values[name] ?? variables[variable]
    return typeof value === 'string' && value !== '' ? value : undefined
  }
  const [first, second] = positionals
  const format = named('output', 'INFOMETIS_OUTPUT')
  return {
    service: second ?? '',
    format: outputFormats.find((each) => each === format) ?? 'text',
    plugin: named('plugin', 'INFOMETIS_PLUGIN'),
    help: values['help'] === true || first === undefined || first === 'help'
  }
}
