/**
 * Values of parameters that stand in files of their own.
 * @module
 */
import { readFile, stat } from 'node:fs/promises'
import { isAbsolute } from 'node:path'
import { deepestMessage, ReconcileError, registerSecret } from '../../../src/plugin.ts'
import { mask } from './mask.ts'
import type { ContextSpec, ParameterSpec } from './schema.ts'

const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })

/** How the names of files of the mount end that may hold a value; others of the mount belong to nothing, or to other kinds. */
export const valueFileEndings = ['.parameter', '.txt', '.pem', '.crt', '.key'] as const

/**
 * The spec with the content of every file of the mount it names; absolute files are left for observing. Throws
 * CONFIG_INVALID for a name that no file with a value has, and naming a file that is not there or is no text. Pure.
 */
export function attachFiles(spec: ContextSpec, files: ReadonlyMap<string, Uint8Array>): ContextSpec {
  const parameters = Object.entries(spec.parameters).map(([name, parameter]) => [
    name,
    parameter && attachFile(name, parameter, files)
  ])
  return { ...spec, parameters: Object.fromEntries(parameters) }
}

function attachFile(name: string, parameter: ParameterSpec, files: ReadonlyMap<string, Uint8Array>): ParameterSpec {
  const { source } = parameter
  if (!('file' in source) || isAbsolute(source.file)) return parameter
  if (!valueFileEndings.some((ending) => source.file.endsWith(ending))) {
    const expected = `an absolute path, or a file beside this one whose name ends with ${valueFileEndings.join(', ')}`
    // It may be the value itself, put where its file belongs.
    throw new ReconcileError(
      'CONFIG_INVALID',
      `parameter "${name}": expected in "valueFrom" ${expected}; found something else, which is not shown`
    )
  }
  const bytes = files.get(source.file.replace(/^\.\//, ''))
  if (bytes === undefined)
    throw invalid(
      name,
      source.file,
      'no such file in the directory of the configuration; write an absolute path for a file elsewhere'
    )
  return { ...parameter, source: { ...source, content: textOf(name, source.file, bytes) } }
}

/**
 * What a parameter is to be given; null: no value. Re-reads an absolute file, and has a sensitive value masked from then
 * on. Throws CONFIG_INVALID naming the file.
 */
export async function readValue(name: string, { source, sensitive }: ParameterSpec): Promise<string | null> {
  const value =
    'value' in source ? source.value : (source.content ?? textOf(name, source.file, await readBytes(name, source.file)))
  const rotates = 'file' in source && source.content === undefined
  if (sensitive && value !== null) registerSecret(value, rotates ? source.file : '')
  return value
}

async function readBytes(name: string, path: string): Promise<Uint8Array> {
  try {
    // Asked first because opening a named pipe would wait for its writer for ever.
    if ((await stat(path)).isFile()) return await readFile(path)
  } catch (error) {
    throw invalid(name, path, reasonOf(error), error)
  }
  throw invalid(name, path, 'something else, such as a directory')
}

/** Codes of the system say little to who meets them for the first time. */
function reasonOf(error: unknown): string {
  const code = error instanceof Error && 'code' in error ? String(error.code) : undefined
  if (code === 'ENOENT') return 'no such file (ENOENT); mount it, from a Secret say'
  if (code === 'EACCES') return 'one that may not be read (EACCES)'
  return code ?? deepestMessage(error)
}

/** One newline at the end is an editor's, not the value's. */
function textOf(name: string, file: string, bytes: Uint8Array): string {
  let text: string
  try {
    text = decoder.decode(bytes).replace(/\r?\n$/, '')
  } catch (error) {
    throw invalid(name, file, 'bytes that are no UTF-8 text', error)
  }
  if (text === mask) throw invalid(name, file, `${mask}, which is what NiFi shows in place of a value`)
  return text
}

function invalid(name: string, file: string, found: string, cause?: unknown): ReconcileError {
  return new ReconcileError(
    'CONFIG_INVALID',
    `parameter "${name}": expected a file with its value at "${file}", found ${found}`,
    { cause }
  )
}
