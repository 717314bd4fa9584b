/**
 * What every demonstration shares.
 * @module
 */
import { painter } from '../src/cli/paint.ts'

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

const colors = { '✔': 'green', '✗': 'red', '!': 'yellow', '►': 'cyan' } as const

/** One line with the time. */
export function say(mark: keyof typeof colors, text: string): void {
  const paint = painter(process.stdout)
  const time = new Date().toISOString().slice(11, 23)
  process.stdout.write(`${paint('gray', time)} ${paint(colors[mark], mark)} ${text}\n`)
}
