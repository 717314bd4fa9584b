/**
 * Colours for people: only on a terminal, never with NO_COLOR (https://no-color.org).
 * @module
 */
import { styleText } from 'node:util'

type Color = 'red' | 'green' | 'yellow' | 'cyan' | 'magenta' | 'gray'

export type Paint = (color: Color, text: string) => string

/** Colours what goes to this stream. */
export function painter(stream: NodeJS.WriteStream): Paint {
  return hasColors(stream) ? (color, text) => styleText(color, text, { validateStream: false }) : (_color, text) => text
}

/** Whether this stream shows colours. */
export function hasColors(stream: NodeJS.WriteStream): boolean {
  return stream.isTTY && (process.env['NO_COLOR'] ?? '') === '' && process.env['TERM'] !== 'dumb'
}
