/**
 * The smallest records, under everything else: values, keys, places, problems and errors.
 * @module
 */

/** A value as a report or a JSON document carries it. A number that a double would print otherwise is text. */
export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json }

declare const keyBrand: unique symbol
/** `<service>/<kind>/<name as written>`; made only by `keyOf`. */
export type Key = string & { readonly [keyBrand]: true }

/**
 * The key of an item.
 *
 * @example
 * keyOf('kafka', 'topic', 'orders') // 'kafka/topic/orders'
 */
export function keyOf(service: string, kind: string, name: string): Key {
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- this is where the brand is given
  return `${service}/${kind}/${name}` as Key
}

/** Where something stands in a configuration file; `line` and `column` count from 1. */
export interface Position {
  readonly file: string
  readonly line: number
  readonly column: number
}

/** One finding about the configuration, in the words of its author. */
export interface Problem extends Position {
  readonly severity: 'error' | 'warning'
  /** Dotted path inside the file, `''` for the whole file. */
  readonly path: string
  readonly code: string
  /** What was expected, what was found and what to do. */
  readonly message: string
}

/** An error as a report carries it: secrets masked, no stack. */
export interface ErrorRecord {
  readonly code: string
  readonly message: string
  readonly hint: string
}

/** Why an item is held: nothing is written to it until somebody changes that. */
export const holdReasons = [
  /** `reconcile.paused` of the item. */
  'paused',
  /** A protected name, by the kind or by `protect` in policy.yaml. */
  'protected',
  /** The marker names another owner. */
  'owner',
  /** A field whose risk `hold` in policy.yaml lists. */
  'risk',
  /** A field that cannot be changed in place, whatever the policy says. */
  'unsupported',
  /** The plan is too large, or its input shrank too much. */
  'guard',
  /** A rule of the kind: the world has to change first. */
  'rule',
  /** The kind cannot create or update. */
  'no-verb',
  /** The service does not show the item to us. */
  'not-permitted',
  /** A bug in the plugin: nobody knows how the item compares. */
  'fault'
] as const
export type HoldReason = (typeof holdReasons)[number]

/** Why a write waits: the reconciler comes back to it by itself. */
export const waitReasons = [
  /** Acknowledged, and not visible yet. */
  'settling',
  /** Begun, and the service goes on by itself: the next passes see how far it is. */
  'in-progress',
  /** A call of this pass, or of one before, has not been answered yet. */
  'in-flight',
  /** Failed, and due again later. */
  'backing-off',
  /** An item of a kind that this kind comes after is not done yet. */
  'dependency',
  /** Every call that may run at once is still running. */
  'no-slot',
  /** Not begun: a newer configuration is there. */
  'newer-configuration',
  /** Not begun before the deadline of the pass. */
  'not-started',
  /** Not begun: the reconciler stops. */
  'stopping',
  /** Repaired again and again from a value that somebody else writes: paced. */
  'contested'
] as const
export type WaitReason = (typeof waitReasons)[number]

/**
 * Why an item is failed: `tried` in this pass; `given-up`, because the service refuses it for good, and looked at again
 * in a while; `dead`: not written any more until its declaration or its value at the service changes.
 */
export const failReasons = ['tried', 'given-up', 'dead'] as const
export type FailReason = (typeof failReasons)[number]

/** Why an item is invalid: its own text, or a rule of the kind. */
export const invalidReasons = ['declaration', 'rule'] as const
export type InvalidReason = (typeof invalidReasons)[number]

/** Why something is not, or not yet, as declared. Scripts compare it; `why` beside it is for people. */
export type Reason = HoldReason | WaitReason | FailReason | InvalidReason | 'observe'

/** The name of one service instance where a process keeps several; `''` where there is one. */
export type Target = string

/** What a pass looks at: everything, or the items with these keys. */
export type Scope = 'all' | ReadonlySet<Key>
