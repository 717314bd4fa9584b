/**
 * Bytes → text. Only UTF-8 is read; anything else is refused with the line that shows it.
 * @module
 */
import { isUtf8 } from 'node:buffer'

const newline = 0x0a

export type Decoded =
  | { readonly text: string; readonly wrong?: never }
  /** `line` and `column` count from 1. */
  | { readonly text?: never; readonly wrong: { readonly line: number; readonly column: number; readonly message: string } }

/** Decodes a file; a byte order mark is left out. Pure. */
export function decodeText(bytes: Uint8Array): Decoded {
  if (!isUtf8(bytes)) {
    return { wrong: { ...firstNonUtf8(bytes), message: 'expected UTF-8 text, found bytes that are not UTF-8; save the file as UTF-8' } }
  }
  const text = new TextDecoder('utf-8').decode(bytes)
  const nul = text.indexOf('\0')
  if (nul === -1) return { text }
  const before = text.slice(0, nul).split('\n')
  const message = 'expected UTF-8 text, found a NUL character, as in UTF-16 or a binary file; save the file as UTF-8'
  return { wrong: { line: before.length, column: (before.at(-1) ?? '').length + 1, message } }
}

function firstNonUtf8(bytes: Uint8Array): { readonly line: number; readonly column: number } {
  let line = 1
  for (let start = 0; start < bytes.length; line += 1) {
    const newlineAt = bytes.indexOf(newline, start)
    const end = newlineAt === -1 ? bytes.length : newlineAt
    const part = bytes.subarray(start, end)
    if (!isUtf8(part)) return { line, column: new TextDecoder('utf-8').decode(part).indexOf('\ufffd') + 1 }
    start = end + 1
  }
  return { line: 1, column: 1 }
}
