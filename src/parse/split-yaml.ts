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
const hash = 0x23
const ampersand = 0x26

/** A key of letters, digits and a few signs is what it looks like. */
const plainKey = /^(\w[\w./-]*):(?:[ \r\n]|$)/
const documentStart = /^---\r?\n$/

/**
 * The entries of UTF-8 bytes that are one mapping in block style. Undefined: they are something else or may be, or
 * anchors tie entries together, or a tab, whose place decides whether it is refused, so that the file must be read as a
 * whole. Pure.
 */
export function splitYaml(bytes: Uint8Array, start: number): SplitFile | undefined {
  if (bytes.includes(ampersand) || bytes.includes(tab)) return undefined
  const table = new EntryTable()
  let open: { readonly from: number; readonly line: number } | undefined
  let root: { readonly line: number; readonly column: number } | undefined
  let isBegun = false
  for (let [from, line, next] = [start, 1, start]; from < bytes.length; from = next, line += 1) {
    next = nextLine(bytes, from)
    if (isContinued(bytes, from, open !== undefined)) continue
    const text = lineAt(bytes, from)
    const isStart = !isBegun && documentStart.test(text)
    if (!isStart && !plainKey.test(text)) return undefined
    isBegun = true
    if (isStart) continue
    if (open !== undefined) table.add({ ...open, to: from, column: 1 })
    open = { from, line }
    root ??= { line, column: 1 }
  }
  if (open === undefined || root === undefined) return undefined
  table.add({ ...open, to: bytes.length, column: 1 })
  table.trim()
  return { root, table, nameAt: (from) => plainKey.exec(lineAt(bytes, from))?.[1] }
}

/** Whether the line belongs to what is above: it is indented, a comment or empty. */
function isContinued(bytes: Uint8Array, from: number, isOpen: boolean): boolean {
  const first = bytes[from]
  if (first === space) return isOpen
  return first === newline || first === hash || (first === carriageReturn && bytes[from + 1] === newline)
}

function nextLine(bytes: Uint8Array, from: number): number {
  return bytes.indexOf(newline, from) + 1 || bytes.length
}

function lineAt(bytes: Uint8Array, from: number): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset + from, nextLine(bytes, from) - from).toString('latin1')
}
