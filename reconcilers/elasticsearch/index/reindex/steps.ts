/**
 * The order of a copy into a new generation. What to do next depends on what the cluster holds and on nothing else, so
 * that whoever comes after a crash goes on where it stands.
 * @module
 */
import type { ReindexMarker } from './marker.ts'

/** A generation of the name that has been begun, by its marker. */
export interface Begun {
  readonly index: string
  readonly marker: ReindexMarker
  /** Which declared field it does not have although it needs a new index; absent when it has all. */
  readonly misfit?: string
}

/** What the cluster holds of one item, and what is declared. */
export interface Facts {
  /** The generation behind the alias. */
  readonly current: string
  /** Whether the current generation still carries the marker of its own copy: the swap is done, clearing up is not. */
  readonly swapped?: ReindexMarker
  /** Whether a declared field that may be written takes a new index. */
  readonly wanted: boolean
  /** Of the declaration. */
  readonly digest: string
  /** Generations with the marker of a copy, the newest first; never the current one. */
  readonly begun: readonly Begun[]
  /** Names of indices that refuse writes. */
  readonly blocked: ReadonlySet<string>
}

export type Step =
  /** Nothing is left to do. */
  | { readonly step: 'rest' }
  /** The swap is done: lift our block from the old generation, say in it that it is replaced, take the marker off the new one. */
  | { readonly step: 'clear'; readonly marker: ReindexMarker }
  /** A copy was given up and our block is still recorded: lift it. */
  | { readonly step: 'release'; readonly target: Begun }
  /** Give a copy up: stop its task and say why in its marker. */
  | { readonly step: 'give up'; readonly target: Begun; readonly why: string }
  /** What was given up cannot be done as it is declared. */
  | { readonly step: 'refuse'; readonly target: Begun; readonly why: string }
  /** Make the next generation. */
  | { readonly step: 'create' }
  /** Refuse writes to the source. */
  | { readonly step: 'block'; readonly target: Begun }
  /** Begin the copy, or see how far it is. */
  | { readonly step: 'copy'; readonly target: Begun }
  /** Complete the new generation, compare both, and swap. */
  | { readonly step: 'swap'; readonly target: Begun }

/** Pure and total. */
export function nextStep(facts: Facts): Step {
  const { swapped, begun, wanted } = facts
  if (swapped !== undefined) return { step: 'clear', marker: swapped }
  const held = begun.find(({ marker }) => marker.failed !== undefined && marker.block === 'ours')
  if (held !== undefined) return { step: 'release', target: held }
  const open = begun.filter(({ marker }) => marker.failed === undefined)
  const [newest] = open
  const outdated = open.find(({ marker }) => marker.from !== facts.current)
  if (outdated !== undefined)
    return { step: 'give up', target: outdated, why: `${outdated.marker.from} is no longer what it would replace` }
  const [, older] = open
  if (newest !== undefined && older !== undefined)
    return { step: 'give up', target: older, why: `${newest.index} was begun after it` }
  if (newest !== undefined)
    return wanted ? goOn(newest, facts) : { step: 'give up', target: newest, why: 'the declaration no longer needs it' }
  if (!wanted) return { step: 'rest' }
  const refused = begun.find(({ marker }) => marker.digest === facts.digest && marker.from === facts.current)
  return refused === undefined
    ? { step: 'create' }
    : { step: 'refuse', target: refused, why: refused.marker.failed ?? '' }
}

function goOn(target: Begun, { digest, blocked }: Facts): Step {
  const { marker, misfit } = target
  if (misfit !== undefined) {
    const why =
      marker.digest === digest
        ? `the server did not make it as declared: ${misfit}`
        : `the declaration has changed: ${misfit}`
    return { step: 'give up', target, why }
  }
  const isOpen = marker.block !== 'none' && !blocked.has(marker.from)
  const isBegun = marker.task !== undefined || marker.copied === true
  if (isOpen && isBegun)
    return { step: 'give up', target, why: `somebody lifted the write block of ${marker.from} while it was copied` }
  if (isOpen) return { step: 'block', target }
  return { step: marker.copied === true ? 'swap' : 'copy', target }
}
