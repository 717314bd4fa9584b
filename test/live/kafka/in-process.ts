/**
 * The command line inside this process: the same verbs, documents and exit codes without half a second of loading each
 * time.
 * @module
 */
import { runCommandLine } from '../../../src/cli/command-line.ts'
import { TestHost } from '../../sidecar/test-host.ts'
import type { Ended, Variables } from '../command-line.ts'

/** Runs a verb to its end. Of the variables of this process it sees none. */
export async function infometisHere(args: readonly string[], env: Variables = {}): Promise<Ended> {
  const host = new TestHost({ variables: env })
  const code = await runCommandLine(args, host)
  return { code, stdout: host.out, stderr: host.err }
}
