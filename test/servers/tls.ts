/**
 * Throw-away certificates for servers that are tested over TLS.
 * @module
 */
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { run } from './process.ts'

/** PEM files of one self-signed certificate; who trusts it names `certFile` as its CA. */
export interface Identity {
  readonly certFile: string
  readonly keyFile: string
  /** Certificate and key in one file, as a JVM's PEM key store wants them. */
  readonly bothFile: string
}

/** Whether the `openssl` command is there. */
export async function hasOpenssl(): Promise<boolean> {
  return run('openssl', ['version']).then(
    () => true,
    () => false
  )
}

/** Makes `<name>.pem`, `<name>.key` and `<name>.both.pem` in `directory`, valid for localhost and 127.0.0.1. */
export async function selfSigned(directory: string, name: string, commonName: string): Promise<Identity> {
  const certFile = join(directory, `${name}.pem`)
  const keyFile = join(directory, `${name}.key`)
  const bothFile = join(directory, `${name}.both.pem`)
  await run('openssl', [
    'req',
    '-x509',
    '-newkey',
    'ec',
    '-pkeyopt',
    'ec_paramgen_curve:P-256',
    '-nodes',
    '-days',
    '3650',
    '-subj',
    `/CN=${commonName}`,
    '-addext',
    'subjectAltName=DNS:localhost,IP:127.0.0.1',
    '-keyout',
    keyFile,
    '-out',
    certFile
  ])
  await writeFile(bothFile, `${await readFile(keyFile, 'utf8')}${await readFile(certFile, 'utf8')}`, { mode: 0o600 })
  return { certFile, keyFile, bothFile }
}
