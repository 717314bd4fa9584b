/**
 * Keeps secrets out of every output. Values learnt from variables and mounted files are registered once and
 * masked wherever they appear; credentials inside a URL and values under secret-looking names are masked by shape.
 * @module
 */

import type { Json } from '../contract.ts'

const masked = '******'
const registered = new Set<string>()
const urlCredentials = /(\b[a-z][a-z0-9+.-]*:\/\/)[^\s/@]+@/gi
const secretName = /passw(or)?d|secret|token|credential|jaas|api[-_.]?key|private[-_.]?key|keystore\.key|passphrase/i

/** Remembers a secret so that `mask` hides it; texts shorter than 4 characters would mask ordinary words. */
export function registerSecret(secret: string): void {
  if (secret.length < 4) return
  registered.add(secret)
  const encoded = encodeURIComponent(secret)
  if (encoded !== secret) registered.add(encoded)
}

/** The text with every known secret and every credential of a URL replaced. */
export function mask(text: string): string {
  let result = text.replace(urlCredentials, `$1${masked}@`)
  for (const secret of registered) result = result.replaceAll(secret, masked)
  return result
}

/** Whether a field of this name is likely to hold a secret, so that its value is never shown. */
export function isSecretName(name: string): boolean {
  return secretName.test(name)
}

/** A deep copy of a JSON-like value that is safe to print: secrets and values under secret names are masked. */
export function maskDeep(value: Json, name = ''): Json {
  if (typeof value === 'string') return isSecretName(name) && value !== '' ? masked : mask(value)
  if (isList(value)) return value.map((entry) => maskDeep(entry, name))
  if (typeof value === 'object' && value !== null) {
    return Object.fromEntries(Object.entries(value).map(([key, entry]) => [mask(key), maskDeep(entry, key)]))
  }
  return value
}

function isList(value: Json): value is readonly Json[] {
  return Array.isArray(value)
}
