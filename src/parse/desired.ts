/**
 * Files of the mount → desired state. What is broken as a whole (syntax, policy) yields problems and no state, so
 * that the caller can keep the last good one; what is broken in one item stays with that item.
 * @module
 */
import type { AnyKind } from '../contract.ts'
import type { ConfigFiles } from '../read/config-files.ts'
import type { Problem } from '../records.ts'
import { NotApart } from './entries.ts'
import { assignFiles } from './files.ts'
import type { DesiredKind } from './items.ts'
import { parseKind, type KnownKind } from './known-kind.ts'
import { Layers } from './layers.ts'
import { didYouMean } from './nearest.ts'
import { NotedFiles } from './noted-files.ts'
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
  return new DesiredParser(service).parse(source)
}

/**
 * Parses one state of the files of a service after the other. It remembers the last one that could be used and parses
 * only what is new in the next. The result is that of `parseDesired`; an item that says the same at the same place is
 * the same object as before.
 */
export class DesiredParser {
  readonly #service: Declares
  #known: Known = { layers: new Map(), kinds: new Map() }

  constructor(service: Declares) {
    this.#service = service
  }

  parse(source: ConfigFiles): Parsed {
    const whole = new Set<string>()
    for (;;) {
      try {
        const { parsed, known } = parseFiles(source, this.#service, this.#known, whole)
        if (parsed.desired !== undefined) this.#known = known
        return parsed
      } catch (error) {
        if (!(error instanceof NotApart) || whole.has(error.file)) throw error
        whole.add(error.file)
      }
    }
  }
}

/** What the result for one state of the files was made from. */
interface Known {
  /** By the first part of the name of their files. */
  readonly layers: ReadonlyMap<string, Layers>
  /** By name. */
  readonly kinds: ReadonlyMap<string, KnownKind>
}

/** Reads the files named in `whole` as a whole. Throws `NotApart` for another one that must be. */
function parseFiles(
  source: ConfigFiles,
  service: Declares,
  before: Known,
  whole: ReadonlySet<string>
): { readonly parsed: Parsed; readonly known: Known } {
  const files = service.kinds.map((kind) => kind.file)
  const attachments = service.kinds.flatMap((kind) => kind.attachments ?? [])
  const { sets, unknown } = assignFiles(source.files.keys(), [...new Set(files), policyFile], attachments)
  const layers = new Map(
    [...sets].map(([file, set]) => [file, Layers.of(set, source.files, before.layers.get(file), whole)])
  )
  const policy = readPolicy(layers.get(policyFile))
  const context = { service: service.name, files: new NotedFiles(source.files), exact: policy.value.exact }
  const kinds = new Map<string, KnownKind>()
  for (const kind of service.kinds) {
    const own = layers.get(kind.file)
    if (own !== undefined) kinds.set(kind.kind, parseKind(kind, own, context, before.kinds.get(kind.kind)))
  }
  const problems = [
    ...(files.some((file) => sets.has(file)) ? [] : [noFile(files, [...source.files.keys()], unknown)]),
    ...[...layers.values()].flatMap((file) => file.problems),
    ...policy.problems
  ]
  const all = [...kinds.values()].map(({ declared }) => declared)
  const isTorn = ({ kind }: DesiredKind): boolean => layers.get(kind.file)?.problems.length !== 0
  const legible = all.filter((kind) => !isTorn(kind))
  const empty = legible.flatMap((kind) => nothingDeclared(kind, layers.get(kind.kind.file)))
  const parsed: Parsed =
    problems.length > 0
      ? { problems: [...problems, ...unknown], legible: { kinds: legible, torn: all.filter(isTorn), warnings: empty } }
      : {
          desired: {
            service: service.name,
            digest: source.digest,
            policy: policy.value,
            kinds: legible,
            warnings: [...unknown, ...empty]
          }
        }
  return { parsed, known: { layers, kinds } }
}

function readPolicy(layers: Layers | undefined): { readonly value: Policy; readonly problems: readonly Problem[] } {
  if (layers === undefined) return { value: defaultPolicy, problems: [] }
  const checked = checkSchema(policySchema, layers.readAll(), [], { usualMistakes: policyMistakes })
  return { value: checked.value ?? defaultPolicy, problems: [...layers.twice.values(), ...(checked.problems ?? [])] }
}

function nothingDeclared({ kind, items, invalid }: DesiredKind, layers: Layers | undefined): readonly Problem[] {
  if (layers === undefined || items.length + invalid.length > 0) return []
  const message = `expected at least one ${kind.kind}, found none; everything the service holds is an orphan`
  return [{ severity: 'warning', ...layers.at, path: '', code: 'NOTHING_DECLARED', message }]
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
