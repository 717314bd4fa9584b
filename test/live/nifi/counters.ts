/**
 * How many FlowFiles have been through a processor of the type UpdateCounter since it was made: exact, because NiFi counts
 * when it commits.
 * @module
 */
import { z } from 'zod'
import type { Hand } from './hand.ts'

const counter = z.object({ context: z.string(), valueCount: z.int() })
const counters = z.object({ counters: z.object({ aggregateSnapshot: z.object({ counters: z.array(counter) }) }) })

/** `processor` is the name of one whose delta is 1. */
export async function counted(hand: Hand, group: string, processor: string): Promise<number> {
  const { id } = await hand.processor(group, processor)
  const { aggregateSnapshot } = counters.parse(await hand.must('GET', '/counters')).counters
  return aggregateSnapshot.counters.find(({ context }) => context.includes(id))?.valueCount ?? 0
}
