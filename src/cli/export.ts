/**
 * `infometis export`: the live state as desired state, to adopt a service that exists. Never writes to the service.
 * @module
 */
import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { AnyResource, Json, Observed } from '../contract.ts'
import { ReconcileError } from '../errors.ts'
import { matchesAny } from '../plan/patterns.ts'
import { refuse } from '../run/environment.ts'
import { within } from '../run/deadline.ts'
import { formatOf, openOneShot } from './connect.ts'
import { isWrittenNumber } from '../parse/written-number.ts'
import { printDocument } from './output.ts'
import type { CommonFlags } from './settings.ts'

export interface ExportFlags extends CommonFlags {
  readonly kind?: string
  /** A directory to write all files to; existing files are never overwritten. */
  readonly out?: string
}

/** Prints the file of one kind, or writes all files. Exit code 0; throws for everything that is exit code 2. */
export async function exportState(name: string, flags: ExportFlags): Promise<number> {
  const format = formatOf(flags)
  const { service, timeoutMs } = await openOneShot(name, flags, '30s')
  const signal = AbortSignal.timeout(timeoutMs)
  try {
    const resources = selectResources(service.resources, flags)
    const documents = await Promise.all(resources.map(async (resource) => ({ resource, document: await exportKind(resource, signal) })))
    if (flags.out !== undefined) {
      await writeFiles(flags.out, documents)
      return 0
    }
    const [first] = documents
    if (first !== undefined) printDocument(format === 'yaml' ? 'yaml' : 'json', first.document, () => '')
    return 0
  } finally {
    await service.close()
  }
}

function selectResources(resources: readonly AnyResource[], { kind, out }: ExportFlags): readonly AnyResource[] {
  const kinds = resources.map((resource) => resource.kind)
  if (kind !== undefined && !kinds.includes(kind)) return refuse('--kind', kind, `one of ${kinds.join(', ')}`, kinds[0] ?? '')
  if (kind !== undefined) return resources.filter((resource) => resource.kind === kind)
  return out === undefined ? resources.slice(0, 1) : resources
}

async function exportKind(resource: AnyResource, signal: AbortSignal): Promise<{ readonly [key: string]: Json }> {
  const describe = resource.describe?.bind(resource)
  if (describe === undefined) throw new ReconcileError('UNSUPPORTED', `${resource.kind} cannot be exported`)
  const observed = await within(`observe ${resource.kind}`, signal, () => resource.observe([], { full: true, everything: true, signal }))
  const items = exportableItems(resource, observed).map(([name, state]): [string, Json] => [name, describe(state)])
  if (resource.singleton === undefined) return Object.fromEntries(items.toSorted(([a], [b]) => (a < b ? -1 : 1)))
  const [, only = null] = items[0] ?? []
  return isObject(only) ? only : {}
}

function isObject(value: Json): value is { readonly [key: string]: Json } {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && !isWrittenNumber(value)
}

function exportableItems(resource: AnyResource, observed: Observed<unknown, unknown>): readonly (readonly [string, unknown])[] {
  const isProtected = matchesAny(resource.protect ?? [])
  return [...observed.items].flatMap(([name, sighting]) => {
    if ('refused' in sighting || sighting.excluded !== undefined || isProtected(name)) return []
    return [[name, sighting.state] as const]
  })
}

async function writeFiles(directory: string, documents: readonly { readonly resource: AnyResource; readonly document: { readonly [key: string]: Json } }[]): Promise<void> {
  await mkdir(directory, { recursive: true })
  for (const { resource, document } of documents) {
    const path = join(directory, `${resource.file}.json`)
    try {
      await writeFile(path, `${JSON.stringify(document, null, 2)}\n`, { flag: 'wx' })
    } catch (error) {
      throw new ReconcileError('FLAG_INVALID', `--out: expected a directory without ${resource.file}.json that can be written, found "${directory}"`, { cause: error })
    }
    process.stderr.write(`${path}\n`)
  }
}
