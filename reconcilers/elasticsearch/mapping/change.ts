/**
 * One difference between two mappings, and how much it can hurt.
 * @module
 */
import { type FieldChange, type Json, reportable } from '../../../src/plugin.ts'
import { shown } from './value.ts'

/** A difference by its steps below `mappings`, because names of fields may hold dots. */
export interface MappingChange {
  readonly steps: readonly string[]
  /** `path` is the steps joined with dots, below `mappings`. */
  readonly field: FieldChange
  /** Only a new index can have it. */
  readonly needsNewIndex?: true
}

/** A change the server makes at once. */
export function inPlace(steps: readonly string[], before: Json | undefined, after: Json | undefined): MappingChange {
  return { steps, field: { path: pathOf(steps), before: before ?? null, after: after ?? null, risk: 'safe' } }
}

/** A change nobody makes to a live index, and why. */
export function unsupported(
  steps: readonly string[],
  before: Json | undefined,
  after: Json | undefined,
  why: string
): MappingChange {
  return {
    steps,
    field: { path: pathOf(steps), before: before ?? null, after: after ?? null, risk: 'unsupported', why }
  }
}

/** The difference as a report shows it. */
export function reported({ field }: MappingChange): FieldChange {
  return { ...field, before: reportable(field.before), after: reportable(field.after) }
}

/** A change that only a new index can bring; `what` says which one, for people. */
export function newIndexOnly(
  steps: readonly string[],
  before: Json | undefined,
  after: Json | undefined,
  what: string
): MappingChange {
  return { ...unsupported(steps, before, after, `needs reindex: ${what}`), needsNewIndex: true }
}

/** A change in words. */
export function fromTo(what: string, before: Json, after: Json): string {
  return `${what} from ${shown(before)} to ${shown(after)}`
}

function pathOf(steps: readonly string[]): string {
  return ['mappings', ...steps].join('.')
}
