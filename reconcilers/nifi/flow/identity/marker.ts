/**
 * What we write into the comments of a process group: who owns it, which flow it is, and what it was when it was last seen
 * as declared. All that is remembered: a restart finds it there.
 * @module
 */

export interface Marker {
  readonly owner: string
  /** The name of the item, whatever the group is called now. */
  readonly flow: string
  /** Digest of the declared definition that was last written. */
  readonly desired?: string
  /** Digest of the group as it was right after that, when NiFi had taken it as a whole; absent: unfinished. */
  readonly live?: string
  /** Since when its feeders are held back so that queues run empty, in ms since the epoch; absent: nothing is being drained. */
  readonly drain?: number
  /** Live ids of components we stopped for a write, where the declaration does not say that they run. */
  readonly stopped?: readonly string[]
}

/** Comments as people see them, and the marker at their end. */
export interface Comments {
  readonly text: string
  readonly marker?: Marker
}

const line = /(?:^|\n)\[infometis((?: [a-z]+=[^\s\]]*)*)\]\s*$/

/** Reads comments as NiFi holds them. A line that is no complete marker is a person's text. Pure and total. */
export function readComments(comments: string): Comments {
  const found = line.exec(comments)
  if (found === null) return { text: comments }
  const fields = new Map(
    (found[1] ?? '')
      .trim()
      .split(' ')
      .map((field) => splitField(field))
  )
  const [owner, flow] = [fields.get('owner'), fields.get('flow')]
  if (owner === undefined || flow === undefined) return { text: comments }
  const [desired, live, stopped] = [fields.get('desired'), fields.get('live'), fields.get('stopped')]
  const drain = Number(fields.get('drain') ?? Number.NaN)
  const digests = { ...(desired && { desired }), ...(live && { live }) }
  const halted = { ...(Number.isFinite(drain) && { drain }), ...(stopped && { stopped: stopped.split(',') }) }
  return { text: comments.slice(0, found.index), marker: { owner, flow, ...digests, ...halted } }
}

/** Comments as they are written: the marker is the last line. The inverse of `readComments`. Pure. */
export function writeComments(text: string, { owner, flow, desired, live, drain, stopped }: Marker): string {
  const values = { owner, flow, desired, live, drain: drain?.toString(), stopped: stopped?.join(',') || undefined }
  const fields = Object.entries(values).flatMap(([name, value]) =>
    value === undefined ? [] : [`${name}=${encode(value)}`]
  )
  return `${text}${text === '' ? '' : '\n'}[infometis ${fields.join(' ')}]`
}

/** Spaces and brackets would end a field or the marker. */
function encode(value: string): string {
  return encodeURIComponent(value).replaceAll(/['()*!]/g, (char) => `%${char.charCodeAt(0).toString(16).toUpperCase()}`)
}

function splitField(field: string): [string, string] {
  const at = field.indexOf('=')
  return [field.slice(0, at), decode(field.slice(at + 1))]
}

function decode(value: string): string {
  try {
    return decodeURIComponent(value)
  } catch {
    return value
  }
}
