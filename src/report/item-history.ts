/**
 * What only several cycles together tell of an item: that it drifted, and that a write was tried again.
 * @module
 */
import type { CycleReport, Outcome } from '../line.ts'
import type { Key } from '../records.ts'
import { isWriteOutcome } from './cycle-report.ts'

/** What a cycle adds to the history. */
export interface Happened {
  /** The kind of each item that was in sync and differs now, though the configuration is the same. */
  readonly drifted: readonly string[]
  /** Writes that were tried after the try before had failed. */
  readonly retried: number
}

export class ItemHistory {
  #digest = ''
  readonly #inSync = new Set<Key>()
  readonly #failed = new Set<Key>()

  /** Takes in a cycle that looked. */
  cycle({ configDigest, scope, outcomes }: CycleReport): Happened {
    if (configDigest !== this.#digest) {
      // What is declared differently does not drift; a pass about a change looks at what has changed.
      if (scope === 'all') this.#inSync.clear()
      else for (const key of scope) this.#inSync.delete(key)
    }
    this.#digest = configDigest
    const drifted = outcomes
      .filter(({ key, verb }) => verb !== 'keep' && verb !== 'orphan' && this.#inSync.delete(key))
      .map(({ kind }) => kind)
    for (const { key, verb } of outcomes) if (verb === 'keep') this.#inSync.add(key)
    const retried = outcomes.filter((outcome) => wasTried(outcome) && this.#failed.has(outcome.key)).length
    for (const outcome of outcomes) this.#remember(outcome)
    return { drifted, retried }
  }

  #remember(outcome: Outcome): void {
    if (outcome.verb === 'keep' || (wasTried(outcome) && outcome.error === null)) this.#failed.delete(outcome.key)
    else if (wasTried(outcome)) this.#failed.add(outcome.key)
  }
}

/** Whether a write was made for this outcome: an item that waits for its turn keeps the reason of its last failure. */
export function wasTried(outcome: Outcome): boolean {
  const { result, reason } = outcome
  return (
    isWriteOutcome(outcome) &&
    (result === 'done' || result === 'unchanged' || (result === 'failed' && reason === 'tried'))
  )
}
