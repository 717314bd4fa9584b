/**
 * Which file of the mount belongs to what: `<file>.(json|yaml)` is a base, `<file>.<layer>.(json|yaml)` lies over it.
 * @module
 */
import type { Problem } from '../records.ts'
import { didYouMean } from './nearest.ts'
import picomatch from 'picomatch'

/** The files of one kind, in the order they are laid over each other. */
export interface FileSet {
  readonly bases: readonly string[]
  readonly layers: readonly string[]
}

const pattern = /^([^.]+)(?:\.(.+))?\.(?:json|yaml)$/

/** Sorts file names by the kind that owns them; files that belong to nothing become warnings. Pure. */
export function assignFiles(
  names: Iterable<string>,
  files: readonly string[],
  attachments: readonly string[]
): { readonly sets: ReadonlyMap<string, FileSet>; readonly unknown: readonly Problem[] } {
  const sets = new Map<string, { bases: string[]; layers: string[] }>()
  const unknown: Problem[] = []
  const isAttachment = picomatch([...attachments], { dot: true })
  for (const name of [...names].toSorted()) {
    if (isAttachment(name)) continue
    const [, file = '', layer] = pattern.exec(name) ?? []
    if (!files.includes(file)) {
      unknown.push(unknownFile(name, files))
      continue
    }
    const set = sets.get(file) ?? { bases: [], layers: [] }
    sets.set(file, set)
    ;(layer === undefined ? set.bases : set.layers).push(name)
  }
  return { sets, unknown }
}

function unknownFile(name: string, files: readonly string[]): Problem {
  const renamed = name.replace(/\.yml$/i, '.yaml')
  const belongs = renamed !== name && files.includes(pattern.exec(renamed)?.[1] ?? '')
  const hint = belongs
    ? `; did you mean "${renamed}"?`
    : didYouMean(
        name,
        files.flatMap((file) => [`${file}.json`, `${file}.yaml`])
      )
  const message = `expected one of ${files.map((file) => `${file}.json`).join(', ')} (or .yaml, or a layer), found "${name}", which is ignored${hint}`
  return { severity: 'warning', file: name, line: 1, column: 1, path: '', code: 'UNKNOWN_FILE', message }
}
