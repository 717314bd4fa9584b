/**
 * What we write at the end of a description: whose a parameter context is, and which secret a parameter was given last.
 * @module
 */

/** A description as people wrote it, and the fields of our line below it; undefined when it ends without one. */
export interface Described {
  readonly text: string
  readonly fields: ReadonlyMap<string, string> | undefined
}

const line = /(?:^|\n)\[infometis((?: [a-z]+=[^\s\]]+)+)\]\s*$/

/** Reads a description as NiFi holds it. What is no complete line of ours is a person's text. Pure and total. */
export function readDescription(description: string): Described {
  const found = line.exec(description)
  if (found === null) return { text: description, fields: undefined }
  const fields = (found[1] ?? '')
    .trim()
    .split(' ')
    .map((field): [string, string] => {
      const at = field.indexOf('=')
      return [field.slice(0, at), decoded(field.slice(at + 1))]
    })
  return { text: description.slice(0, found.index), fields: new Map(fields) }
}

/** A description as it is written; without a value there is no line of ours. The inverse of `readDescription`. Pure. */
export function writeDescription(text: string, field: 'owner' | 'digest', value: string | undefined): string {
  if (value === undefined) return text
  return `${text}${text === '' ? '' : '\n'}[infometis ${field}=${encoded(value)}]`
}

/** Spaces and brackets would end a field or the line. */
function encoded(value: string): string {
  return encodeURIComponent(value)
}

function decoded(value: string): string {
  try {
    return decodeURIComponent(value)
  } catch {
    return value
  }
}
