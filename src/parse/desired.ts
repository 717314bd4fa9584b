/**
 * Files of the mount → desired state. What is broken as a whole (syntax, policy) yields problems and no state, so
 * that the caller can keep the last good one; what is broken in one item stays with that item.
 * @module
 */
import type { AnyKind } from '../contract.ts'
import type { ConfigFiles } from '../read/config-files.ts'
import type { Problem } from '../records.ts'
import { parseDocument } from './document.ts'
import { assignFiles, type FileSet } from './files.ts'
import { parseItems, type DesiredKind, type ItemContext } from './items.ts'
import { didYouMean } from './nearest.ts'
import { nameOf, overlay, type MapNode } from './node.ts'
import { defaultPolicy, policyMistakes, policySchema, type Policy } from './policy.ts'
import { checkSchema } from './schema.ts'

/** Everything that is declared, and under which policy. */
export interface DesiredState {
  readonly service: string
  /** SHA-256 over names and bytes of all configuration files. */
  readonly digest: string
  readonly policy: Policy
  /** Kinds whose file is there; a kind without a file is not managed. In the order they must be applied. */
  readonly kinds: readonly DesiredKind[]
  readonly warnings: readonly Problem[]
}

export type Parsed =
  | { readonly desired: DesiredState; readonly problems?: never; readonly legible?: never }
  | {
      readonly desired?: never
      /** What is wrong with files as a whole. */
      readonly problems: readonly Problem[]
      /** What could be read all the same, for whoever looks for all problems at once; never to be applied. */
      readonly legible: Legible
    }

/** What can be read of a configuration that cannot be used. */
export interface Legible {
  /** Kinds all of whose files can be read. */
  readonly kinds: readonly DesiredKind[]
  /** Kinds with a file that cannot be read: more may be declared than stands here. */
  readonly torn: readonly DesiredKind[]
  /** Of the kinds that can be read. */
  readonly warnings: readonly Problem[]
}

/** What a service declares about its files: its name and kinds. */
export interface Declares {
  readonly name: string
  readonly kinds: readonly AnyKind[]
}

const policyFile = 'policy'

/** Parses all files of a service. Pure. */
export function parseDesired(source: ConfigFiles, service: Declares): Parsed {
  const names = service.kinds.map((kind) => kind.file)
  const attachments = service.kinds.flatMap((kind) => kind.attachments ?? [])
  const { sets, unknown } = assignFiles(source.files.keys(), [...new Set(names), policyFile], attachments)
  const documents = new Map([...sets].map(([file, set]) => [file, readLayers(set, source.files)]))
  const policy = readPolicy(documents.get(policyFile))
  const context = { service: service.name, files: source.files, exact: policy.value.exact }
  const [whole, torn]: [DesiredKind[], DesiredKind[]] = [[], []]
  const empty: Problem[] = []
  for (const kind of service.kinds) {
    const document = documents.get(kind.file)
    if (document === undefined) continue
    const read = readKind(kind, document, context)
    ;(document.problems.length > 0 ? torn : whole).push(read)
    if (document.problems.length === 0 && read.items.length + read.invalid.length === 0)
      empty.push(nothingDeclared(kind, document.root))
  }
  const problems = [
    ...(names.some((name) => sets.has(name)) ? [] : [noFile(names, [...source.files.keys()], unknown)]),
    ...[...documents.values()].flatMap((document) => document.problems),
    ...policy.problems
  ]
  if (problems.length > 0)
    return {
      problems: [...problems, ...unknown],
      legible: { kinds: whole, torn, warnings: empty }
    }
  return {
    desired: {
      service: service.name,
      digest: source.digest,
      policy: policy.value,
      kinds: whole,
      warnings: [...unknown, ...empty]
    }
  }
}

interface LayeredDocument {
  readonly root: MapNode
  /** Names that stand in two base files, with the second place. */
  readonly twice: ReadonlyMap<string, Problem>
  /** Of files that cannot be read. */
  readonly problems: readonly Problem[]
}

function readLayers(set: FileSet, files: ReadonlyMap<string, Uint8Array>): LayeredDocument {
  const problems: Problem[] = []
  const twice = new Map<string, Problem>()
  let root: MapNode | undefined
  for (const name of [...set.bases, ...set.layers]) {
    const parsed = parseDocument(name, files.get(name) ?? new Uint8Array())
    if (parsed.problems !== undefined) {
      problems.push(...parsed.problems)
      continue
    }
    const layer = parsed.root
    if (layer.type !== 'map') {
      problems.push({
        severity: 'error',
        ...layer.at,
        path: '',
        code: 'TYPE',
        message: `expected an object at the top of the file, found ${nameOf(layer)}`
      })
      continue
    }
    if (root !== undefined && set.bases.includes(name)) findTwice(root, layer, twice)
    const merged = root === undefined ? layer : overlay(root, layer)
    if (merged.type === 'map') root = merged
  }
  return {
    root: root ?? { type: 'map', at: { file: set.bases[0] ?? '', line: 1, column: 1 }, entries: new Map() },
    twice,
    problems
  }
}

function findTwice(first: MapNode, second: MapNode, twice: Map<string, Problem>): void {
  for (const [name, entry] of second.entries) {
    const other = first.entries.get(name)?.at
    if (other === undefined) continue
    const message = `expected "${name}" in one base file, found it in ${other.file}:${other.line} and ${entry.at.file}:${entry.at.line}; keep one of them`
    twice.set(name, { severity: 'error', ...entry.at, path: name, code: 'DUPLICATE_ITEM', message })
  }
}

function readPolicy(document: LayeredDocument | undefined): {
  readonly value: Policy
  readonly problems: readonly Problem[]
} {
  if (document === undefined) return { value: defaultPolicy, problems: [] }
  const checked = checkSchema(policySchema, document.root, [], { usualMistakes: policyMistakes })
  return { value: checked.value ?? defaultPolicy, problems: [...document.twice.values(), ...(checked.problems ?? [])] }
}

function readKind(kind: AnyKind, document: LayeredDocument, context: Omit<ItemContext, 'spoilt'>): DesiredKind {
  const clash = document.twice.values().next().value
  const spoilt =
    kind.singleton === undefined || clash === undefined ? document.twice : new Map([[kind.singleton, clash]])
  return parseItems(kind, document.root, { ...context, spoilt })
}

function nothingDeclared({ kind }: AnyKind, { at }: MapNode): Problem {
  const message = `expected at least one ${kind}, found none; everything the service holds is an orphan`
  return { severity: 'warning', ...at, path: '', code: 'NOTHING_DECLARED', message }
}

function noFile(names: readonly string[], found: readonly string[], unknown: readonly Problem[]): Problem {
  const known = names.flatMap((name) => [`${name}.json`, `${name}.yaml`])
  const seen =
    found.length === 0
      ? 'an empty directory'
      : `only ${found.slice(0, 5).join(', ')}${found.length > 5 ? ' and others' : ''}`
  const hint = unknown.map(({ file }) => didYouMean(file, known)).find((text) => text !== '') ?? ''
  return {
    severity: 'error',
    file: '',
    line: 1,
    column: 1,
    path: '',
    code: 'NO_FILE',
    message: `expected at least one of ${known.join(', ')}, found ${seen}${hint}`
  }
}
