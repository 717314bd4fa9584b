/**
 * The cycle and the call a plugin is given, for tests that ask a resource directly.
 * @module
 */
import { randomUUID } from 'node:crypto'
import type { Cycle, WriteCall } from '../contract.ts'
import { openCycle } from '../reconciler/cycle.ts'
import { systemClock } from '../time/clock.ts'

/**
 * A cycle over everything, with what is given instead.
 *
 * @example
 * await resource.observe(desired, testCycle({ full: true }))
 */
export function testCycle(given: Partial<Cycle> = {}): Cycle {
  const cycle = openCycle({
    id: randomUUID(),
    target: '',
    scope: 'all',
    full: false,
    everything: false,
    signal: new AbortController().signal,
    clock: systemClock,
    declared: new Map()
  })
  return { ...cycle, ...given }
}

/**
 * A call that writes, without facts, with what is given instead.
 *
 * @example
 * await resource.create?.(items, testCall({ signal }))
 */
export function testCall(): WriteCall
export function testCall<Facts>(given: Partial<WriteCall<Facts>> & { readonly facts: Facts }): WriteCall<Facts>
export function testCall(given: Partial<Omit<WriteCall, 'facts'>>): WriteCall
export function testCall(given: Partial<WriteCall<unknown>> = {}): WriteCall<unknown> {
  return {
    id: randomUUID(),
    target: '',
    signal: new AbortController().signal,
    clock: systemClock,
    facts: undefined,
    ...given
  }
}
