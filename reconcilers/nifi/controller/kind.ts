/**
 * The kind `controller`: settings of NiFi as a whole.
 * @module
 */
import { z } from 'zod'
import { policyFor } from '../connection/grant.ts'
import type { CheckContext, Desired, FieldChange, Kind, Remark } from '../../../src/plugin.ts'

/** cluster.json. */
export const controllerSchema = z.strictObject({
  maxTimerDrivenThreadCount: z
    .int()
    .min(1)
    .optional()
    .describe('threads each node runs processors with; what is absent is left alone')
})

export type ControllerSpec = z.output<typeof controllerSchema>

export interface ControllerState {
  /** Whether we may change them. */
  readonly canModify: boolean
  readonly maxTimerDrivenThreadCount: number
}

export const controllerKind: Kind<ControllerSpec, ControllerState> = {
  kind: 'controller',
  file: 'cluster',
  singleton: 'settings',
  schema: controllerSchema,
  compare: compareController,
  check: checkController,
  describe: ({ maxTimerDrivenThreadCount }) => ({ maxTimerDrivenThreadCount })
}

/** Declared settings that differ. Pure. */
export function compareController(
  { maxTimerDrivenThreadCount: after }: ControllerSpec,
  state: ControllerState | undefined
): readonly FieldChange[] {
  const before = state?.maxTimerDrivenThreadCount ?? null
  return after === undefined || after === before
    ? []
    : [{ path: 'maxTimerDrivenThreadCount', before, after, risk: 'safe' }]
}

/** What may be viewed and not modified. Pure. */
function checkController(
  desired: readonly Desired<ControllerSpec>[],
  { observed }: CheckContext<ControllerState, undefined>
): readonly Remark[] {
  return desired.flatMap(({ name, spec }): readonly Remark[] => {
    const sighting = observed?.items.get(name)
    if (
      sighting === undefined ||
      'refused' in sighting ||
      sighting.state.canModify ||
      compareController(spec, sighting.state).length === 0
    )
      return []
    return [
      {
        name,
        verdict: 'hold',
        code: 'NOT_PERMITTED',
        path: [],
        message: `the controller may not be modified: grant ${policyFor('modify', 'the controller')}`
      }
    ]
  })
}
