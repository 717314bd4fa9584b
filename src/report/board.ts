/**
 * What was last seen of every item: most passes look at some of them only.
 * @module
 */
import type { CycleReport, Known, Outcome } from '../line.ts'
import type { Key } from '../records.ts'
import { countVerbs, statusOf, type PassReport } from './cycle-report.ts'
import { whyOf } from '../apply/why.ts'

export class Board {
  #outcomes = new Map<Key, readonly Outcome[]>()

  /** Takes in a pass. A pass that could not look changes nothing of what is known, but for the status. */
  pass(report: PassReport): CycleReport {
    if (report.status !== 'blind') this.#take(report)
    const outcomes = [...this.#outcomes.values()].flat()
    return { ...report, known: knownOf(outcomes, report) }
  }

  /** Takes in what became of an item whose call has outlived its pass. */
  late(outcome: Outcome): void {
    const others = (this.#outcomes.get(outcome.key) ?? []).filter(({ verb }) => verb !== outcome.verb)
    this.#outcomes.set(outcome.key, [...others, outcome])
  }

  #take({ scope, outcomes }: PassReport): void {
    const seen = Map.groupBy(outcomes, ({ key }) => key)
    if (scope === 'all') {
      this.#outcomes = seen
      return
    }
    for (const [key, own] of this.#outcomes) {
      if (!seen.has(key) && own.some(isWritten)) this.#outcomes.set(key, own.map(settling))
    }
    for (const key of scope) this.#outcomes.delete(key)
    for (const [key, own] of seen) this.#outcomes.set(key, own)
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
  return (verb === 'create' || verb === 'update') && (result === 'done' || result === 'unchanged')
}
