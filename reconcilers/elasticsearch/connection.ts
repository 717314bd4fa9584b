/**
 * Reads how to connect to Elasticsearch from environment variables. Everything that contradicts itself stops the start
 * with the variable, what was found and what was expected; no credential is ever printed.
 * @module
 */
import type { TlsFiles } from '../../src/run/credentials.ts'
import { type Environment, type Secret, refuse } from '../../src/run/environment.ts'
import { registerSecret } from '../../src/report/secrets.ts'

/** Who we say we are. */
export type Authentication =
  | { readonly method: 'none' }
  | { readonly method: 'basic'; readonly username: string; readonly password: Secret }
  | { readonly method: 'api-key'; readonly apiKey: Secret }

export interface ConnectionSettings {
  /** ELASTICSEARCH_URL without credentials, at least one; all of one cluster. */
  readonly urls: readonly URL[]
  readonly authentication: Authentication
  /** ELASTICSEARCH_CA_FILE; the other files are not used. */
  readonly tls: TlsFiles
  /** REQUEST_TIMEOUT in ms, default 10 s: the deadline of each request. */
  readonly requestTimeout: number
}

const urlVariable = 'ELASTICSEARCH_URL'
const urlExample = 'https://elasticsearch:9200'

/** All settings of the connection. Reads no file and touches no network. Throws VARIABLE_INVALID. */
export function readConnectionSettings(environment: Environment): ConnectionSettings {
  const parsed = splitUrls(environment.required(urlVariable, urlExample)).map(parseUrl)
  const ca = environment.file('ELASTICSEARCH_CA_FILE')
  const urls = [...new Map(parsed.map(({ url }) => [url.href, url])).values()]
  if (ca !== undefined && urls.every(({ protocol }) => protocol === 'http:')) {
    refuse('ELASTICSEARCH_CA_FILE', ca.path, `nothing, as ${urlVariable} is not https`, urlExample)
  }
  return {
    urls,
    authentication: readAuthentication(environment, credentialsOf(parsed)),
    tls: { ca, cert: undefined, key: undefined },
    requestTimeout: environment.duration('REQUEST_TIMEOUT', '10s')
  }
}

/** Commas separate URLs; one inside a password does not, because no scheme follows it. */
function splitUrls(value: string): string[] {
  return value.split(/,\s*(?=[a-z][a-z0-9+.-]*:\/\/)/i).map((url) => url.trim())
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
    return refuse(urlVariable, shown, 'comma-separated http or https URLs', urlExample)
  }
  if (url.search !== '' || url.hash !== '') refuse(urlVariable, shown, 'a URL without a query', urlExample)
  // The rest of a password with a slash in it, and what stands before it would be asked for as a host.
  if (url.pathname.includes('@')) refuse(urlVariable, shown, 'a password in a URL with / ? # % written as %2F %3F %23 %25', urlExample)
  const [username, password] = [decoded(url.username, shown), decoded(url.password, shown)]
  if ((username === '') !== (password === '')) refuse(urlVariable, shown, 'both a user and a password in a URL, or neither', urlExample)
  url.username = ''
  url.password = ''
  // A server that refuses names the user in these words; the name alone may be an ordinary word.
  for (const secret of [password, `user [${username}]`, `User [name=${username},`]) if (username !== '') registerSecret(secret)
  return { url, username, password }
}

function decoded(encoded: string, shown: string): string {
  try {
    return decodeURIComponent(encoded)
  } catch {
    return refuse(urlVariable, shown, 'a % in the user or password of a URL written as %25', urlExample)
  }
}

/** Those of the URLs that have any; all URLs are of one cluster and get the same. */
function credentialsOf(parsed: readonly ParsedUrl[]): ParsedUrl | undefined {
  const [first, ...others] = parsed.filter(({ username }) => username !== '')
  if (others.some(({ username, password }) => username !== first?.username || password !== first.password)) {
    refuse(urlVariable, '******', 'the same user and password in all URLs', urlExample)
  }
  return first
}

function readAuthentication(environment: Environment, inUrl: ParsedUrl | undefined): Authentication {
  const username = environment.text('ELASTICSEARCH_USERNAME')
  const password = environment.secret('ELASTICSEARCH_PASSWORD')
  const apiKey = environment.secret('ELASTICSEARCH_API_KEY')
  if (inUrl !== undefined && (username !== undefined || password !== undefined || apiKey !== undefined)) {
    refuse(urlVariable, '******', 'no credentials beside those of other variables', urlExample)
  }
  if (apiKey !== undefined && (username !== undefined || password !== undefined)) {
    refuse('ELASTICSEARCH_API_KEY', '******', 'either an API key or a user and a password', 'unset ELASTICSEARCH_USERNAME')
  }
  if (apiKey !== undefined) return { method: 'api-key', apiKey }
  if (inUrl !== undefined) {
    const { username: name, password: word } = inUrl
    return { method: 'basic', username: name, password: { read: () => Promise.resolve(word) } }
  }
  if (username === undefined && password === undefined) return { method: 'none' }
  if (username === undefined) refuse('ELASTICSEARCH_USERNAME', undefined, 'a user, as ELASTICSEARCH_PASSWORD is set', 'infometis')
  if (password === undefined) refuse('ELASTICSEARCH_PASSWORD', undefined, 'a password or ELASTICSEARCH_PASSWORD_FILE', 'ELASTICSEARCH_PASSWORD_FILE=/secrets/password')
  return { method: 'basic', username, password }
}
