/**
 * Colours for people: only on a terminal, never with NO_COLOR (https://no-color.org).
 * @module
 */
import { styleText } from 'node:util'
import type { Output, Variables } from '../sidecar/host.ts'

type Color = 'red' | 'green' | 'yellow' | 'cyan' | 'magenta' | 'gray'

export type Paint = (color: Color, text: string) => string

/** Colours what goes to this stream. */
export function painter(stream: Output, variables: Variables): Paint {
  if (!hasColors(stream, variables)) return (_color, text) => text
  return (color, text) => styleText(color, text, { validateStream: false })
}

/** Whether this stream shows colours. */
export function hasColors(stream: Output, variables: Variables): boolean {
  return stream.isTTY === true && (variables['NO_COLOR'] ?? '') === '' && variables['TERM'] !== 'dumb'
}
