/**
 * Finds the entries of a YAML mapping that is written in the common way, each key at the start of a line. Each entry is
 * then a document of its own, since nothing else of YAML reaches over lines that begin with a plain key.
 * @module
 */
import { EntryTable, type SplitFile } from './entry-table.ts'

const newline = 0x0a
const carriageReturn = 0x0d
const space = 0x20
const tab = 0x09
const colon = 0x3a
const hash = 0x23
const ampersand = 0x26

/**
 * The entries of UTF-8 bytes that are one mapping in block style. Undefined: they are something else or may be, or
 * anchors tie entries together, so that the file must be read as a whole. Pure.
 */
export function splitYaml(bytes: Uint8Array, start: number): SplitFile | undefined {
  if (bytes.includes(ampersand)) return undefined
  const table = new EntryTable()
  let open: { from: number; line: number } | undefined
  let rootLine = 1
  const close = (to: number): void => {
    if (open !== undefined) table.add({ ...open, to, column: 1 })
  }
  for (let [from, line] = [start, 1]; from < bytes.length; line += 1) {
    const end = bytes.indexOf(newline, from)
    const next = end === -1 ? bytes.length : end + 1
    const kind = kindOfLine(bytes, from, next)
    if (kind === 'other' || (kind === 'inner' && open === undefined)) return undefined
    if (kind === 'key') {
      close(from)
      if (open === undefined) rootLine = line
      open = { from, line }
    }
    from = next
  }
  if (open === undefined) return undefined
  close(bytes.length)
  table.trim()
  return { root: { line: rootLine, column: 1 }, table, nameAt: (from) => nameAt(bytes, from) }
}

function nameAt(bytes: Uint8Array, from: number): string {
  return Buffer.from(bytes.subarray(from, bytes.indexOf(colon, from))).toString('latin1')
}

/** `blank` belongs to what is above, comments too; `inner` is indented. */
function kindOfLine(bytes: Uint8Array, from: number, next: number): 'key' | 'inner' | 'blank' | 'other' {
  const first = bytes[from]
  if (first === newline || first === carriageReturn || first === hash) return 'blank'
  if (first === space || first === tab) return 'inner'
  for (let at = from; at < next; at += 1) {
    const byte = bytes[at] ?? 0
    if (byte === colon) return at > from && isBlank(bytes[at + 1] ?? newline) ? 'key' : 'other'
    if (!isOfPlainKey(byte, at === from)) return 'other'
  }
  return 'other'
}

function isBlank(byte: number): boolean {
  return byte === space || byte === newline || byte === carriageReturn
}

/** Letters, digits, `_`, and behind the first also `.`, `-` and `/`: such a key is what it looks like. */
function isOfPlainKey(byte: number, isFirst: boolean): boolean {
  const isWord =
    (byte >= 0x61 && byte <= 0x7a) || (byte >= 0x41 && byte <= 0x5a) || (byte >= 0x30 && byte <= 0x39) || byte === 0x5f
  return isWord || (!isFirst && (byte === 0x2e || byte === 0x2d || byte === 0x2f))
}
