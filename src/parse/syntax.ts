/**
 * The parser's errors → one sentence for the author of the file: the first cause and not what follows from it. The
 * file is never quoted beyond a sign or two, because what stands there may be a secret.
 * @module
 */
import { isCollection, isScalar, visit, type Document, type Range } from 'yaml'

/** What is wrong and where. */
export interface SyntaxFinding {
  /** From the start of the text. */
  readonly offset: number
  readonly message: string
}

interface ParserError {
  readonly code: string
  readonly message: string
  readonly pos: readonly [number, number]
}

/** Text that stands there for a reason people know, wherever the parser stumbled over it. */
const conflictMarker = /^(?:<{7}|>{7})(?: |$)/m
/** Conventions differ on where a closing bracket stands; what it closes is not in doubt. */
const harmless = 'Flow end indicator should be more indented than parent'
/** JSON's scalars are not met. */
const bareText = 'Unresolved plain scalar'
/** The parser's own recursion ended. */
const tooDeep = /call stack/

/**
 * For a value such as `#{size}` without quotes: it begins a comment, and nothing or half of the value would be left. On a line
 * of its own it may be an entry somebody has put out of use.
 */
export const commentMessage =
  'expected quotes around a value with "#{" in it, found none: " #" begins a comment, and the rest of the line is left out; write "#{…}"'

/** Whether what is behind a scalar that ends at `end` looks like the rest of it. Pure. */
export function isFollowedByComment(text: string, end: number): boolean {
  return /^[ \t]*#\{/.test(text.slice(end, end + 100))
}

/** The first cause why a document cannot be read, undefined when it can. Pure. */
export function findSyntaxError(document: Document.Parsed, text: string, isJson: boolean): SyntaxFinding | undefined {
  const all: readonly ParserError[] = [...document.errors, ...document.warnings]
  const errors = all.filter(({ message }) => message !== harmless)
  const deep = errors.find(({ message }) => tooDeep.test(message))
  if (deep !== undefined) return { offset: deep.pos[0], message: nestingMessage }
  const first = errors.reduce<ParserError | undefined>(
    (least, error) => (least === undefined || comesBefore(error, least, isJson) ? error : least),
    undefined
  )
  const runaway = isJson ? firstLongQuote(document, text) : undefined
  if (runaway !== undefined && (first === undefined || runaway <= first.pos[0])) {
    return {
      offset: runaway,
      message: 'expected a closing quote on the line of the opening one, found the end of the line'
    }
  }
  if (first === undefined) return undefined
  const conflict = conflictMarker.exec(text)
  if (conflict !== null)
    return {
      offset: conflict.index,
      message: 'expected a merged file, found a conflict marker of git; resolve the conflict'
    }
  return explain(first, document, text)
}

/** For what is nested too deep, found by the parser or by us. */
export const nestingMessage = 'expected at most 100 levels of nesting, found more; flatten the file'

/** At the same place, text without quotes is what went wrong in JSON, a line that runs on in YAML. */
function comesBefore(a: ParserError, b: ParserError, isJson: boolean): boolean {
  if (a.pos[0] !== b.pos[0]) return a.pos[0] < b.pos[0]
  const isCause = ({ code, message }: ParserError): boolean =>
    isJson ? message.startsWith(bareText) : code === 'MULTILINE_IMPLICIT_KEY'
  return isCause(a) && !isCause(b)
}

/** JSON has no text over several lines: where one stands, a quote is missing at its start. */
function firstLongQuote(document: Document.Parsed, text: string): number | undefined {
  let found: number | undefined
  visit(document, {
    Scalar: (_key, { type, range }) => {
      if (range === null || range === undefined || (type !== 'QUOTE_DOUBLE' && type !== 'QUOTE_SINGLE'))
        return undefined
      if (!text.slice(range[0], range[1]).includes('\n')) return undefined
      found = range[0]
      return visit.BREAK
    }
  })
  return found
}

function explain(error: ParserError, document: Document.Parsed, text: string): SyntaxFinding {
  const [offset] = error.pos
  if (error.message.startsWith(bareText)) return explainBareText(offset, text)
  if (error.message.startsWith('Missing closing')) {
    const message = 'expected a closing quote for the text that starts here, found the end of the file'
    return { offset: startOfUnclosed(document, offset), message }
  }
  const closing = /must (?:be sufficiently indented and )?end with a ([\]}])/.exec(error.message)?.[1]
  if (closing !== undefined) {
    const opened = lineOf(text, startOfUnclosed(document, offset))
    return {
      offset,
      message: `expected "${closing}" to close the ${closing === '}' ? 'object' : 'list'} of line ${opened}, found ${foundAt(text, offset)}`
    }
  }
  const [, expected = 'valid YAML or JSON'] =
    expectations.find(([pattern]) => pattern.test(`${error.code} ${error.message}`)) ?? []
  return { offset, message: `expected ${expected}, found ${foundAt(text, offset)}` }
}

/** JSON wants quotes: what stands without them tells what was meant. */
function explainBareText(offset: number, text: string): SyntaxFinding {
  const rest = text.slice(offset, offset + 500)
  const value = /^(?:-?\d[\d.eE+-]*|true|false|null)\s+(?=\S)/.exec(rest)?.[0]
  if (value !== undefined) {
    const next = offset + value.length
    return {
      offset: next,
      message: `expected a comma or a closing bracket after the value, found ${foundAt(text, next)}`
    }
  }
  const [, reason] = bareTexts.find(([pattern]) => pattern.test(rest)) ?? []
  if (reason !== undefined) return { offset, message: reason }
  const blank = rest.length - rest.trimStart().length
  const isMissing = /^\s*(?:[,}\]#]|$)/.test(rest)
  if (isMissing) return { offset: offset + blank, message: `expected a value, found ${foundAt(text, offset + blank)}` }
  return {
    offset,
    message:
      'expected text in double quotes, a number, true, false, null, a list or an object, found text without quotes'
  }
}

const bareTexts: readonly (readonly [RegExp, string])[] = [
  [/^\$\{/, 'expected a value, found "${": a variable that nothing has replaced'],
  [/^\/[/*]/, 'expected an entry, found "/": comments start with "#"'],
  [/^[-+]?0\d/, 'expected a number without leading zeros, found one that begins with 0; write it without, or as text'],
  [/^[-+]?0[xob]/i, 'expected a decimal number, found another base'],
  [/^\+\d/, 'expected a number without "+", found one with it'],
  [/^[-+]?\.\d/, 'expected a digit before the decimal point, found none'],
  [/^[-+.]*(?:nan|inf(?:inity)?)\b/i, 'expected a number that can be written out, found NaN or infinity'],
  [/^-?\d/, 'expected a number or text in double quotes, found a number that goes on as text'],
  [/^[^\s,:{}[\]"#][^,:{}[\]"#\n]*:/, 'expected a name in double quotes, found one without']
]

/** By `CODE message` of the parser; the first that matches. */
const expectations: readonly (readonly [RegExp, string])[] = [
  [/^TAB_AS_INDENT/, 'spaces as indentation'],
  [/^BAD_INDENT All sequence items/, '"- " at the same indentation as in the entries above'],
  [/^BAD_INDENT/, 'the same indentation as in the lines above'],
  [
    /^MULTILINE_IMPLICIT_KEY/,
    '"key: value" on a line of its own (check for a missing ":" and the indentation of the next line)'
  ],
  [/^BLOCK_AS_IMPLICIT_KEY A block/, 'an entry without "- "'],
  [/^BLOCK_AS_IMPLICIT_KEY/, 'one value after ":" (quote it, or put it on lines of its own with deeper indentation)'],
  [/^BLOCK_IN_FLOW/, 'a comma or a closing bracket'],
  [/^MISSING_CHAR Missing , or :/, '":" or a comma'],
  [/^MISSING_CHAR Missing ,/, 'a comma between two entries'],
  [/^MISSING_CHAR Missing space after :/, 'a space after ":"'],
  [/^MISSING_CHAR Comments/, 'a space before "#"'],
  [/^MISSING_CHAR Implicit map keys/, '":" after the key'],
  [/^MISSING_CHAR Sequence item/, '"- " before the entry'],
  [/^UNEXPECTED_TOKEN Unexpected ,/, 'an entry before the comma'],
  [/^UNEXPECTED_TOKEN/, 'the end of the entry or of the file'],
  [/^BAD_DQ_ESCAPE/, 'an escape that JSON knows, or \\\\ for a backslash'],
  [/^(?:BAD_SCALAR_START|BAD_DIRECTIVE)/, 'quotes around text that starts with this sign'],
  [/^(?:BAD_ALIAS|MULTIPLE_ANCHORS|ALIAS_PROPS)/, 'quotes around text that starts with "*" or "&"'],
  [
    /^(?:TAG|BAD_COLLECTION_TYPE|MULTIPLE_TAGS|BAD_PROP_ORDER)/,
    'a value without a tag (quote text that starts with "!")'
  ],
  [/^KEY_OVER_1024_CHARS/, 'a key of at most 1024 characters']
]

/** Where the innermost value begins that ends at `end` because what closes it is missing. */
function startOfUnclosed(document: Document.Parsed, end: number): number {
  let start = end
  visit(document, {
    Node: (_key, node) => {
      const range: Range | null | undefined = isCollection(node) || isScalar(node) ? node.range : undefined
      if (range !== null && range !== undefined && range[1] === end && range[0] < end) start = range[0]
    }
  })
  return start
}

function lineOf(text: string, offset: number): number {
  return text.slice(0, offset).split('\n').length
}

const signNames: Readonly<Record<string, string>> = {
  '"': 'a double quote',
  "'": 'a single quote',
  '\t': 'a tab',
  '\n': 'the end of the line',
  '\r': 'the end of the line'
}

/** What stands at an offset, without quoting words. */
function foundAt(text: string, offset: number): string {
  const sign = String.fromCodePoint(text.codePointAt(offset) ?? 0x20)
  if (text.slice(offset).trim() === '') return 'the end of the file'
  const name = signNames[sign]
  if (name !== undefined) return name
  return /[\p{L}\p{N}\s_]/u.test(sign) ? 'text' : `"${sign}"`
}
