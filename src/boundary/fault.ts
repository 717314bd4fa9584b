/**
 * What is wrong with an answer of a plugin, as an error that names the plugin, the kind and what was expected and
 * found.
 * @module
 */
import { ReconcileError, toReconcileError } from '../errors.ts'

/** Who was asked. */
export interface Asked {
  readonly plugin: string
  /** Absent where it is about the plugin as a whole. */
  readonly kind?: string
  /** The name of the item, where it is about one. */
  readonly item?: string
}

/** Longer texts of a plugin are cut. */
const longestShown = 60

/** PLUGIN_FAULT: an answer that breaks the contract. `what` was asked for, e.g. `compare`. */
export function violation(asked: Asked, what: string, expected: string, found: string): ReconcileError {
  return new ReconcileError('PLUGIN_FAULT', `${askedText(asked)}, ${what}: expected ${expected}, found ${found}`)
}

/**
 * What a plugin threw, as an error of ours. Its own codes and those of Node stay; what is neither is a bug of the
 * plugin: PLUGIN_FAULT with the plugin's error as `cause`.
 */
export function thrownBy(asked: Asked, what: string, thrown: unknown): ReconcileError {
  const error = toReconcileError(thrown)
  if (error.code !== 'INTERNAL') return error
  const name = thrown instanceof Error && !(thrown instanceof ReconcileError) ? `${thrown.name}: ` : ''
  return new ReconcileError('PLUGIN_FAULT', `${askedText(asked)}, ${what}: ${name}${error.message}`, {
    cause: error.cause ?? thrown
  })
}

/** What something is, without showing more of it than a short text. Total. */
export function shown(value: unknown): string {
  if (typeof value === 'string') return value === '' ? 'an empty text' : `"${value.slice(0, longestShown)}"`
  if (value === null || value === undefined) return String(value)
  if (Array.isArray(value)) return 'a list'
  if (typeof value !== 'object') return `a ${typeof value}`
  return value instanceof Promise ? 'a promise' : 'an object'
}

function askedText({ plugin, kind, item }: Asked): string {
  const parts = Object.entries({ plugin, kind, item }).filter(([, name]) => name !== undefined)
  return parts.map(([part, name]) => `${part} "${name}"`).join(', ')
}
