/**
 * Finds known secrets in a text, in time that grows with the text and not with how many there are.
 * @module
 */

/** A part of a text, `to` not included. */
export interface Span {
  readonly from: number
  readonly to: number
}

/** Shorter ones are ordinary words too often to be hidden wherever they appear. */
const shortest = 4

export class SecretFinder {
  /** By a hash of their first characters. */
  readonly #byStart = new Map<number, Bucket>()
  readonly #short = new Set<string>()
  #shortPattern: RegExp | undefined

  constructor(secrets: Iterable<string> = []) {
    for (const secret of secrets) this.add(secret)
  }

  /** As it is, as it stands in a URL and as it stands in JSON. */
  add(secret: string): void {
    for (const form of new Set([
      secret,
      encodeURIComponent(secret.toWellFormed()),
      JSON.stringify(secret).slice(1, -1)
    ]))
      this.#addForm(form)
  }

  /**
   * Where secrets are, in order and apart; secrets that overlap are one span, so that nothing of either is left. One of
   * fewer than 4 characters is found where it is the whole text, in quotes, or the value behind a `=`.
   */
  find(text: string): readonly Span[] {
    if (this.#short.has(text)) return [{ from: 0, to: text.length }]
    const spans: Span[] = []
    for (let from = 0; from + shortest <= text.length; from += 1) {
      const secret = this.#byStart.get(startOf(text, from))?.longestAt(text, from)
      if (secret !== undefined) spans.push({ from, to: from + secret.length })
    }
    return apart(
      this.#shortPattern === undefined
        ? spans
        : [...spans, ...shortSpans(text, this.#shortPattern)].toSorted((a, b) => a.from - b.from)
    )
  }

  #addForm(form: string): void {
    if (form.length < shortest) {
      this.#short.add(form)
      const words = [...this.#short].map((word) => word.replaceAll(/[$()*+./?[\\\]^{|}-]/g, String.raw`\$&`)).join('|')
      this.#shortPattern = new RegExp(
        String.raw`(?<=(\\?["'\u0060]))(?:${words})(?=\1)|(?<==)(?:${words})(?![^\s,;&)}\]])`,
        'g'
      )
      return
    }
    const start = startOf(form, 0)
    const bucket = this.#byStart.get(start) ?? new Bucket()
    this.#byStart.set(start, bucket)
    bucket.add(form)
  }
}

/** Secrets that begin alike. */
class Bucket {
  readonly #forms = new Set<string>()
  /** Longest first; undefined until it is asked for again. */
  #sorted: readonly string[] | undefined

  add(form: string): void {
    this.#forms.add(form)
    this.#sorted = undefined
  }

  longestAt(text: string, from: number): string | undefined {
    this.#sorted ??= [...this.#forms].toSorted((a, b) => b.length - a.length)
    return this.#sorted.find((form) => text.startsWith(form, from))
  }
}

/** A hash of the first `shortest` characters. */
function startOf(text: string, at: number): number {
  let hash = 0
  for (let index = at; index < at + shortest; index += 1) hash = (hash * 31 + text.charCodeAt(index)) % 0x7f_ff_ff_ff
  return hash
}

function shortSpans(text: string, pattern: RegExp): readonly Span[] {
  return [...text.matchAll(pattern)].map(({ index, 0: found }) => ({ from: index, to: index + found.length }))
}

/** Spans in order of their start; those that overlap become one. */
function apart(spans: readonly Span[]): readonly Span[] {
  const merged: Span[] = []
  for (const span of spans) {
    const last = merged.at(-1)
    if (last !== undefined && span.from < last.to) {
      merged[merged.length - 1] = { from: last.from, to: Math.max(last.to, span.to) }
    } else merged.push(span)
  }
  return merged
}
