/**
 * How much of a flow runs, as far as the counts of its group do not tell: whether remote ports transmit, and what is wrong
 * with what is invalid.
 * @module
 */
import type { Link } from '../../connection/link.ts'
import type { Group } from '../definition/model.ts'
import { labelsByLiveId } from '../identity/live-labels.ts'
import { readRemotePorts } from './remote-ports.ts'
import { readParts } from './run-parts.ts'
import type { RunState } from '../schema.ts'
import type { FlowState } from '../state.ts'
import { fileWords, type Words } from '../identity/words.ts'
import { isInvalid, type Part } from './part.ts'

export type Running = Pick<FlowState, 'invalid' | 'remotePorts'>

/** What is declared of a flow, and what its group counts. */
export interface RunningOptions {
  /** `IGNORE`: nobody asks. */
  readonly declared: RunState
  /** Parts that NiFi counts as invalid. */
  readonly broken: number
  /** Those of the author; parts are named in them. */
  readonly words?: Words
}

/** No request for a flow without remote process groups of which nothing is invalid. */
export async function readRunning(
  link: Link,
  definition: Group,
  { declared, broken, words = fileWords }: RunningOptions,
  signal: AbortSignal
): Promise<Running> {
  if (declared === 'IGNORE') return {}
  const isToldWhy = declared === 'RUNNING' && broken > 0
  return runningOf(
    isToldWhy ? await readParts(link, definition, signal) : await readRemotePorts(link, definition, signal),
    definition,
    words
  )
}

/** What parts tell of the group they are in. Pure. */
export function runningOf(parts: readonly Part[], definition: Group, words: Words): Running {
  const labels = labelsByLiveId(definition, words)
  const nameOf = ({ id, name }: Part): string => labels.get(id) ?? name
  const invalid = parts.filter(isInvalid).map((part) => ({ name: nameOf(part), errors: part.errors }))
  const remotePorts = parts
    .filter(({ kind }) => kind === 'remote-ports')
    .map((part) => ({ name: nameOf(part), isTransmitting: part.state === 'RUNNING' }))
  return { ...(invalid.length > 0 && { invalid }), ...(remotePorts.length > 0 && { remotePorts }) }
}
