/**
 * What people see: lines with the time.
 * @module
 */
import { painter } from '../src/report/paint.ts'

const colors = { '✔': 'green', '✗': 'red', '!': 'yellow', '►': 'cyan' } as const

/** One line with the time. */
export function say(mark: keyof typeof colors, text: string): void {
  const paint = painter(process.stdout, process.env)
  const time = new Date().toISOString().slice(11, 23)
  process.stdout.write(`${paint('gray', time)} ${paint(colors[mark], mark)} ${text}\n`)
}
