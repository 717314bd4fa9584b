/**
 * What was last seen of every item: most passes look at some of them only.
 * @module
 */
import type { CycleReport, Known, Outcome } from '../line.ts'
import type { Key } from '../records.ts'
import { countVerbs, statusOf, type PassReport } from './cycle-report.ts'
import { isWriteVerb } from '../plan/write.ts'
import { whyOf } from '../apply/why.ts'

export class Board {
  #outcomes = new Map<Key, readonly Outcome[]>()
  /** Items that were written and not looked at since. */
  readonly #written = new Set<Key>()

  /** Takes in a pass. A pass that could not look changes nothing of what is known, but for the status. */
  pass(report: PassReport): CycleReport {
    if (report.status !== 'blind') this.#take(report)
    const outcomes: Outcome[] = []
    for (const own of this.#outcomes.values()) outcomes.push(...own)
    return { ...report, known: knownOf(outcomes, report) }
  }

  /** Takes in what became of an item whose call has outlived its pass. */
  late(outcome: Outcome): void {
    const others = (this.#outcomes.get(outcome.key) ?? []).filter(({ verb }) => verb !== outcome.verb)
    this.#put(outcome.key, [...others, outcome])
  }

  #take({ scope, outcomes }: PassReport): void {
    const seen = Map.groupBy(outcomes, ({ key }) => key)
    if (scope === 'all') {
      this.#outcomes = new Map()
      this.#written.clear()
    } else {
      for (const key of this.#written) {
        if (!seen.has(key)) this.#put(key, (this.#outcomes.get(key) ?? []).map(settling))
      }
      for (const key of scope) this.#put(key, [])
    }
    for (const [key, own] of seen) this.#put(key, own)
  }

  #put(key: Key, own: readonly Outcome[]): void {
    if (own.length === 0) this.#outcomes.delete(key)
    else this.#outcomes.set(key, own)
    if (own.some(isWritten)) this.#written.add(key)
    else this.#written.delete(key)
  }
}

function knownOf(outcomes: readonly Outcome[], { status, error }: PassReport): Known {
  const known = statusOf(outcomes)
  return { outcomes, counts: countVerbs(outcomes), status: status === 'blind' || error !== null ? status : known }
}

/** Written in a pass before and not looked at since: nobody has seen it yet. */
function settling(outcome: Outcome): Outcome {
  return isWritten(outcome) ? { ...outcome, result: 'waiting', reason: 'settling', why: whyOf('settling') } : outcome
}

function isWritten({ verb, result }: Outcome): boolean {
  return isWriteVerb(verb) && (result === 'done' || result === 'unchanged')
}
