/**
 * What becomes of a cycle while one right is missing for a whole kind of things.
 * @module
 */
import type { Right } from './policies.ts'

/** A right that is missing, what is then said of which item, and which items become as declared all the same. */
export interface MissingRight {
  readonly right: Right
  readonly said: Readonly<Record<string, RegExp>>
  readonly done: readonly string[]
}

/** Each is tried for itself. */
export const missingRights: readonly MissingRight[] = [
  {
    right: 'write /parameter-contexts',
    said: {
      ctx: /^hold held the parameter context .* may not be modified: grant "access parameter contexts", modify \(write \/parameter-contexts\)/
    },
    done: ['plain', 'settings']
  },
  {
    right: 'read /controller',
    said: {
      settings:
        /^hold held not permitted: Unable to view the controller.*: grant "access the controller", view \(read \/controller\)$/
    },
    done: ['ctx', 'plain']
  },
  {
    right: 'write /controller',
    said: {
      settings:
        /^hold held the controller may not be modified: grant "access the controller", modify \(write \/controller\)$/
    },
    done: ['ctx', 'plain']
  }
]
