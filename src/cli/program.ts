/**
 * The command line: one verb, one file.
 * @module
 */
import { Command, Option } from 'commander'
import type { CommonFlags } from './settings.ts'

/** A verb: the service's name and its flags → exit code. */
export type Verb<Flags extends CommonFlags> = (service: string, flags: Flags) => Promise<number>

/** Loads a verb when it is asked for, so that a verb costs nothing to the others. */
interface VerbModule {
  readonly name: string
  readonly summary: string
  /** An example with the name of a service in the place of `SERVICE`. */
  readonly example: string
  readonly options: readonly Option[]
  load(): Promise<Verb<CommonFlags>>
}

const config = new Option('--config <dir>', 'directory with the configuration, default /config (env: CONFIG_DIR)')
const configOrStdin = new Option('--config <dir>', 'directory, or - for ConfigMap manifests on stdin (env: CONFIG_DIR)')
const output = new Option('--output <format>', 'text, json or yaml').env('INFOMETIS_OUTPUT')
const timeout = new Option('--timeout <duration>', 'how long it may take, e.g. 30s or 1m30s (env: INFOMETIS_TIMEOUT)')
const interval = new Option('--interval <duration>', 'how often to look, default 30s (env: RECONCILE_INTERVAL)')
const kind = new Option('--kind <kind>', 'which kind; default: the first of the service').env('INFOMETIS_KIND')
const pluginPath = new Option('--plugin <path>', 'module of a service outside this installation').env('INFOMETIS_PLUGIN')

const verbs: readonly VerbModule[] = [
  {
    name: 'run',
    summary: 'watch the configuration and keep the service as declared',
    example: 'infometis run SERVICE --config ./config --interval 30s',
    options: [config, interval],
    load: async () => (await import('./run.ts')).run
  },
  {
    name: 'diff',
    summary: 'show what differs, without changing it (exit code 0 in sync, 1 differs, 2 error)',
    example: 'infometis diff SERVICE --config ./config',
    options: [config, output, timeout, new Option('--all', 'show what is in sync too').env('INFOMETIS_ALL')],
    load: async () => (await import('./diff.ts')).diff
  },
  {
    name: 'apply',
    summary: 'make the service as declared, then end (exit code 0 converged, 1 something is left, 2 error)',
    example: 'infometis apply SERVICE --config ./config --yes',
    options: [config, output, timeout, new Option('--yes', 'do not ask on a terminal').env('INFOMETIS_YES')],
    load: async () => (await import('./apply.ts')).apply
  },
  {
    name: 'validate',
    summary: 'check the configuration without the service (exit code 0 valid, 1 invalid, 2 error)',
    example: 'kubectl kustomize environments/prod | infometis validate SERVICE --config -',
    options: [configOrStdin, output],
    load: async () => (await import('./validate.ts')).validate
  },
  {
    name: 'export',
    summary: 'print the live state as configuration, to adopt a service that exists',
    example: 'infometis export SERVICE --out ./config',
    options: [kind, output, timeout, new Option('--out <dir>', 'write the files of all kinds there; nothing is overwritten').env('INFOMETIS_OUT')],
    load: async () => (await import('./export.ts')).exportState
  },
  {
    name: 'schema',
    summary: 'print the JSON Schema of a configuration file, for editors',
    example: 'infometis schema SERVICE > schema.json',
    options: [kind],
    load: async () => (await import('./schema.ts')).schema
  }
]

/** The program. `services` are shown in the help; `finish` is told the exit code of the verb that ran. */
export function makeProgram(version: string, services: readonly string[], finish: (exitCode: number) => void): Command {
  const program = new Command('infometis')
    .description('Keeps a service as its mounted configuration declares it. Never deletes by itself.')
    .addHelpText('after', `\nServices: ${services.join(', ')}`)
    .version(version)
    .exitOverride()
    .configureOutput({ outputError: () => undefined })
    .showHelpAfterError(false)
  for (const verb of verbs) {
    const command = program.command(`${verb.name} <service>`).summary(verb.summary).description(verb.summary)
    for (const option of [...verb.options, pluginPath]) command.addOption(option)
    command.addHelpText('after', `\nExample:\n  ${verb.example.replace('SERVICE', services[0] ?? 'SERVICE')}`)
    command.action(async (service: string, flags: CommonFlags) => {
      const act = await verb.load()
      finish(await act(service, flags))
    })
  }
  return program
}
