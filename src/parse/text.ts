/**
 * Bytes → text. Only UTF-8 is read; anything else is refused with the line that shows it.
 * @module
 */
import { isUtf8 } from 'node:buffer'

export type Decoded =
  | { readonly text: string; readonly wrong?: never }
  /** `line` and `column` count from 1. */
  | {
      readonly text?: never
      readonly wrong: { readonly line: number; readonly column: number; readonly message: string }
    }

/** Decodes a file; a byte order mark is left out. Pure. */
export function decodeText(bytes: Uint8Array): Decoded {
  const text = new TextDecoder('utf-8').decode(bytes)
  if (!isUtf8(bytes)) {
    const message = 'expected UTF-8 text, found bytes that are not UTF-8; save the file as UTF-8'
    return { wrong: { ...placeOfCharacter('\ufffd', text), message } }
  }
  if (!text.includes('\0')) return { text }
  const message = 'expected UTF-8 text, found a NUL character, as in UTF-16 or a binary file; save the file as UTF-8'
  return { wrong: { ...placeOfCharacter('\0', text), message } }
}

/** Where a character stands first. */
function placeOfCharacter(character: string, text: string): { readonly line: number; readonly column: number } {
  const before = text.slice(0, text.indexOf(character))
  return { line: before.split('\n').length, column: before.length - before.lastIndexOf('\n') }
}
