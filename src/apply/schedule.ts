/**
 * Which call of a pass may be made next. Pure but for taking out what it gives.
 * @module
 */
import type { Batch } from '../queue/batches.ts'

/** Kinds that a kind depends on, directly and through others, by kind. */
export type Dependencies = ReadonlyMap<string, ReadonlySet<string>>

/** `after` of the kinds, followed through. Pure. */
export function dependenciesOf(
  kinds: readonly { readonly kind: string; readonly after?: readonly string[] }[]
): Dependencies {
  const direct = new Map(kinds.map(({ kind, after = [] }) => [kind, after]))
  const follow = (kind: string, found: Set<string>): Set<string> => {
    for (const other of direct.get(kind) ?? []) {
      if (found.has(other)) continue
      found.add(other)
      follow(other, found)
    }
    return found
  }
  return new Map(kinds.map(({ kind }) => [kind, follow(kind, new Set())]))
}

/** Calls in the order in which they should be made. */
export class Schedule {
  readonly #dependencies: Dependencies
  readonly #left: Batch[]
  /** How many calls are left of each kind. */
  readonly #open = new Map<string, number>()

  constructor(batches: readonly Batch[], dependencies: Dependencies) {
    this.#left = [...batches]
    this.#dependencies = dependencies
    for (const { resource } of batches) this.#count(resource.kind, 1)
  }

  /** What was not begun. */
  get left(): readonly Batch[] {
    return this.#left
  }

  /** Takes out the first call that depends on no kind of which one is left or `isWriting`; undefined where all do. */
  next(isWriting: (kind: string) => boolean): Batch | undefined {
    const isFree = ({ resource }: Batch): boolean =>
      ![...(this.#dependencies.get(resource.kind) ?? [])].some((kind) => this.#isOpen(kind) || isWriting(kind))
    const at = this.#left.findIndex(isFree)
    const [next] = at === -1 ? [] : this.#left.splice(at, 1)
    if (next !== undefined) this.#count(next.resource.kind, -1)
    return next
  }

  #isOpen(kind: string): boolean {
    return (this.#open.get(kind) ?? 0) > 0
  }

  #count(kind: string, by: number): void {
    this.#open.set(kind, (this.#open.get(kind) ?? 0) + by)
  }
}
