/**
 * Reads how to connect to NiFi from environment variables. Everything that contradicts itself stops the start with the
 * variable, what was found and what was expected; no credential is ever printed.
 * @module
 */
import {
  type Environment,
  type Login,
  type MountedFile,
  parseUrl,
  readLogin,
  refuse,
  type TlsFiles,
  type UrlLogin
} from '../../../src/plugin.ts'

/** Who we say we are; a client certificate says it by itself. */
export type Authentication =
  | { readonly method: 'none' }
  | ({ readonly method: 'password' } & Login)
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

const urlVariable = { name: 'NIFI_URL', expected: 'one http or https URL', example: 'https://nifi:8443' } as const
const loginVariables = { username: 'NIFI_USERNAME', password: 'NIFI_PASSWORD' } as const
/** Last in the path of every NiFi, behind what a proxy may put in front. */
const apiPath = '/nifi-api'

/** All settings of the connection. Reads no file and touches no network. Throws VARIABLE_INVALID. */
export function readConnectionSettings(environment: Environment): ConnectionSettings {
  const { url, login } = parseUrl(environment.required(urlVariable.name, urlVariable.example), urlVariable)
  const tls = readTls(environment, url)
  const authentication = readAuthentication(environment, login)
  if (tls.cert !== undefined && authentication.method !== 'none') {
    refuse(
      'NIFI_CERT_FILE',
      tls.cert.path,
      'either a client certificate or other credentials',
      'unset NIFI_CERT_FILE and NIFI_KEY_FILE'
    )
  }
  return {
    url: apiOf(url),
    parentGroup: readParentGroup(environment),
    authentication,
    tls,
    requestTimeout: environment.duration('REQUEST_TIMEOUT', '10s')
  }
}

function apiOf(url: URL): URL {
  const api = new URL(url)
  api.pathname = `${url.pathname
    .replace(/\/+$/, '')
    .replace(new RegExp(`${apiPath}$`), '')
    .replace(/\/+$/, '')}${apiPath}`
  return api
}

function readTls(environment: Environment, url: URL): TlsFiles {
  const [ca, cert, key] = [
    environment.file('NIFI_CA_FILE'),
    environment.file('NIFI_CERT_FILE'),
    environment.file('NIFI_KEY_FILE')
  ]
  if (url.protocol === 'http:') {
    for (const [name, file] of Object.entries({ NIFI_CA_FILE: ca, NIFI_CERT_FILE: cert, NIFI_KEY_FILE: key })) {
      if (file !== undefined)
        refuse(name, file.path, `nothing, as ${urlVariable.name} is not https`, urlVariable.example)
    }
  }
  if (cert === undefined && key !== undefined)
    refuse('NIFI_CERT_FILE', undefined, 'a certificate, as NIFI_KEY_FILE is set', '/secrets/tls.crt')
  if (cert !== undefined && key === undefined)
    refuse('NIFI_KEY_FILE', undefined, 'a private key, as NIFI_CERT_FILE is set', '/secrets/tls.key')
  const passphrase = environment.secret('NIFI_KEY_PASSPHRASE')
  return { ca, cert, key, ...(passphrase && { passphrase }) }
}

function readAuthentication(environment: Environment, inUrl: UrlLogin | undefined): Authentication {
  const file = environment.file('NIFI_TOKEN_FILE')
  const instead = file && { variable: 'NIFI_TOKEN_FILE', shown: file.path, what: 'a token' }
  const login = readLogin(environment, { ...loginVariables, url: urlVariable, inUrl, instead })
  if (file !== undefined) return { method: 'token', file }
  return login === undefined ? { method: 'none' } : { method: 'password', ...login }
}

/** All ids of NiFi are UUIDs; a name would only be answered with "not found". */
function readParentGroup(environment: Environment): string {
  const id = environment.text('NIFI_PARENT_GROUP') ?? 'root'
  const isId = id === 'root' || /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(id)
  return isId
    ? id
    : refuse('NIFI_PARENT_GROUP', id, '"root" or the id of a process group', '7c84501d-d10c-407c-b9f3-1d80e38fe36a')
}
