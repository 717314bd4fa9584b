/**
 * Reads the mounted credentials of a connection.
 * @module
 */
import { fingerprintOf, readTlsTexts, refuse, registerSecret, type TlsTexts } from '../../../src/plugin.ts'
import type { ConnectionSettings } from './settings.ts'

/** Values as the files hold them now. */
export interface Credentials {
  readonly auth: { readonly username: string; readonly password: string } | { readonly apiKey: string } | undefined
  readonly tls: TlsTexts
  /** SHA-256 over everything above: a client made with another fingerprint is out of date. */
  readonly fingerprint: string
}

/** Reads the files again. Throws VARIABLE_INVALID for one that cannot be read, CERTIFICATE for one that is no PEM. */
export async function resolveCredentials({ authentication, tls }: ConnectionSettings): Promise<Credentials> {
  const values = { auth: await readAuth(authentication), tls: await readTlsTexts(tls, 'ELASTICSEARCH') }
  return { ...values, fingerprint: fingerprintOf(values) }
}

async function readAuth(authentication: ConnectionSettings['authentication']): Promise<Credentials['auth']> {
  if (authentication.method === 'none') return undefined
  if (authentication.method === 'api-key') {
    const apiKey = await authentication.apiKey.read()
    // Anything else cannot be a header.
    if (!/^[\x21-\x7e]+$/.test(apiKey))
      refuse(
        'ELASTICSEARCH_API_KEY',
        '******',
        'one line of text without spaces, the `encoded` of the answer that made the key',
        'VnVhQ2ZHY0JDZGJr...'
      )
    return { apiKey }
  }
  const { username } = authentication
  const password = await authentication.password.read()
  registerSecret(Buffer.from(`${username}:${password}`).toString('base64'), 'ELASTICSEARCH_PASSWORD as a header')
  return { username, password }
}
