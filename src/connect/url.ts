/**
 * Reads a URL that may carry a user and a password. What is refused is shown without them.
 * @module
 */
import { registerSecret } from '../secrets/mask.ts'
import { refuse } from './environment.ts'

/** The variable a URL comes from, for the messages. */
export interface UrlVariable {
  readonly name: string
  /** What it takes, e.g. `one http or https URL`. */
  readonly expected: string
  readonly example: string
}

/** A user and a password as they were written, decoded. */
export interface UrlLogin {
  readonly username: string
  readonly password: string
}

/** A URL apart from what was written in front of its host. */
export interface ParsedUrl {
  /** http or https, without credentials, query and fragment. */
  readonly url: URL
  readonly login: UrlLogin | undefined
}

/** One URL; its password is masked from then on. Throws VARIABLE_INVALID, in whose message no credential is. */
export function parseUrl(text: string, variable: UrlVariable): ParsedUrl {
  const shown = text.replace(/^([a-z][a-z0-9+.-]*:\/\/)?.*@/is, '$1******@')
  const wrong = (expected: string): never => refuse(variable.name, shown, expected, variable.example)
  const url = URL.canParse(text) ? new URL(text) : undefined
  if (url === undefined || (url.protocol !== 'http:' && url.protocol !== 'https:') || url.hostname.includes(',')) {
    return wrong(variable.expected)
  }
  if (url.search !== '' || url.hash !== '') wrong('a URL without a query')
  // The rest of a password with a slash in it, and what stands before it would be asked for as a host.
  if (url.pathname.includes('@')) wrong('a password in a URL with / ? # % written as %2F %3F %23 %25')
  const [username, password] = [url.username, url.password].map(
    (part) => decoded(part) ?? wrong('a % in the user or password of a URL written as %25')
  )
  if ((username === '') !== (password === '')) wrong('both a user and a password in a URL, or neither')
  url.username = ''
  url.password = ''
  if (username === undefined || username === '' || password === undefined) return { url, login: undefined }
  registerSecret(password)
  return { url, login: { username, password } }
}

function decoded(encoded: string): string | undefined {
  try {
    return decodeURIComponent(encoded)
  } catch {
    return undefined
  }
}
