/**
 * `infometis diff`: the plan without applying it. Never writes.
 * @module
 */
import { isDrift, planDocument } from '../report/public.ts'
import { formatOf, openOneShot } from './connect.ts'
import { printDocument } from './output.ts'
import { painter } from './paint.ts'
import { planText } from './plan-text.ts'
import type { CommonFlags } from './settings.ts'

export interface DiffFlags extends CommonFlags {
  /** Show what is in sync too. */
  readonly all?: boolean
}

/** Exit code 0 in sync, 1 differs; throws for everything that is exit code 2. */
export async function diff(name: string, flags: DiffFlags): Promise<number> {
  const format = formatOf(flags)
  const { service, timeoutMs, reconciler } = await openOneShot(name, flags, '30s')
  try {
    const { plan } = await reconciler().plan(AbortSignal.timeout(timeoutMs))
    const all = flags.all ?? false
    printDocument(format, planDocument(plan, all), () => planText(plan, all, painter(process.stdout)))
    return plan.changes.some(isDrift) ? 1 : 0
  } finally {
    await service.close()
  }
}
