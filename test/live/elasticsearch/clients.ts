/**
 * Clients that write and search through an alias all the while something happens behind it.
 * @module
 */
import assert from 'node:assert/strict'
import { setTimeout as sleep } from 'node:timers/promises'
import { z } from 'zod'
import type { Hand } from './harness.ts'

/** What clients saw and did until they were stopped. */
export interface Traffic {
  /** Stops the clients; rejects with the first answer none of them may get. */
  stop(): Promise<void>
  /** Id → value of every document that is there when all writes are done. */
  readonly documents: ReadonlyMap<string, number>
  /** How often a write was refused and tried again. */
  readonly refused: number
}

const counted = z.object({ count: z.int(), _shards: z.object({ failed: z.literal(0) }) })

/**
 * Creates, overwrites and deletes documents one after the other, and counts: at least `least` are there at all times.
 * With `also`, every document is written to that index too, once it is there, and none is deleted.
 */
export function startTraffic(hand: Hand, alias: string, least: number, also?: string): Traffic {
  const stopping = new AbortController()
  const documents = new Map<string, number>()
  const traffic = { documents, refused: 0 }
  const write = async (method: string, index: string, id: string, body?: unknown): Promise<void> => {
    for (;;) {
      const answer = await hand.request(method, `/${index}/_doc/${id}`, body)
      if (answer.status < 300) return
      assert.equal(answer.status, 403, `${method} ${id}: ${answer.status} ${JSON.stringify(answer.body)}`)
      traffic.refused += 1
      await sleep(10)
    }
  }
  const writer = async (): Promise<void> => {
    for (let n = 0; !stopping.signal.aborted; n += 1) {
      const id = `w${n % 500}`
      await write('PUT', alias, id, { sku: id, n })
      if (also !== undefined && (await hand.index(also)) !== undefined) await write('PUT', also, id, { sku: id, n })
      documents.set(id, n)
      if (n % 7 !== 3 || also !== undefined) continue
      await write('DELETE', alias, id)
      documents.delete(id)
    }
  }
  const searcher = async (): Promise<void> => {
    while (!stopping.signal.aborted) {
      const { count } = counted.parse(await hand.must('GET', `/${alias}/_count`))
      assert.ok(count >= least, `${count} documents are seen through ${alias}, ${least} are there`)
      await sleep(5)
    }
  }
  const ended = Promise.all([writer(), searcher()])
  // Whoever stops them hears of it.
  ended.catch(() => undefined)
  return Object.assign(traffic, {
    stop: async () => {
      stopping.abort()
      await ended
    }
  })
}

const hits = z.object({
  hits: z.object({ hits: z.array(z.object({ _id: z.string(), _source: z.object({ n: z.int() }) })) })
})

/** Id → value of everything an alias finds; throws when an id is found twice. */
export async function readAll(hand: Hand, alias: string): Promise<ReadonlyMap<string, number>> {
  await hand.refresh(alias)
  const found = hits.parse(await hand.must('POST', `/${alias}/_search`, { size: 10_000 })).hits.hits
  const documents = new Map(found.map(({ _id, _source }) => [_id, _source.n]))
  assert.equal(documents.size, found.length, 'an id was found twice')
  return documents
}
