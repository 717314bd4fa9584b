/**
 * What became of each change over several cycles.
 * @module
 */
import type { CycleReport, Outcome } from '../line.ts'
import { isWriteOutcome } from '../report/cycle-report.ts'
import type { CycleIdentity, Observer } from '../report/observer.ts'

/**
 * Keeps the last outcome of every key and verb; an item seen in sync is no longer failed or waiting, nor is one that is
 * no longer to be written, because it is held by now. Once `over` aborts, a reason given before outlives that our own
 * time is over.
 */
export class OutcomeBook implements Observer {
  readonly #book = new Map<string, Outcome>()
  /** What we wrote ourselves: found to be there already afterwards, it is still our doing. */
  readonly #written = new Set<string>()

  readonly #over: AbortSignal

  constructor(over: AbortSignal) {
    this.#over = over
  }

  configuration(): void {}

  called(): void {}

  leadership(): void {}

  outcome(_cycle: CycleIdentity, outcome: Outcome): void {
    if (outcome.verb === 'keep') return
    const entry = `${outcome.verb} ${outcome.key}`
    if (this.#over.aborted && outcome.error?.code === 'TIMEOUT' && hasReason(this.#book.get(entry))) return
    if (outcome.result === 'done') this.#written.add(entry)
    const isOurs = outcome.result === 'unchanged' && this.#written.has(entry)
    this.#book.set(entry, isOurs ? { ...outcome, result: 'done' } : outcome)
  }

  cycleFinished({ outcomes }: CycleReport): void {
    const inSync = new Set(outcomes.flatMap(({ verb, key }) => (verb === 'keep' ? [key] : [])))
    const held = new Set(outcomes.flatMap(({ verb, key }) => (verb === 'hold' ? [key] : [])))
    for (const outcome of outcomes) if (isWriteOutcome(outcome)) held.delete(outcome.key)
    for (const [entry, outcome] of this.#book) {
      if (held.has(outcome.key) && isWriteOutcome(outcome) && !isWritten(outcome)) this.#book.delete(entry)
      if (!inSync.has(outcome.key)) continue
      if (!isWriteOutcome(outcome)) this.#book.delete(entry)
      else if (outcome.result === 'waiting')
        this.#book.set(entry, { ...outcome, result: 'done', why: null, error: null })
      else if (outcome.result === 'failed')
        this.#book.set(entry, { ...outcome, result: 'unchanged', why: null, error: null })
    }
  }

  /** In the order they were first heard of. */
  outcomes(): readonly Outcome[] {
    return [...this.#book.values()]
  }
}

function isWritten({ result }: Outcome): boolean {
  return result === 'done' || result === 'unchanged'
}

function hasReason(outcome: Outcome | undefined): boolean {
  return outcome !== undefined && outcome.error !== null
}
