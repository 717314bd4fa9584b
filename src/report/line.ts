/**
 * What a log line is made of. Needs no logger, so that verbs that do not log do not load one.
 * @module
 */
import type { Json } from '../records.ts'

export const logLevels = ['error', 'warn', 'info', 'debug'] as const
export type LogLevel = (typeof logLevels)[number]

/** Facts of one line beside its message. Masked by whoever puts secrets near them. */
export type LogFields = Readonly<Record<string, Json>>

/** Writes one line; the only thing observers need of a logger. */
export type LogLine = (level: LogLevel, message: string, fields?: LogFields) => void

/** `config.retention.ms 86400000 → 60000`, `config.retention.ms 86400000 → (not set)`. */
export function describeField(field: { readonly [key: string]: Json }): string {
  const before = field['before'] ?? null
  const after = field['after'] ?? null
  const change =
    before === null
      ? `→ ${valueText(after)}`
      : `${valueText(before)} → ${after === null ? '(not set)' : valueText(after)}`
  return `${valueText(field['path'] ?? null)} ${change}`
}

/** A value as a person would write it: text without quotes. */
export function valueText(value: Json): string {
  return typeof value === 'string' ? value : JSON.stringify(value)
}
