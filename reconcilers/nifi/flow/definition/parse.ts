/**
 * Reads a flow definition, as NiFi's "Download flow definition" writes it.
 * @module
 */
import { gunzipSync } from 'node:zlib'
import {
  type Json,
  type Node,
  parseDocument,
  placeOf,
  type Problem,
  ReconcileError,
  toValue
} from '../../../../src/plugin.ts'
import { toJson } from '../../json.ts'
import type { Content } from './model.ts'
import { shapeOf, type Misfit } from './shape.ts'

/** Bytes of all files of a ConfigMap together, and so of a definition as it is mounted. Source: Kubernetes. */
const mostMounted = 1024 * 1024
/** Bytes of a definition unpacked; the largest seen have a few. A small archive can unpack to anything. */
const mostUnpacked = 64 * 1024 * 1024
/** More of the same kind help nobody. */
const mostProblems = 20

/**
 * A definition from a file of the mount, plain or gzip whatever it is called. Throws CONFIG_INVALID with file, line, path,
 * what was expected and what was found. Pure.
 */
export function parseDefinition(bytes: Uint8Array, file: string): Content {
  const fail = (problems: readonly Problem[]): never => {
    const [first] = problems
    throw new ReconcileError(
      'CONFIG_INVALID',
      `${file}: ${first === undefined ? 'no flow definition' : inWords(first)}`,
      { problems: problems.slice(0, mostProblems) }
    )
  }
  const whole = (code: string, message: string): Problem => ({
    severity: 'error',
    file,
    line: 1,
    column: 1,
    path: '',
    code,
    message
  })
  if (bytes.length > mostMounted)
    return fail([
      whole(
        'SIZE',
        `expected at most 1 MiB, which is what a ConfigMap holds, found ${kibibytes(bytes)}; mount it as .flow.json.gz`
      )
    ])
  const plain = unpack(bytes)
  if (typeof plain === 'string') return fail([whole('GZIP', plain)])
  if (isXml(plain)) return fail([whole('DEFINITION', xmlFound)])
  // Only a .json file is held to JSON, and a packed one is none less.
  const parsed = parseDocument(file.replace(/(?:\.json)?(?:\.gz)?$/, '.json'), plain)
  if (parsed.problems !== undefined) return fail(parsed.problems.map((problem) => ({ ...problem, file })))
  const content = shapeOf(toJson(toValue(parsed.root, 'written')))
  return isContent(content)
    ? content
    : fail(content.map((misfit) => ({ ...problemOf(misfit), ...placeIn(parsed.root, misfit.path), file })))
}

/** A definition that stands in a file of ours. Throws CONFIG_INVALID; `where` is said first. Pure. */
export function contentOf(json: Json, where: string): Content {
  const content = shapeOf(json)
  if (isContent(content)) return content
  const more = content.length > 1 ? ` (and ${content.length - 1} more)` : ''
  const [first] = content
  const said = first === undefined ? 'no flow definition' : sayMisfit(first)
  throw new ReconcileError('CONFIG_INVALID', `${[where, ...(first?.path ?? [])].join('.')}: ${said}${more}`)
}

/** The JSON that was packed; a text says why there is none. */
function unpack(bytes: Uint8Array): Uint8Array | string {
  if (bytes[0] !== 0x1f || bytes[1] !== 0x8b) return bytes
  try {
    return gunzipSync(bytes, { maxOutputLength: mostUnpacked })
  } catch (error) {
    const isLarge = error instanceof RangeError
    return isLarge
      ? 'expected at most 64 MiB unpacked, found more'
      : 'expected a whole gzip archive, found one that is broken or cut off'
  }
}

const xmlFound =
  'expected a flow definition in JSON, found XML; a template of NiFi 1 is none: put it on a canvas and take "Download flow definition"'

/** Behind spaces and a mark of the byte order. */
function isXml(bytes: Uint8Array): boolean {
  return /^\s*</.test(Buffer.from(bytes.subarray(0, 100)).toString().replace('\ufeff', ''))
}

function isContent(shape: Content | readonly Misfit[]): shape is Content {
  return 'group' in shape
}

function problemOf({ path, ...misfit }: Misfit): Pick<Problem, 'severity' | 'path' | 'code' | 'message'> {
  return { severity: 'error', path: path.join('.'), code: 'DEFINITION', message: sayMisfit({ path, ...misfit }) }
}

function sayMisfit({ expected, found }: Misfit): string {
  return `expected ${expected}, found ${found}`
}

function placeIn(root: Node, path: readonly string[]): Pick<Problem, 'line' | 'column'> {
  const { line, column } = placeOf(root, path)
  return { line, column }
}

function inWords({ line, path, message }: Problem): string {
  return `line ${line}${path === '' ? '' : `, ${path}`}: ${message}`
}

function kibibytes({ length }: Uint8Array): string {
  return `${Math.ceil(length / 1024)} KiB`
}
