/**
 * Which properties of its types a NiFi keeps secret, as it tells before any component of a type is there.
 * @module
 */
import { z } from 'zod'
import { type Clock, type Json, ReconcileError } from '../../../../src/plugin.ts'
import type { Answer, Link } from '../../connection/link.ts'
import { bodyOf } from '../../connection/refusal.ts'

/** Full type → names of its sensitive properties. */
export type Sensitive = ReadonlyMap<string, ReadonlySet<string>>

const property = z.object({ name: z.string(), displayName: z.string().nullish(), sensitive: z.boolean().nullish() })
const types = z
  .array(z.object({ type: z.string(), propertyDescriptors: z.record(z.string(), property).nullish() }))
  .nullish()
const bundle = z.object({ componentManifest: z.object({ processors: types, controllerServices: types }).nullish() })
const manifest = z.object({ runtimeManifest: z.object({ bundles: z.array(bundle).nullish() }) })

/**
 * The answer of `GET /flow/runtime-manifest`, with display names beside the names: a file may have either. A type of a bundle
 * that was packed without a manifest of its extensions is not in it. Throws UNAVAILABLE for any other answer. Pure.
 */
export function sensitiveIn(answer: Json): Sensitive {
  const parsed = manifest.safeParse(answer)
  if (!parsed.success)
    throw new ReconcileError('UNAVAILABLE', 'expected the manifest of what this NiFi can run, found something else')
  const found = new Map<string, Set<string>>()
  for (const { componentManifest } of parsed.data.runtimeManifest.bundles ?? []) {
    for (const { type, propertyDescriptors } of [
      ...(componentManifest?.processors ?? []),
      ...(componentManifest?.controllerServices ?? [])
    ]) {
      const names = Object.values(propertyDescriptors ?? {}).flatMap(({ name, displayName, sensitive }) =>
        sensitive === true ? [name, displayName ?? name] : []
      )
      if (names.length > 0) found.set(type, new Set([...(found.get(type) ?? []), ...names]))
    }
  }
  return found
}

/**
 * What this NiFi tells, in one request. A NiFi without such an answer (404) tells nothing.
 *
 * NiFi 1.18 answers 500 to two who ask at once: its reader of manifests is used by both (StandardRuntimeManifestService).
 * Whoever asks again does so after a time of its own.
 */
export async function askSensitive(link: Link, clock: Clock, signal: AbortSignal): Promise<Sensitive> {
  const ask = (): Promise<Answer> => link.ask({ method: 'GET', path: '/flow/runtime-manifest' }, signal)
  let answer = await ask()
  for (let left = mostRepeats; answer.status === 500 && left > 0; left -= 1) {
    await clock.sleep(longestPauseMs * Math.random(), signal)
    answer = await ask()
  }
  return answer.status === 404 ? new Map() : sensitiveIn(bodyOf(answer))
}

const mostRepeats = 4
const longestPauseMs = 200
