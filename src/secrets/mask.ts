/**
 * Keeps secrets out of every output. Values learnt from variables and mounted files are registered once and
 * masked wherever they appear; credentials inside a URL and values under secret-looking names are masked by shape.
 * @module
 */

import type { Json } from '../records.ts'
import { findSecrets } from './registry.ts'

export { registerSecret } from './registry.ts'

const masked = '******'
/** Up to the last `@` before the path: a password may hold one. Schemes are short; the bound keeps this linear. */
const urlCredentials = /(\b[a-z][a-z0-9+.-]{0,30}:\/\/)[^\s/]+@/gi
const secretName =
  /passw(or)?d|secret|token(?!iz)|credential|jaas|(api|access|private)[-_.]?key|keystore\.key|passphrase/i

/** The text with every known secret and every credential of a URL replaced. */
export function mask(text: string): string {
  const shown = text.replace(urlCredentials, `$1${masked}@`)
  let [result, end] = ['', 0]
  for (const { from, to } of findSecrets(shown)) {
    result += `${shown.slice(end, from)}${masked}`
    end = to
  }
  return end === 0 ? shown : result + shown.slice(end)
}

/** Whether a field of this name is likely to hold a secret, so that its value is never shown. */
export function isSecretName(name: string): boolean {
  return secretName.test(name)
}

/** A deep copy of a JSON-like value that is safe to print: secrets and all values below secret names are masked. */
export function maskDeep(value: Json, name = ''): Json {
  return isSecretName(name) ? maskAll(value) : maskParts(value)
}

function maskParts(value: Json): Json {
  if (typeof value === 'string') return mask(value)
  if (isList(value)) return value.map(maskParts)
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(Object.entries(value).map(([key, entry]) => [mask(key), maskDeep(entry, key)]))
}

/** "Not set" stays visible; everything else is hidden, numbers too. */
function maskAll(value: Json): Json {
  if (isList(value)) return value.map(maskAll)
  if (typeof value === 'object' && value !== null)
    return Object.fromEntries(Object.entries(value).map(([key, entry]) => [mask(key), maskAll(entry)]))
  return value === null || value === '' || typeof value === 'boolean' ? value : masked
}

function isList(value: Json): value is readonly Json[] {
  return Array.isArray(value)
}
