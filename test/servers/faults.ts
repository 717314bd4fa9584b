/**
 * What can go wrong between a client and an HTTP service, as data: orders for a FaultServer.
 * @module
 */
import type { OutgoingHttpHeaders } from 'node:http'

/** One way to treat a request. */
export type Fault = {
  /**
   * The target gets the request and does what it says, and only its answer is lost. A reset without this comes before
   * the body was read.
   */
  readonly reached?: boolean
} & (
  | { readonly kind: 'answer'; readonly status: number; readonly headers: OutgoingHttpHeaders; readonly body: string }
  | { readonly kind: 'reset' }
  | { readonly kind: 'hang' }
  /** Headers and the beginning of a body that never ends: a space every `everyMs`, or nothing any more. */
  | {
      readonly kind: 'unfinished'
      readonly status: number
      readonly headers: OutgoingHttpHeaders
      readonly body: string
      readonly everyMs?: number
    }
  /** Waits, and then treats the request as if nothing had been ordered. */
  | { readonly kind: 'hold'; readonly until: Promise<unknown> }
)

/** An answer with this value as JSON. */
export function json(status: number, value: unknown, headers: OutgoingHttpHeaders = {}): Fault {
  return {
    kind: 'answer',
    status,
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify(value)
  }
}

/** A page as web servers and proxies answer it. */
export function page(status: number, title: string, headers: OutgoingHttpHeaders = {}): Fault {
  const body = `<html>\r\n<head><title>${title}</title></head>\r\n<body><center><h1>${title}</h1></center></body>\r\n</html>\r\n`
  return { kind: 'answer', status, headers: { 'content-type': 'text/html; charset=utf-8', ...headers }, body }
}

/** Any answer; an empty body has no content type, as servers send it. */
export function answer(status: number, body = '', headers: OutgoingHttpHeaders = {}): Fault {
  return { kind: 'answer', status, headers: { 'content-length': Buffer.byteLength(body), ...headers }, body }
}

/** The connection is reset before the request was read, or after the target did what it says. */
export function reset({ reached = false } = {}): Fault {
  return { kind: 'reset', reached }
}

/** No answer, ever; `reached`: although the target did what the request says. */
export function hang({ reached = false } = {}): Fault {
  return { kind: 'hang', reached }
}

/** Headers, and a JSON body that ends in the middle of a text, by an orderly end of the answer. */
export function truncated(): Fault {
  return { kind: 'answer', status: 200, headers: { 'content-type': 'application/json' }, body: '{"name": "no' }
}

/** Headers, some of the body, and then nothing (or a space every `everyMs`), without an end. */
export function unfinished(everyMs?: number): Fault {
  const headers = { 'content-type': 'application/json' }
  return { kind: 'unfinished', status: 200, headers, body: '{"name": ', ...(everyMs === undefined ? {} : { everyMs }) }
}

/** Holds the request back until the promise is settled: the moment at which somebody else is faster. */
export function hold(until: Promise<unknown>): Fault {
  return { kind: 'hold', until }
}
