#!/usr/bin/env node
/**
 * Entry of the command line: runs a verb and turns whatever happens into a documented exit code.
 * @module
 */
// oxlint-disable-next-line import/no-unassigned-import -- has to be in effect before what is imported after it
import './quiet.ts'
import { enableCompileCache } from 'node:module'
import { CommanderError } from 'commander'
import { ReconcileError, toReconcileError } from '../errors.ts'
import { listServices } from './load-plugin.ts'
import { outputFormats, printError, type OutputFormat } from './output.ts'
import { makeProgram } from './program.ts'
import { readVersion } from './version.ts'

const usageError = 2

async function main(argv: readonly string[]): Promise<number> {
  let exitCode = 0
  const program = makeProgram(await readVersion(), await listServices(), (code) => {
    exitCode = code
  })
  try {
    await program.parseAsync(argv)
    return exitCode
  } catch (error) {
    if (error instanceof CommanderError && error.exitCode === 0) return 0
    printError(formatAskedFor(argv), serviceAskedFor(argv), error instanceof CommanderError ? flagError(error) : toReconcileError(error))
    return usageError
  }
}

function flagError(error: CommanderError): ReconcileError {
  if (error.code === 'commander.help') return new ReconcileError('FLAG_INVALID', 'expected a verb and a service, for example `infometis diff <service>`; see `infometis --help`')
  return new ReconcileError('FLAG_INVALID', error.message.replace(/^error: /, ''))
}

/** Scripts that ask for JSON get JSON even when the command line itself is wrong. */
function formatAskedFor(argv: readonly string[]): OutputFormat {
  const asked = argv.flatMap((word, index) => (word === '--output' ? [argv[index + 1]] : word.startsWith('--output=') ? [word.slice(9)] : []))
  return outputFormats.find((format) => format === (asked.at(-1) ?? process.env['INFOMETIS_OUTPUT'])) ?? 'text'
}

function serviceAskedFor(argv: readonly string[]): string {
  return argv[3]?.startsWith('-') === false ? argv[3] : ''
}

/** Whoever read our output may have seen enough (`| head`); that is no fault of ours. */
function ignoreClosedPipes(): void {
  for (const stream of [process.stdout, process.stderr]) {
    stream.on('error', (error: NodeJS.ErrnoException) => {
      if (error.code !== 'EPIPE') throw error
    })
  }
}

enableCompileCache()
ignoreClosedPipes()
process.exitCode = await main(process.argv)
