/**
 * The kind `controller`: settings of NiFi as a whole.
 * @module
 */
import { z } from 'zod'
import type { FieldChange, Kind } from '../../../src/contract.ts'

/** cluster.json. */
export const controllerSchema = z.strictObject({
  maxTimerDrivenThreadCount: z.int().min(1).optional().describe('threads each node runs processors with; what is absent is left alone')
})

export type ControllerSpec = z.output<typeof controllerSchema>

export interface ControllerState {
  readonly maxTimerDrivenThreadCount: number
}

export const controllerKind: Kind<ControllerSpec, ControllerState> = {
  kind: 'controller',
  file: 'cluster',
  singleton: 'settings',
  schema: controllerSchema,
  compare: compareController,
  describe: ({ maxTimerDrivenThreadCount }) => ({ maxTimerDrivenThreadCount })
}

/** Declared settings that differ. Pure. */
export function compareController({ maxTimerDrivenThreadCount: after }: ControllerSpec, state: ControllerState | undefined): readonly FieldChange[] {
  const before = state?.maxTimerDrivenThreadCount ?? null
  return after === undefined || after === before ? [] : [{ path: 'maxTimerDrivenThreadCount', before, after, risk: 'safe' }]
}
