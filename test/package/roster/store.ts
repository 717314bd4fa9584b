/**
 * A small service behind HTTP, as somebody may have one: teams, whose members have no order, and badges, which are
 * printed once and cannot be changed.
 * @module
 */
import { randomUUID } from 'node:crypto'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { createServer as createSecureServer } from 'node:https'
import { json } from 'node:stream/consumers'
import { setTimeout as sleep } from 'node:timers/promises'
import { z } from '../../../src/index.ts'

interface Team {
  members: ReadonlySet<string>
  note: string
}

export interface StoreOptions {
  /** `user:password`; anybody may do anything without. */
  readonly login?: string | undefined
  /** How long a badge is being printed, in ms. Default 0: it is there with the answer. */
  readonly printMs?: number
  /** PEM texts; plain HTTP without. */
  readonly tls?: { readonly cert: string; readonly key: string }
}

const longestNote = 100
const teamShape = z.object({ members: z.array(z.string()).optional(), note: z.string().optional() })
const badgeShape = z.object({ label: z.string() })

export class Store {
  readonly id = randomUUID()
  readonly teams = new Map<string, Team>()
  readonly badges = new Map<string, unknown>()
  readonly #options: StoreOptions
  readonly #server
  /** How many were answered so far. */
  requests = 0
  #stalled = false

  constructor(options: StoreOptions = {}) {
    this.#options = options
    const serve = (request: IncomingMessage, response: ServerResponse): void => void this.#serve(request, response)
    this.#server = options.tls ? createSecureServer(options.tls, serve) : createServer(serve)
  }

  /** On a free port; its address. */
  async open(): Promise<string> {
    const { promise, resolve } = Promise.withResolvers<void>()
    this.#server.listen(0, '127.0.0.1', resolve)
    await promise
    const address = this.#server.address()
    const port = typeof address === 'object' ? address?.port : undefined
    return `${this.#options.tls ? 'https' : 'http'}://127.0.0.1:${port}`
  }

  /** Requests get no answer from now on. */
  stall(): void {
    this.#stalled = true
  }

  close(): void {
    this.#server.closeAllConnections()
    this.#server.close()
  }

  /** All that it holds, as its clients see it. */
  contents(): { readonly teams: object; readonly badges: object } {
    const teams = [...this.teams].map(
      ([name, { members, note }]) => [name, { members: [...members].toReversed(), note }] as const
    )
    return { teams: Object.fromEntries(teams), badges: Object.fromEntries(this.badges) }
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    this.requests += 1
    const body = request.method === 'GET' ? undefined : await json(request)
    if (this.#stalled) return
    const [status, answer] = this.#isAllowed(request) ? this.#answer(request, body) : [401, { error: 'who are you?' }]
    response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(answer))
  }

  #isAllowed({ headers }: IncomingMessage): boolean {
    const { login } = this.#options
    return login === undefined || headers.authorization === `Basic ${Buffer.from(login).toString('base64')}`
  }

  #answer({ method, url = '/' }: IncomingMessage, body: unknown): readonly [number, object] {
    const [, collection, encoded] = url.split('/')
    if (method === 'GET') return [200, collection === 'id' ? { id: this.id } : this.contents()]
    const name = decodeURIComponent(encoded ?? '')
    return collection === 'badges' ? this.#print(name, body) : this.#write(method === 'POST', name, body)
  }

  #write(isNew: boolean, name: string, body: unknown): readonly [number, object] {
    const { members, note } = teamShape.parse(body)
    if (note !== undefined && note.length > longestNote)
      return [422, { error: `a note has at most ${longestNote} characters` }]
    if (isNew && this.teams.has(name)) return [409, { error: 'there is one' }]
    const team = this.teams.get(name)
    this.teams.set(name, { members: new Set(members ?? team?.members), note: note ?? team?.note ?? '' })
    return [200, {}]
  }

  #print(name: string, body: unknown): readonly [number, object] {
    if (badgeShape.parse(body).label === '') return [422, { error: 'an empty badge cannot be printed' }]
    if (this.badges.has(name)) return [409, { error: 'it is printed' }]
    const { printMs = 0 } = this.#options
    if (printMs === 0) this.badges.set(name, body)
    else void sleep(printMs).then(() => this.badges.set(name, body))
    return [printMs === 0 ? 200 : 202, {}]
  }
}
