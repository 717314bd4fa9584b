/**
 * The command line inside this process: the same verbs, documents and exit codes without half a second of loading each
 * time. What ends with exit code 2 is for `infometis`, which runs the real program.
 * @module
 */
import pLimit from 'p-limit'
import { makeProgram } from '../../../src/cli/program.ts'
import type { Ended, Variables } from '../command-line.ts'

// Variables and streams are those of the process: one at a time.
const turn = pLimit(1)

/** Runs a verb to its end. Throws what the real program would end with exit code 2 for. */
export function infometisHere(args: readonly string[], env: Variables = {}): Promise<Ended> {
  return turn(async () => {
    let code: number | null = null
    const output = { stdout: '', stderr: '' }
    const program = makeProgram('0', ['kafka'], (exitCode) => (code = exitCode))
    const restore = takeOver(env, output)
    try {
      await program.parseAsync(['node', 'infometis', ...args])
    } finally {
      restore()
    }
    return { code, ...output }
  })
}

/** Variables of this process that would change what a test is about are not handed on. */
function takeOver(env: Variables, output: { stdout: string; stderr: string }): () => void {
  const { env: variables } = process
  const kept = Object.entries(variables).filter(([name]) => !/^(KAFKA|INFOMETIS|LOG|CONFIG|REQUEST)_/.test(name))
  process.env = { ...Object.fromEntries(kept), ...env }
  const restores = (['stdout', 'stderr'] as const).map((name) => {
    const stream = process[name]
    // oxlint-disable-next-line typescript/unbound-method -- put back where it came from, never called here
    const { write } = stream
    stream.write = (chunk: string | Uint8Array): boolean => {
      output[name] += typeof chunk === 'string' ? chunk : Buffer.from(chunk).toString()
      return true
    }
    return () => void (stream.write = write)
  })
  return () => {
    process.env = variables
    for (const restore of restores) restore()
  }
}
