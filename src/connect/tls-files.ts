/**
 * The PEM files of a TLS connection, read together and checked before they are used: OpenSSL's own words name no file.
 * @module
 */
import { createPrivateKey, X509Certificate, type KeyObject } from 'node:crypto'
import { ReconcileError } from '../errors.ts'
import type { MountedFile, Secret } from './environment.ts'

/** The files of a TLS connection, each absent when not given. */
export interface TlsFiles {
  /** Certificates to trust instead of the system's. */
  readonly ca: MountedFile | undefined
  /** Set together with `key`: the client's own certificate, for mutual TLS. */
  readonly cert: MountedFile | undefined
  readonly key: MountedFile | undefined
  /** Opens an encrypted `key`. */
  readonly passphrase?: Secret | undefined
}

/** PEM texts; without `ca` the system's certificates are trusted. `key` is not encrypted. */
export interface TlsTexts {
  readonly ca?: string
  readonly cert?: string
  readonly key?: string
}

/** A file of PEM, with the variable that names it. */
interface PemFile {
  readonly variable: string
  readonly path: string
  readonly text: string
}

/**
 * Reads the files; `variables` begins their variables' names, e.g. `KAFKA_SSL` for `KAFKA_SSL_CA_FILE` and
 * `KAFKA_SSL_KEY_PASSPHRASE`. Throws VARIABLE_INVALID for a file that cannot be read, CERTIFICATE naming every
 * file that does not hold what it must.
 */
export async function readTlsTexts(files: TlsFiles, variables: string): Promise<TlsTexts> {
  const [ca, cert, key, passphrase] = await Promise.all([
    pemOf(`${variables}_CA_FILE`, files.ca),
    pemOf(`${variables}_CERT_FILE`, files.cert),
    pemOf(`${variables}_KEY_FILE`, files.key),
    files.passphrase?.read()
  ])
  const opened = key && openKey(key, passphrase, `${variables}_KEY_PASSPHRASE`)
  const faults = faultsOf(ca, cert, opened)
  if (faults.length > 0) throw new ReconcileError('CERTIFICATE', faults.join('; '))
  return { ...(ca && { ca: ca.text }), ...(cert && { cert: cert.text }), ...(opened?.text && { key: opened.text }) }
}

function faultsOf(
  ca: PemFile | undefined,
  cert: PemFile | undefined,
  opened: OpenedKey | undefined
): readonly string[] {
  const faults = [ca && faultOfCertificates(ca), cert && faultOfCertificates(cert), opened?.fault]
  const known = faults.filter((fault) => fault !== undefined)
  const pair = known.length > 0 || cert === undefined || opened === undefined ? undefined : faultOfPair(cert, opened)
  return pair === undefined ? known : [pair]
}

async function pemOf(variable: string, file: MountedFile | undefined): Promise<PemFile | undefined> {
  return file && { variable, path: file.path, text: await file.read() }
}

const beginning = /-----BEGIN ([A-Z0-9 ]+)-----/
const privateKey = /-----BEGIN (?:[A-Z0-9 ]+ )?PRIVATE KEY-----/
const encrypted = /-----BEGIN ENCRYPTED PRIVATE KEY-----|^Proc-Type: *4, *ENCRYPTED/m
const certificate = /-----BEGIN (?:TRUSTED |X509 )?CERTIFICATE-----[^-]*-----END (?:TRUSTED |X509 )?CERTIFICATE-----/g

/** Node trusts nobody when the CA is no PEM, which would show only as a server that cannot be verified. */
function faultOfCertificates({ variable, path, text }: PemFile): string | undefined {
  const found = text.match(certificate) ?? []
  if (found.length === 0) return faultOf({ variable, path, text }, 'PEM certificates')
  const reasons = found.map((each) => thrownReason(() => new X509Certificate(each)))
  const number = reasons.findIndex((reason) => reason !== undefined) + 1
  if (number === 0) return undefined
  const place = `number ${number} in "${path}": ${reasons[number - 1]}`
  return `${variable}: expected PEM certificates, found one that cannot be read (${place})`
}

/** An opened key and its text without a passphrase, or what is wrong with it. */
interface OpenedKey {
  readonly file: PemFile
  readonly key?: KeyObject
  readonly text?: string
  readonly fault?: string
}

function openKey(file: PemFile, passphrase: string | undefined, passphraseVariable: string): OpenedKey {
  const { variable, path, text } = file
  if (!privateKey.test(text)) return { file, fault: faultOf(file, 'a PEM private key') }
  const refused = (expected: string, found: string): OpenedKey => {
    return { file, fault: `${variable}: expected ${expected}, found ${found}` }
  }
  const isEncrypted = encrypted.test(text)
  if (isEncrypted && passphrase === undefined) {
    const expected = `a private key without a passphrase, or its passphrase in ${passphraseVariable}`
    return refused(expected, `an encrypted key in "${path}"`)
  }
  try {
    if (!isEncrypted) return { file, key: createPrivateKey(text), text }
    const key = createPrivateKey({ key: text, passphrase })
    return { file, key, text: key.export({ type: 'pkcs8', format: 'pem' }).toString() }
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error)
    if (!isEncrypted) return refused('a PEM private key', `one that cannot be read in "${path}" (${reason})`)
    return refused(`a private key that ${passphraseVariable} opens`, `another in "${path}" (${reason})`)
  }
}

function faultOfPair(cert: PemFile, { file, key }: OpenedKey): string | undefined {
  if (key === undefined || new X509Certificate(cert.text).checkPrivateKey(key)) return undefined
  const found = `the key of another one ("${cert.path}", "${file.path}")`
  return `${cert.variable} and ${file.variable}: expected a certificate and its own key, found ${found}`
}

/** What stands in the place of what was expected. */
function faultOf({ variable, path, text }: PemFile, expected: string): string {
  const label = beginning.exec(text)?.[1]?.toLowerCase()
  const article = /^[aeio]/.test(label ?? '') ? 'an' : 'a'
  const other = label === undefined ? 'a file that is no PEM' : `the PEM of ${article} ${label}`
  return `${variable}: expected ${expected}, found ${text.trim() === '' ? 'an empty file' : other} ("${path}")`
}

function thrownReason(read: () => unknown): string | undefined {
  try {
    read()
    return undefined
  } catch (error) {
    return error instanceof Error ? error.message : String(error)
  }
}
