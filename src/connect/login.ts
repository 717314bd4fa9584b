/**
 * Reads the user and the password of a connection, from their variables or from its URL.
 * @module
 */
import { type Environment, type Secret, refuse } from './environment.ts'
import type { UrlLogin, UrlVariable } from './url.ts'

/** A user and his password, which may rotate. */
export interface Login {
  readonly username: string
  readonly password: Secret
}

/** Another credential that was given. */
export interface OtherCredential {
  readonly variable: string
  /** What to show of it; no secret. */
  readonly shown: string
  /** With its article, e.g. `an API key`. */
  readonly what: string
}

/** Where a login may be. */
export interface LoginPlaces {
  /** The names of its variables; `_FILE` behind that of the password names the file that holds it. */
  readonly username: string
  readonly password: string
  readonly url: UrlVariable
  /** What the URL held. */
  readonly inUrl: UrlLogin | undefined
  /** A credential that stands for a login. */
  readonly instead: OtherCredential | undefined
}

/** The login, undefined when none was given. Throws VARIABLE_INVALID for half a login and for two credentials. */
export function readLogin(
  environment: Environment,
  { username: userVariable, password: passwordVariable, url, inUrl, instead }: LoginPlaces
): Login | undefined {
  const username = environment.text(userVariable)
  const password = environment.secret(passwordVariable)
  const isGiven = username !== undefined || password !== undefined
  if (inUrl !== undefined && (isGiven || instead !== undefined)) {
    refuse(url.name, '******', 'no credentials beside those of other variables', url.example)
  }
  if (instead !== undefined && isGiven) {
    refuse(instead.variable, instead.shown, `either ${instead.what} or a user and a password`, `unset ${userVariable}`)
  }
  if (inUrl !== undefined)
    return { username: inUrl.username, password: { read: () => Promise.resolve(inUrl.password) } }
  if (!isGiven) return undefined
  if (username === undefined) refuse(userVariable, undefined, `a user, as ${passwordVariable} is set`, 'infometis')
  if (password === undefined) {
    refuse(
      passwordVariable,
      undefined,
      `a password or ${passwordVariable}_FILE`,
      `${passwordVariable}_FILE=/secrets/password`
    )
  }
  return { username, password }
}
