/**
 * Where it was measured, and how busy it was.
 * @module
 */
import { cpus, loadavg, totalmem } from 'node:os'
import type { Json } from '../src/records.ts'
import { round } from './statistics.ts'

/** What a measurement gives, to be printed as JSON. */
export type Result = { readonly [key: string]: Json }

/** Processors and memory. */
export function machine(): Result {
  return { processors: cpus().length, model: cpus()[0]?.model ?? '', memoryMiB: Math.round(totalmem() / 2 ** 20) }
}

/** Load averages of the last 1, 5 and 15 minutes. */
export function loads(): string {
  return loadavg()
    .map((load) => round(load))
    .join(' ')
}
