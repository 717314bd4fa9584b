/**
 * What is declared of one kind. What has been parsed before and says the same is not parsed again: the same object where
 * it also stands at the same place.
 * @module
 */
import type { AnyKind, Desired } from '../contract.ts'
import type { Problem } from '../records.ts'
import { InOrder } from './in-order.ts'
import { isUndeclared, parseItem, type DesiredKind, type InvalidItem, type ItemContext, type Nodes } from './items.ts'
import { isSamePlace, type Layers } from './layers.ts'
import type { Entry } from './node.ts'
import type { Looked, NotedFiles } from './noted-files.ts'

/** A kind as it was parsed, and what that was parsed from. */
export interface KnownKind {
  readonly declared: DesiredKind
  readonly layers: Layers
  readonly exact: boolean
  /** What items looked at that were completed with other files, by item name. */
  readonly looked: ReadonlyMap<string, Looked>
}

/** Everything a kind is parsed from besides its files. */
export type KindContext = Omit<ItemContext, 'spoilt' | 'files'> & { readonly files: NotedFiles }

/**
 * Parses one kind. `before` spares work and changes nothing. Throws `NotApart` where a file must be read as a whole.
 * Pure.
 */
export function parseKind(kind: AnyKind, layers: Layers, context: KindContext, before?: KnownKind): KnownKind {
  const known = before?.declared.kind === kind && before.exact === context.exact ? before : undefined
  if (known !== undefined && isSame(known, layers, context.files)) return known
  const source = kind.singleton === undefined ? itemsOf(layers) : oneItem(kind.singleton, layers)
  const earlier = kind.singleton === undefined && known !== undefined ? new Earlier(known) : undefined
  const { items, looked } = parseEach(kind, source, context, (name) => earlier?.find(name, layers, context.files))
  const declared = { kind, items: items.filter(isValid), invalid: items.filter(isInvalid), nodes: nodesOf(source) }
  return { declared, layers, exact: context.exact, looked }
}

/** An item as parsing it would give it again, and what was looked at to complete it. */
interface Kept {
  readonly item: Item
  readonly looks: Looked | undefined
}

function parseEach(
  kind: AnyKind,
  source: ItemSource,
  context: KindContext,
  keep: (name: string) => Kept | undefined
): { readonly items: readonly Item[]; readonly looked: ReadonlyMap<string, Looked> } {
  const items: Item[] = []
  const looked = new Map<string, Looked>()
  const { spoilt } = source
  for (const name of source.names) {
    const kept = keep(name)
    const item = kept?.item ?? parseItem(kind, name, source.read(name), { ...context, spoilt })
    const looks = kept === undefined ? context.files.take() : kept.looks
    if (looks !== undefined) looked.set(name, looks)
    if (item !== undefined) items.push(item)
  }
  return { items, looked }
}

type Item = Desired<unknown> | InvalidItem

function isInvalid(item: Item): item is InvalidItem {
  return 'problems' in item
}

function isValid(item: Item): item is Desired<unknown> {
  return !isInvalid(item)
}

function isSame(known: KnownKind, layers: Layers, files: NotedFiles): boolean {
  return layers.isSame(known.layers) && [...known.looked.values()].every((looks) => files.areSame(looks))
}

/** Where the items of a kind are read from. */
interface ItemSource {
  readonly names: Iterable<string>
  readonly spoilt: ReadonlyMap<string, Problem>
  read(name: string): Entry | undefined
}

function itemsOf(layers: Layers): ItemSource {
  return { names: layers.names(), spoilt: layers.twice, read: (name) => layers.read(name) }
}

function oneItem(singleton: string, layers: Layers): ItemSource {
  const [clash] = layers.twice.values()
  return {
    names: [singleton],
    spoilt: new Map(clash === undefined ? [] : [[singleton, clash]]),
    read: (name) => (name === singleton ? { at: layers.at, value: layers.readAll() } : undefined)
  }
}

/** Read again when somebody asks, which is seldom: ten thousand documents are most of what a configuration takes. */
function nodesOf(source: ItemSource): Nodes {
  return {
    get(name) {
      const entry = source.read(name)
      return entry === undefined || isUndeclared(name, entry, source) ? undefined : entry.value
    }
  }
}

/** The items parsed before. */
class Earlier {
  readonly #known: KnownKind
  readonly #items: InOrder<Item>

  constructor(known: KnownKind) {
    this.#known = known
    this.#items = new InOrder<Item>(known.declared.items, known.declared.invalid)
  }

  /** Undefined for an item that has to be parsed. */
  find(name: string, layers: Layers, files: NotedFiles): Kept | undefined {
    const { layers: before, looked } = this.#known
    const item = this.#items.find(name)
    if (item === undefined || !layers.saysTheSame(name, before)) return undefined
    const looks = looked.get(name)
    if (looks !== undefined && !files.areSame(looks)) return undefined
    // What is wrong with an item says where, in all of its layers.
    if (isInvalid(item)) return layers.standsWhere(name, before) ? { item, looks } : undefined
    const at = layers.placeOf(name)
    return { item: isSamePlace(at, item.at) ? item : { ...item, at }, looks }
  }
}
