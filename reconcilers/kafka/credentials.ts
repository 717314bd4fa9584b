/**
 * Reads the mounted credentials of a connection.
 * @module
 */
import { fingerprintOf, readTlsTexts, type TlsTexts } from '../../src/plugin.ts'
import type { ConnectionSettings, SaslMechanism, SecurityProtocol } from './connection.ts'

/** Values as the files hold them now; `undefined` where the protocol has none. */
export interface Credentials {
  readonly sasl: { readonly mechanism: SaslMechanism; readonly username: string; readonly password: string } | undefined
  readonly tls: TlsTexts | undefined
  /** SHA-256 over everything above: a connection made with another fingerprint is out of date. */
  readonly fingerprint: string
}

/** The protocol these credentials are for. */
export function protocolOf({ sasl, tls }: Pick<Credentials, 'sasl' | 'tls'>): SecurityProtocol {
  if (sasl === undefined) return tls === undefined ? 'PLAINTEXT' : 'SSL'
  return tls === undefined ? 'SASL_PLAINTEXT' : 'SASL_SSL'
}

/** Reads the files again. Throws VARIABLE_INVALID for a file that cannot be read, CERTIFICATE for one that is no PEM. */
export async function resolveCredentials(settings: ConnectionSettings): Promise<Credentials> {
  const { sasl, tls } = settings
  const values = {
    sasl: sasl && { mechanism: sasl.mechanism, username: sasl.username, password: await sasl.password.read() },
    tls: tls && (await readTlsTexts(tls, 'KAFKA_SSL'))
  }
  return { ...values, fingerprint: fingerprintOf(values) }
}
