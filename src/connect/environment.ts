/**
 * Reads settings from environment variables. A bad value stops the start with the variable, the value and what was
 * expected; secrets are registered for masking the moment they are read.
 * @module
 */
import { readFile } from 'node:fs/promises'
import { ReconcileError } from '../errors.ts'
import { registerSecret } from '../secrets/mask.ts'
import { parseDuration } from '../time/duration.ts'

/** A secret given inline or as a mounted file; a file is read again at every call, so that rotation is seen. */
export interface Secret {
  /** The value; one trailing newline of a file is trimmed. Throws VARIABLE_INVALID when the file cannot be read. */
  read(): Promise<string>
}

/** A mounted file named by a variable. */
export interface MountedFile {
  readonly path: string
  /** The content as text. Throws VARIABLE_INVALID when it cannot be read. */
  read(): Promise<string>
}

export class Environment {
  readonly #variables: Readonly<Record<string, string | undefined>>
  readonly #flags: Readonly<Record<string, string>>

  /** `flags` names the flag a variable's value came from, for the messages. */
  constructor(
    variables: Readonly<Record<string, string | undefined>> = process.env,
    flags: Readonly<Record<string, string>> = {}
  ) {
    this.#variables = variables
    this.#flags = flags
  }

  /** The value, or undefined when the variable is unset or empty. */
  text(name: string): string | undefined {
    const value = this.#variables[name]
    return value === undefined || value === '' ? undefined : value
  }

  /** The value, refused with `example` when it is missing. */
  required(name: string, example: string): string {
    return this.text(name) ?? refuse(name, undefined, 'a value', example)
  }

  /** One of the listed values. */
  oneOf<const T extends string>(name: string, values: readonly T[], fallback: T): T {
    const value = this.text(name) ?? fallback
    return (
      values.find((candidate) => candidate === value) ??
      refuse(this.#flags[name] ?? name, value, `one of ${values.join(', ')}`, fallback)
    )
  }

  /** A duration with a unit, in milliseconds. */
  duration(name: string, fallback: string): number {
    const value = this.text(name) ?? fallback
    return (
      parseDuration(value) ??
      refuse(this.#flags[name] ?? name, value, 'a duration with a unit, greater than zero', '30s, 1m30s or 500ms')
    )
  }

  /**
   * The deadline of one request to the service, in milliseconds: `REQUEST_TIMEOUT`, which each plugin has to keep
   * itself.
   */
  requestTimeout(): number {
    return this.duration('REQUEST_TIMEOUT', '10s')
  }

  /** A whole number between `min` and `max`. */
  integer(name: string, fallback: number, min: number, max: number): number {
    const value = this.text(name) ?? String(fallback)
    const number = /^\d{1,9}$/.test(value) ? Number(value) : Number.NaN
    return number >= min && number <= max
      ? number
      : refuse(this.#flags[name] ?? name, value, `a whole number from ${min} to ${max}`, String(fallback))
  }

  /** `NAME` inline or `NAME_FILE` as a path; undefined when neither is set, refused when both are. */
  secret(name: string): Secret | undefined {
    const inline = this.text(name)
    const file = this.file(`${name}_FILE`)
    if (inline !== undefined && file !== undefined) {
      return refuse(`${name}_FILE`, file.path, `either ${name} or ${name}_FILE`, `unset ${name}`)
    }
    if (inline !== undefined) {
      registerSecret(inline)
      return { read: () => Promise.resolve(inline) }
    }
    return file && { read: async () => remember((await file.read()).replace(/\r?\n$/, ''), `${name}_FILE`) }
  }

  /** A file named by a variable. */
  file(name: string): MountedFile | undefined {
    const path = this.text(name)
    if (path === undefined) return undefined
    const read = async (): Promise<string> => {
      try {
        return await readFile(path, 'utf8')
      } catch (error) {
        throw new ReconcileError(
          'VARIABLE_INVALID',
          `${name}: expected a readable file, found "${path}" (${reason(error)})`,
          { cause: error }
        )
      }
    }
    return { path, read }
  }
}

function remember(secret: string, source: string): string {
  registerSecret(secret, source)
  return secret
}

function reason(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : String(error)
}

/** Throws VARIABLE_INVALID in the one form all bad variables are reported in. */
export function refuse(name: string, value: string | undefined, expected: string, example: string): never {
  const found = value === undefined ? 'it is not set' : `found "${value}"`
  throw new ReconcileError('VARIABLE_INVALID', `${name}: expected ${expected}, ${found}; for example ${example}`)
}
