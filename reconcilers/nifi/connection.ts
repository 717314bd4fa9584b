/**
 * Reads how to connect to NiFi from environment variables. Everything that contradicts itself stops the start with the
 * variable, what was found and what was expected; no credential is ever printed.
 * @module
 */
import type { TlsFiles } from '../../src/run/credentials.ts'
import { type Environment, type MountedFile, type Secret, refuse } from '../../src/run/environment.ts'
import { registerSecret } from '../../src/report/secrets.ts'

/** Who we say we are; a client certificate says it by itself. */
export type Authentication =
  | { readonly method: 'none' }
  | { readonly method: 'password'; readonly username: string; readonly password: Secret }
  /** The file holds a token that somebody else gets and renews. */
  | { readonly method: 'token'; readonly file: MountedFile }

export interface ConnectionSettings {
  /** Where the REST API is: NIFI_URL without credentials, with `/nifi-api` and without a slash at the end. */
  readonly url: URL
  /** NIFI_PARENT_GROUP: the id of the group the flows live in, or `root`, the default. */
  readonly parentGroup: string
  readonly authentication: Authentication
  /** NIFI_CA_FILE, NIFI_CERT_FILE and NIFI_KEY_FILE. */
  readonly tls: TlsFiles
  /** REQUEST_TIMEOUT in ms, default 10 s: the deadline of each request. */
  readonly requestTimeout: number
}

const urlVariable = 'NIFI_URL'
const urlExample = 'https://nifi:8443'
/** Last in the path of every NiFi, behind what a proxy may put in front. */
const apiPath = '/nifi-api'

/** All settings of the connection. Reads no file and touches no network. Throws VARIABLE_INVALID. */
export function readConnectionSettings(environment: Environment): ConnectionSettings {
  const parsed = parseUrl(environment.required(urlVariable, urlExample))
  const tls = readTls(environment, parsed.url)
  const authentication = readAuthentication(environment, parsed)
  if (tls.cert !== undefined && authentication.method !== 'none') {
    refuse('NIFI_CERT_FILE', tls.cert.path, 'either a client certificate or other credentials', 'unset NIFI_CERT_FILE and NIFI_KEY_FILE')
  }
  return { url: parsed.url, parentGroup: readParentGroup(environment), authentication, tls, requestTimeout: environment.duration('REQUEST_TIMEOUT', '10s') }
}

interface ParsedUrl {
  readonly url: URL
  readonly username: string
  readonly password: string
}

function parseUrl(text: string): ParsedUrl {
  const shown = text.replace(/^([a-z][a-z0-9+.-]*:\/\/)?.*@/is, '$1******@')
  const url = URL.canParse(text) ? new URL(text) : undefined
  if (url === undefined || (url.protocol !== 'http:' && url.protocol !== 'https:') || url.hostname.includes(',')) {
    return refuse(urlVariable, shown, 'one http or https URL', urlExample)
  }
  if (url.search !== '' || url.hash !== '') refuse(urlVariable, shown, 'a URL without a query', urlExample)
  // The rest of a password with a slash in it, and what stands before it would be asked for as a host.
  if (url.pathname.includes('@')) refuse(urlVariable, shown, 'a password in a URL with / ? # % written as %2F %3F %23 %25', urlExample)
  const [username, password] = [decoded(url.username, shown), decoded(url.password, shown)]
  if ((username === '') !== (password === '')) refuse(urlVariable, shown, 'both a user and a password in a URL, or neither', urlExample)
  url.username = ''
  url.password = ''
  url.pathname = `${url.pathname.replace(/\/+$/, '').replace(new RegExp(`${apiPath}$`), '').replace(/\/+$/, '')}${apiPath}`
  registerSecret(password)
  return { url, username, password }
}

function decoded(encoded: string, shown: string): string {
  try {
    return decodeURIComponent(encoded)
  } catch {
    return refuse(urlVariable, shown, 'a % in the user or password of a URL written as %25', urlExample)
  }
}

function readTls(environment: Environment, url: URL): TlsFiles {
  const [ca, cert, key] = [environment.file('NIFI_CA_FILE'), environment.file('NIFI_CERT_FILE'), environment.file('NIFI_KEY_FILE')]
  if (url.protocol === 'http:') {
    for (const [name, file] of Object.entries({ NIFI_CA_FILE: ca, NIFI_CERT_FILE: cert, NIFI_KEY_FILE: key })) {
      if (file !== undefined) refuse(name, file.path, `nothing, as ${urlVariable} is not https`, urlExample)
    }
  }
  if (cert === undefined && key !== undefined) refuse('NIFI_CERT_FILE', undefined, 'a certificate, as NIFI_KEY_FILE is set', '/secrets/tls.crt')
  if (cert !== undefined && key === undefined) refuse('NIFI_KEY_FILE', undefined, 'a private key, as NIFI_CERT_FILE is set', '/secrets/tls.key')
  return { ca, cert, key }
}

function readAuthentication(environment: Environment, inUrl: ParsedUrl): Authentication {
  const username = environment.text('NIFI_USERNAME')
  const password = environment.secret('NIFI_PASSWORD')
  const file = environment.file('NIFI_TOKEN_FILE')
  if (inUrl.username !== '' && (username !== undefined || password !== undefined || file !== undefined)) {
    refuse(urlVariable, '******', 'no credentials beside those of other variables', urlExample)
  }
  if (file !== undefined && (username !== undefined || password !== undefined)) {
    refuse('NIFI_TOKEN_FILE', file.path, 'either a token or a user and a password', 'unset NIFI_USERNAME')
  }
  if (file !== undefined) return { method: 'token', file }
  if (inUrl.username !== '') return { method: 'password', username: inUrl.username, password: { read: () => Promise.resolve(inUrl.password) } }
  if (username === undefined && password === undefined) return { method: 'none' }
  if (username === undefined) refuse('NIFI_USERNAME', undefined, 'a user, as NIFI_PASSWORD is set', 'infometis')
  if (password === undefined) refuse('NIFI_PASSWORD', undefined, 'a password or NIFI_PASSWORD_FILE', 'NIFI_PASSWORD_FILE=/secrets/password')
  return { method: 'password', username, password }
}

/** All ids of NiFi are UUIDs; a name would only be answered with "not found". */
function readParentGroup(environment: Environment): string {
  const id = environment.text('NIFI_PARENT_GROUP') ?? 'root'
  const isId = id === 'root' || /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(id)
  return isId ? id : refuse('NIFI_PARENT_GROUP', id, '"root" or the id of a process group', '7c84501d-d10c-407c-b9f3-1d80e38fe36a')
}
