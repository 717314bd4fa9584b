/**
 * Asks a person before anything is written.
 * @module
 */
import { once } from 'node:events'
import { createInterface } from 'node:readline/promises'
import type { Plan, Write } from '../line.ts'
import { isWrite } from '../plan/write.ts'
import type { Host } from '../sidecar/host.ts'
import { painter } from '../report/paint.ts'
import { planText } from './plan-text.ts'

/** Shows a plan once, and knows what was shown: only that is confirmed. */
export class Confirmation {
  readonly #host: Host
  readonly #confirmed = new Set<string>()

  constructor(host: Host) {
    this.#host = host
  }

  /** Whether every write of the plan was shown and confirmed, as it is now. Pure. */
  covers({ changes, mode }: Plan): boolean {
    return (
      mode === 'observe' ||
      changes
        .filter(isWrite)
        .flatMap(partsOf)
        .every((part) => this.#confirmed.has(part))
    )
  }

  /** Shows the plan and asks; a closed input is a no. */
  async ask(plan: Plan): Promise<boolean> {
    const { stdin, stdout, variables } = this.#host
    const isAgain = this.#confirmed.size > 0
    const writes = plan.changes.filter(isWrite)
    if (isAgain) stdout.write('the plan has changed:\n')
    stdout.write(planText(plan, false, painter(stdout, variables)))
    const prompt = createInterface({ input: stdin, output: stdout })
    const closed = new AbortController()
    try {
      const question = prompt.question(`Apply ${writes.length} ${writes.length === 1 ? 'change' : 'changes'}? [y/N] `, {
        signal: closed.signal
      })
      const answer = await Promise.race([question, once(prompt, 'close').then(() => '')])
      const isConfirmed = /^y(es)?$/i.test(answer.trim())
      if (isConfirmed) for (const part of writes.flatMap(partsOf)) this.#confirmed.add(part)
      return isConfirmed
    } finally {
      prompt.close()
    }
  }
}

/** The verb on the item, and each of its fields from before to after: less of it is confirmed as well. */
function partsOf({ key, verb, fields }: Write): readonly string[] {
  const parts = fields.map(({ path, before, after }) => [key, verb, path, before, after])
  return [[key, verb], ...parts].map((part) => JSON.stringify(part))
}
