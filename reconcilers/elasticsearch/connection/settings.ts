/**
 * Reads how to connect to Elasticsearch from environment variables. Everything that contradicts itself stops the start
 * with the variable, what was found and what was expected; no credential is ever printed.
 * @module
 */
import {
  type Environment,
  type Login,
  type ParsedUrl,
  parseUrl,
  readLogin,
  refuse,
  registerSecret,
  type Secret,
  type TlsFiles,
  type UrlLogin
} from '../../../src/plugin.ts'

/** Who we say we are. */
export type Authentication =
  | { readonly method: 'none' }
  | ({ readonly method: 'basic' } & Login)
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

const urlVariable = {
  name: 'ELASTICSEARCH_URL',
  expected: 'comma-separated http or https URLs',
  example: 'https://elasticsearch:9200'
} as const
const loginVariables = { username: 'ELASTICSEARCH_USERNAME', password: 'ELASTICSEARCH_PASSWORD' } as const

/** All settings of the connection. Reads no file and touches no network. Throws VARIABLE_INVALID. */
export function readConnectionSettings(environment: Environment): ConnectionSettings {
  const parsed = splitUrls(environment.required(urlVariable.name, urlVariable.example)).map(parseNodeUrl)
  const ca = environment.file('ELASTICSEARCH_CA_FILE')
  const urls = [...new Map(parsed.map(({ url }) => [url.href, url])).values()]
  if (ca !== undefined && urls.every(({ protocol }) => protocol === 'http:')) {
    refuse('ELASTICSEARCH_CA_FILE', ca.path, `nothing, as ${urlVariable.name} is not https`, urlVariable.example)
  }
  return {
    urls,
    authentication: readAuthentication(environment, loginOf(parsed)),
    tls: { ca, cert: undefined, key: undefined },
    requestTimeout: environment.duration('REQUEST_TIMEOUT', '10s')
  }
}

/** Commas separate URLs; one inside a password does not, because no scheme follows it. */
function splitUrls(value: string): string[] {
  return value.split(/,\s*(?=[a-z][a-z0-9+.-]*:\/\/)/i).map((url) => url.trim())
}

function parseNodeUrl(text: string): ParsedUrl {
  const parsed = parseUrl(text, urlVariable)
  const user = parsed.login?.username
  // A server that refuses names the user in these words; the name alone may be an ordinary word.
  if (user !== undefined) for (const words of [`user [${user}]`, `User [name=${user},`]) registerSecret(words)
  return parsed
}

/** That of the URLs that have any; all URLs are of one cluster and get the same. */
function loginOf(parsed: readonly ParsedUrl[]): UrlLogin | undefined {
  const [first, ...others] = parsed.flatMap(({ login }) => login ?? [])
  if (others.some(({ username, password }) => username !== first?.username || password !== first.password)) {
    refuse(urlVariable.name, '******', 'the same user and password in all URLs', urlVariable.example)
  }
  return first
}

function readAuthentication(environment: Environment, inUrl: UrlLogin | undefined): Authentication {
  const apiKey = environment.secret('ELASTICSEARCH_API_KEY')
  const instead = apiKey && { variable: 'ELASTICSEARCH_API_KEY', shown: '******', what: 'an API key' }
  const login = readLogin(environment, { ...loginVariables, url: urlVariable, inUrl, instead })
  if (apiKey !== undefined) return { method: 'api-key', apiKey }
  return login === undefined ? { method: 'none' } : { method: 'basic', ...login }
}
