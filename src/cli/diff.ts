/**
 * `infometis diff`: the plan without applying it. Never writes.
 * @module
 */
import { isDrift, planDocument } from '../report/public.ts'
import { formatOf, openOneShot } from './connect.ts'
import type { Host } from '../sidecar/host.ts'
import { documentText, printWaiting } from './output.ts'
import { painter } from '../report/paint.ts'
import { lookPatiently } from './patience.ts'
import { planText } from './plan-text.ts'
import type { CommonFlags } from '../sidecar/settings.ts'

export interface DiffFlags extends CommonFlags {
  /** Show what is in sync too. */
  readonly all?: boolean
}

/** Exit code 0 in sync, 1 differs; throws for everything that is exit code 2. */
export async function diff(name: string, flags: DiffFlags, host: Host): Promise<number> {
  const { stdout, variables, clock } = host
  const format = formatOf(flags)
  const { time, reconciler, close } = await openOneShot(name, flags, '30s', host)
  const { signal } = time
  const runner = reconciler()
  try {
    const { plan } = await lookPatiently(() => runner.plan(signal), {
      waitsFor: 'busy',
      signal,
      clock,
      onWait: (reason) => printWaiting(host, reason)
    })
    const all = flags.all ?? false
    stdout.write(documentText(format, planDocument(plan, all), () => planText(plan, all, painter(stdout, variables))))
    return plan.changes.some(isDrift) ? 1 : 0
  } finally {
    await close()
  }
}
