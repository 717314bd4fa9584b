/**
 * The document of one kind → its items. One bad item is invalid by itself; its neighbours go on.
 * @module
 */
import { hash } from 'node:crypto'
import { z } from 'zod'
import type { AnyKind, Control, Desired } from '../contract.ts'
import { type Key, keyOf, type Problem } from '../records.ts'
import { ReconcileError } from '../errors.ts'
import { remember } from '../remember.ts'
import { nameOf, type Entry, type MapNode, type Node } from './node.ts'
import { checkSchema, type Checked } from './schema.ts'
import { isWrittenNumber } from './written-number.ts'

/** A declared item that cannot be used; it is neither changed nor an orphan. */
export interface InvalidItem {
  readonly key: Key
  readonly name: string
  readonly problems: readonly Problem[]
  /**
   * The item without what is wrong in it, where something is left: for rules about names and about other items, never
   * to be applied.
   */
  readonly usable?: Desired<unknown>
}

/** What is declared of one kind. */
export interface DesiredKind {
  readonly kind: AnyKind
  readonly items: readonly Desired<unknown>[]
  readonly invalid: readonly InvalidItem[]
  readonly nodes: Nodes
}

/** The documents of the items, to find the place of a remark. */
export interface Nodes {
  /** Undefined for a name that is not declared. */
  get(name: string): Node | undefined
}

/** Schema of the reserved field `reconcile`. */
export const controlSchema = z.strictObject({
  paused: z.boolean().default(false).describe('nothing is done to this item; its differences are still shown'),
  ignore: z.array(z.string().min(1)).default([]).describe('field paths that are not compared'),
  exact: z.boolean().optional().describe('undeclared fields are reset too')
})

/** What people write for the fields of `reconcile`. */
const controlMistakes = {
  suspend: 'paused',
  suspended: 'paused',
  disabled: 'paused',
  enabled: 'paused',
  exclude: 'ignore',
  strict: 'exact'
}

/** The fields of `reconcile` where the item has its own. */
const misplaced = {
  paused: 'reconcile.paused',
  pause: 'reconcile.paused',
  suspend: 'reconcile.paused',
  ignore: 'reconcile.ignore',
  exact: 'reconcile.exact'
}

const mistakesOf = remember((kind: AnyKind) => ({ ...misplaced, ...kind.usualMistakes }))

/** Everything an item is parsed from besides its own document. */
export interface ItemContext {
  readonly service: string
  readonly files: ReadonlyMap<string, Uint8Array>
  /** The policy's `exact`, for items that do not say. */
  readonly exact: boolean
  /** Item name → problem found while the files were put together (declared twice, say). */
  readonly spoilt: ReadonlyMap<string, Problem>
}

/** Parses one item; undefined when there is none, or it is undeclared by a `null`. Pure. */
export function parseItem(
  kind: AnyKind,
  name: string,
  entry: Entry | undefined,
  context: ItemContext
): Desired<unknown> | InvalidItem | undefined {
  if (entry === undefined || isUndeclared(name, entry, context)) return undefined
  const key = keyOf(context.service, kind.kind, name)
  const { problems, ...parsed } = parsedItem(kind, name, entry, context)
  const item = parsed.item && { key, name, at: entry.at, ...parsed.item }
  if (problems.length > 0) return { key, name, problems, ...(item !== undefined && { usable: item }) }
  return item
}

/** Whether a `null` stands in the place of the item. */
export function isUndeclared(name: string, { value }: Entry, { spoilt }: Pick<ItemContext, 'spoilt'>): boolean {
  return isNull(value) && !spoilt.has(name)
}

/** Without problems there is an item; with them it is what can be used of one. */
interface ParsedItem {
  readonly item?: Pick<Desired<unknown>, 'spec' | 'digest' | 'control'>
  readonly problems: readonly Problem[]
}

function parsedItem(kind: AnyKind, name: string, entry: Entry, context: ItemContext): ParsedItem {
  const path = kind.singleton === undefined ? [name] : []
  const at = { severity: 'error', ...entry.at, path: path.join('.') } as const
  const spoilt = context.spoilt.get(name)
  if (spoilt !== undefined) return { problems: [spoilt] }
  const nameless: readonly Problem[] =
    name === '' ? [{ ...at, code: 'VALUE', message: 'expected a name, found an empty one' }] : []
  if (entry.value.type !== 'map') {
    const message = `expected an object that declares the ${kind.kind}, found ${nameOf(entry.value, path)}${missingSpace(entry.value)}`
    return { problems: [...nameless, { ...at, code: 'TYPE', message }] }
  }

  const { reconcile, spec } = split(entry.value)
  const control = parseControl(reconcile, path, context.exact)
  const numbers = kind.numbersAsWritten === true ? 'written' : 'value'
  const options = { reserved: ['reconcile'], usualMistakes: mistakesOf(kind), numbers } as const
  const checked = checkSchema(kind.schema, spec, path, options)
  const problems = [...nameless, ...(checked.problems ?? []), ...(control.problems ?? [])]
  const usable = checked.problems === undefined ? checked : checked.usable
  if (usable === undefined) return { problems }
  const completed = completeItem(kind, usable.value, control.value ?? defaultControl(context.exact), context.files, at)
  // What a field says that is not there cannot be held against the files it may have named.
  const isWhole = checked.problems?.every(({ code }) => code === 'UNKNOWN_FIELD') ?? true
  return { ...completed, problems: [...problems, ...(isWhole ? completed.problems : [])] }
}

/** One object for all items that say nothing of their own. */
const usual: Control = { paused: false, ignore: [], exact: false }
const usualExact: Control = { ...usual, exact: true }

function defaultControl(exact: boolean): Control {
  return exact ? usualExact : usual
}

function parseControl(node: Node | undefined, path: readonly string[], exact: boolean): Checked<Control> {
  if (node === undefined) return { value: defaultControl(exact) }
  const checked = checkSchema(controlSchema, node, [...path, 'reconcile'], { usualMistakes: controlMistakes })
  return checked.problems === undefined
    ? { value: { ...checked.value, exact: checked.value.exact ?? exact } }
    : { problems: checked.problems }
}

function completeItem(
  kind: AnyKind,
  declared: unknown,
  control: Control,
  files: ReadonlyMap<string, Uint8Array>,
  at: Omit<Problem, 'code' | 'message'>
): ParsedItem {
  try {
    const spec = kind.complete === undefined ? declared : kind.complete(declared, files)
    return { item: { spec, control, digest: digestOf({ spec, control }) }, problems: [] }
  } catch (error) {
    if (!(error instanceof ReconcileError)) throw error
    return {
      problems: error.problems.length > 0 ? error.problems : [{ ...at, code: error.code, message: error.message }]
    }
  }
}

function split(node: MapNode): { readonly reconcile: Node | undefined; readonly spec: MapNode } {
  const reconcile = node.entries.get('reconcile')?.value
  if (reconcile === undefined) return { reconcile, spec: node }
  const entries = new Map(node.entries)
  entries.delete('reconcile')
  return { reconcile: isNull(reconcile) ? undefined : reconcile, spec: { ...node, entries } }
}

function isNull(node: Node): boolean {
  return node.type === 'scalar' && node.value === null
}

/** `partitions:6` is a text in YAML, and people do not see why. */
function missingSpace(node: Node): string {
  return node.type === 'scalar' && /^[^\s:]+:\S/.test(String(node.value)) ? '; write a space after ":"' : ''
}

/** SHA-256 of a value whose object keys are sorted, so that order and formatting do not count. */
export function digestOf(value: unknown): string {
  return hash('sha256', JSON.stringify(canonical('', value)) ?? '')
}

/** What JSON holds of a value, its object keys sorted. Much is sorted already, and is taken as it is. */
function canonical(key: string, value: unknown): unknown {
  if (typeof value === 'bigint') return value.toString()
  if (typeof value !== 'object' || value === null || isWrittenNumber(value)) return value
  if ('toJSON' in value && typeof value.toJSON === 'function') return canonical(key, value.toJSON(key))
  if (value instanceof Uint8Array) return Buffer.from(value).toString('base64')
  if (Array.isArray(value)) return value.map((part, index) => canonical(String(index), part))
  const sorted: Record<string, unknown> = Object.create(null)
  for (const name of Object.keys(value).toSorted()) sorted[name] = canonical(name, Reflect.get(value, name))
  return sorted
}
