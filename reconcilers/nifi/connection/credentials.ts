/**
 * Reads the mounted credentials of a connection.
 * @module
 */
import {
  fingerprintOf,
  type MountedFile,
  readTlsTexts,
  refuse,
  registerSecret,
  type TlsTexts
} from '../../../src/plugin.ts'
import type { ConnectionSettings } from './settings.ts'

/** Values as the files hold them now. */
export interface Credentials {
  readonly auth: { readonly username: string; readonly password: string } | { readonly token: string } | undefined
  readonly tls: TlsTexts
  /** SHA-256 over everything above: a session made with another fingerprint is out of date. */
  readonly fingerprint: string
}

/** Re-reads the files. Throws VARIABLE_INVALID for one that cannot be read or used, CERTIFICATE for one that is no PEM. */
export async function resolveCredentials({ authentication, tls }: ConnectionSettings): Promise<Credentials> {
  const values = { auth: await readAuth(authentication), tls: await readTlsTexts(tls, 'NIFI') }
  return { ...values, fingerprint: fingerprintOf(values) }
}

async function readAuth(authentication: ConnectionSettings['authentication']): Promise<Credentials['auth']> {
  if (authentication.method === 'none') return undefined
  if (authentication.method === 'token') return { token: await readToken(authentication.file) }
  return { username: authentication.username, password: await authentication.password.read() }
}

async function readToken(file: MountedFile): Promise<string> {
  const token = (await file.read()).trim()
  registerSecret(token, 'NIFI_TOKEN_FILE')
  // Anything else cannot be a header.
  if (!/^[\x21-\x7e]+$/.test(token))
    refuse('NIFI_TOKEN_FILE', file.path, 'a file that holds one line of text without spaces', 'eyJhbGciOiJFZERTQSJ9...')
  return token
}
