/**
 * What a replica reports of its configuration, in one line. Pure.
 * @module
 */
import type { CycleReport, Outcome } from '../line.ts'
import { isConsistent } from '../report/cycle-report.ts'
import { mask } from '../secrets/mask.ts'
import { outcomeLine } from '../report/words.ts'
import { shorten } from './event-drafts.ts'

/** Digest of the configuration, and the result of reconciling it. */
export interface ConfigurationStatus {
  readonly digest: string
  /**
   * Begins with one of `converged`, `waiting`, `held`, `invalid`, `failed`, `refused`, `blind`. Masked, without line breaks, at
   * most 256 bytes.
   */
  readonly status: string
}

/** Longest status. */
const most = 256

/** The worst word first: what only a person can repair before what repairs itself. */
const precedence = [
  { word: 'invalid', is: ({ result }: Outcome) => result === 'invalid' },
  { word: 'failed', is: ({ result, error }: Outcome) => result === 'failed' || (result !== 'held' && error !== null) },
  {
    word: 'held',
    is: ({ result, reason }: Outcome) => (result === 'held' && reason !== 'paused') || result === 'planned'
  },
  { word: 'waiting', is: ({ result }: Outcome) => result === 'waiting' }
] as const

/** `refused` is the digest of a configuration that was refused after the one the cycle worked with. */
export function replicaStatusOf(report: CycleReport, refused: string | undefined): ConfigurationStatus {
  const { error, known, configDigest } = report
  if (error !== null && refused !== undefined) return { digest: refused, status: line(`refused: ${error.message}`) }
  if (error !== null) return { digest: configDigest, status: line(`blind: ${error.message} (${error.code})`) }
  if (isConsistent(known)) return { digest: configDigest, status: 'converged' }
  for (const { word, is } of precedence) {
    const [first, ...others] = known.outcomes.filter(is)
    if (first !== undefined)
      return { digest: configDigest, status: line(`${word} ${others.length + 1}: ${outcomeLine(first).message}`) }
  }
  return { digest: configDigest, status: 'converged' }
}

/** Whether only another configuration or a decision of a person changes it. */
export function isStuck({ status }: ConfigurationStatus): boolean {
  return /^(?:refused|invalid|held)\b/.test(status)
}

/** The status of ConfigMaps that did not change, when that of `names`, which changed last, says what is wrong. */
export function statusElsewhere({ digest }: ConfigurationStatus, names: readonly string[]): ConfigurationStatus {
  return { digest, status: line(`waiting: what is wrong stands on ${names.join(', ')}`) }
}

function line(text: string): string {
  return shorten(mask(text).replaceAll(/\s+/g, ' ').trim(), most)
}
