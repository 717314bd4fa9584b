/**
 * `infometis export`: the live state as desired state, to adopt a service that exists. Never writes to the service.
 * @module
 */
import { randomUUID } from 'node:crypto'
import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { AnyResource, Cycle, Observed } from '../contract.ts'
import type { Json } from '../records.ts'
import { ReconcileError } from '../errors.ts'
import { matchesAny } from '../plan/patterns.ts'
import { refuse } from '../connect/environment.ts'
import { openCycle } from '../reconciler/cycle.ts'
import { systemClock } from '../time/clock.ts'
import { within } from '../time/deadline.ts'
import { formatOf, openOneShot } from './connect.ts'
import { isWrittenNumber } from '../parse/written-number.ts'
import type { Host } from '../sidecar/host.ts'
import { documentText, printWaiting } from './output.ts'
import { lookPatiently } from './patience.ts'
import type { CommonFlags } from '../sidecar/settings.ts'

export interface ExportFlags extends CommonFlags {
  readonly kind?: string
  /** A directory to write all files to; existing files are never overwritten. */
  readonly out?: string
}

interface Exported {
  readonly resource: AnyResource
  readonly document: { readonly [key: string]: Json }
}

/** Prints the file of one kind, or writes all files. Exit code 0; throws for everything that is exit code 2. */
export async function exportState(name: string, flags: ExportFlags, host: Host): Promise<number> {
  const documentFormat = formatOf(flags) === 'yaml' ? 'yaml' : 'json'
  const { service, time, close } = await openOneShot(name, flags, '30s', host)
  const { signal } = time
  try {
    const resources = selectResources(service.resources, flags)
    const look = (): Promise<readonly Exported[]> =>
      Promise.all(resources.map(async (resource) => ({ resource, document: await exportKind(resource, signal) })))
    const exported = await lookPatiently(look, {
      waitsFor: 'busy',
      signal,
      clock: host.clock,
      onWait: (reason) => printWaiting(host, reason)
    })
    const [first] = exported
    if (flags.out !== undefined) await writeFiles(flags.out, exported, (path) => void host.stderr.write(`${path}\n`))
    else if (first !== undefined) host.stdout.write(documentText(documentFormat, first.document, () => ''))
    return 0
  } finally {
    await close()
  }
}

function selectResources(resources: readonly AnyResource[], { kind, out }: ExportFlags): readonly AnyResource[] {
  const kinds = resources.map((resource) => resource.kind)
  if (kind !== undefined && !kinds.includes(kind))
    return refuse('--kind', kind, `one of ${kinds.join(', ')}`, kinds[0] ?? '')
  if (kind !== undefined) return resources.filter((resource) => resource.kind === kind)
  return out === undefined ? resources.slice(0, 1) : resources
}

async function exportKind(resource: AnyResource, signal: AbortSignal): Promise<{ readonly [key: string]: Json }> {
  const describe = resource.describe?.bind(resource)
  if (describe === undefined) throw new ReconcileError('UNSUPPORTED', `${resource.kind} cannot be exported`)
  const observed = await within(`observe ${resource.kind}`, signal, () => resource.observe([], exportCycle(signal)))
  const items = exportableItems(resource, observed).map(([name, state]): [string, Json] => [name, describe(state)])
  if (resource.singleton === undefined) return Object.fromEntries(items.toSorted(([a], [b]) => (a < b ? -1 : 1)))
  const [, only = null] = items[0] ?? []
  return isObject(only) ? only : {}
}

function exportCycle(signal: AbortSignal): Cycle {
  const everything = { scope: 'all', full: true, everything: true } as const
  return openCycle({ id: randomUUID(), target: '', ...everything, signal, clock: systemClock, declared: new Map() })
}

function isObject(value: Json): value is { readonly [key: string]: Json } {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && !isWrittenNumber(value)
}

function exportableItems(
  resource: AnyResource,
  observed: Observed<unknown, unknown>
): readonly (readonly [string, unknown])[] {
  const isProtected = matchesAny(resource.protect ?? [])
  return [...observed.items].flatMap(([name, sighting]) => {
    if ('refused' in sighting || sighting.excluded !== undefined || isProtected(name)) return []
    return [[name, sighting.state] as const]
  })
}

async function writeFiles(
  directory: string,
  exported: readonly Exported[],
  onWritten: (path: string) => void
): Promise<void> {
  await mkdir(directory, { recursive: true })
  for (const { resource, document } of exported) {
    const path = join(directory, `${resource.file}.json`)
    try {
      await writeFile(path, `${JSON.stringify(document, null, 2)}\n`, { flag: 'wx' })
    } catch (error) {
      const expected = `a directory without ${resource.file}.json that can be written`
      const message = `--out: expected ${expected}, found "${directory}"`
      throw new ReconcileError('FLAG_INVALID', message, { cause: error })
    }
    onWritten(path)
  }
}
