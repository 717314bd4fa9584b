/**
 * What every call that writes flows is given, and how long it may wait.
 * @module
 */
import type { Clock, WriteCall } from '../../../../src/plugin.ts'
import type { Answer, Link, Request } from '../../connection/link.ts'
import { freshReader, type Reader } from '../../reading/readings.ts'
import type { Group } from '../definition/model.ts'
import type { FlowFacts } from '../facts.ts'
import type { FlowTools } from '../tools.ts'

/** All in ms. Whatever these say, the signal ends every wait. */
export interface Timeouts {
  /** Between the first two looks, and at most between any two: most of what is waited for takes NiFi a moment. */
  readonly firstPoll: number
  readonly poll: number
  /**
   * How long after our last write something must be INVALID before it is believed: a group that was just made shows what
   * is no longer so.
   */
  readonly settle: number
  /** For starting, stopping, validating and draining within one call; beyond that the item waits for the next cycle. */
  readonly call: number
  /** For a service to be ENABLED; one that takes longer is disabled again. */
  readonly service: number
  /** For a replacement; one that takes longer is cancelled, which leaves what it stopped stopped: better late than cancelled. */
  readonly replace: number
  /** How long a replacement may wait for processors that do not stop although none of their threads is at work. */
  readonly stuck: number
}

export const defaultTimeouts: Timeouts = {
  firstPoll: 25,
  poll: 200,
  settle: 3000,
  call: 10_000,
  service: 30_000,
  replace: 30_000,
  stuck: 5_000
}

export interface WriteOptions {
  readonly timeouts?: Timeouts
}

export interface CallContext extends FlowTools, Required<WriteOptions> {
  readonly signal: AbortSignal
  readonly clock: Clock
  /** For readings that several kinds need: of this moment, whatever the pass has read. */
  readonly fresh: Reader
  /** Definitions of the flows beside, as the pass saw them. */
  readonly beside: readonly Group[]
  /** When what is INVALID then can be believed to be so, if nothing more is written. */
  believedAt(): number
}

/** For one call: what was written before it may be a moment old. */
export function callContext(
  tools: FlowTools,
  { clock, signal, facts }: WriteCall<FlowFacts>,
  { timeouts = defaultTimeouts }: WriteOptions
): CallContext {
  const link = new WritingLink(tools.link, clock)
  return {
    ...tools,
    link,
    clock,
    timeouts,
    signal,
    fresh: freshReader(signal),
    beside: facts.definitions,
    believedAt: () => link.lastWriteAt + timeouts.settle
  }
}

/** Remembers when it wrote last; at first, when it was made. */
class WritingLink implements Link {
  readonly #link: Link
  readonly #clock: Clock
  lastWriteAt: number

  constructor(link: Link, clock: Clock) {
    this.#link = link
    this.#clock = clock
    this.lastWriteAt = clock.now()
  }

  get clientId(): string {
    return this.#link.clientId
  }

  async ask(request: Request, signal: AbortSignal): Promise<Answer> {
    try {
      return await this.#link.ask(request, signal)
    } finally {
      if (request.method !== 'GET') this.lastWriteAt = this.#clock.now()
    }
  }

  close(): Promise<void> {
    return this.#link.close()
  }
}

/**
 * Looks until `look` gives something or `ms` are over: undefined then. At least one look is taken. Throws what `look`
 * throws, which is TIMEOUT once the signal has aborted.
 */
export async function pollFor<T>(
  { clock, timeouts, signal }: CallContext,
  ms: number,
  look: () => Promise<T | undefined>
): Promise<T | undefined> {
  const until = clock.now() + ms
  for (let pause = timeouts.firstPoll; ; pause = Math.min(pause * 2, timeouts.poll)) {
    const found = await look()
    if (found !== undefined || clock.now() >= until) return found
    await clock.sleep(pause, signal)
  }
}
