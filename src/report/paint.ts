/**
 * Colours for people: only on a terminal, never with NO_COLOR (https://no-color.org).
 * @module
 */
import { styleText } from 'node:util'

/** As much of a stream and of the environment as colours depend on. */
interface Terminal {
  readonly isTTY?: boolean
}
type Variables = Readonly<Record<string, string | undefined>>

type Color = 'red' | 'green' | 'yellow' | 'cyan' | 'magenta' | 'gray'

export type Paint = (color: Color, text: string) => string

/** Colours what goes to this stream. */
export function painter(stream: Terminal, variables: Variables): Paint {
  if (!hasColors(stream, variables)) return (_color, text) => text
  return (color, text) => styleText(color, text, { validateStream: false })
}

/** Whether this stream shows colours. */
export function hasColors(stream: Terminal, variables: Variables): boolean {
  return stream.isTTY === true && (variables['NO_COLOR'] ?? '') === '' && variables['TERM'] !== 'dumb'
}
