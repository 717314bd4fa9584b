/**
 * An index that clients write to all the while: no change in place and no move of an alias costs them a write.
 */
import assert from 'node:assert/strict'
import type { Json } from '../../../src/records.ts'
import { rounds } from '../../rounds.ts'
import {
  elasticsearchVersions,
  eventually,
  openScene,
  serverOrSkip,
  type Access,
  type Hand,
  type Scene
} from './harness.ts'
import { openLine, told } from './line.ts'

const writers = 3
/** How often everything changes. */
const moves = rounds(3, 30)

/** Clients that write one document after the other through a name until they are stopped. */
class Writing {
  readonly #stopping = new AbortController()
  readonly #clients: Promise<unknown>
  /** Answers other than a success, as they came. */
  readonly failures: unknown[] = []
  written = 0

  constructor(hand: Hand, name: string) {
    this.#clients = Promise.all(Array.from({ length: writers }, (_, client) => this.#write(hand, name, client)))
  }

  async #write(hand: Hand, name: string, client: number): Promise<void> {
    for (let at = 0; !this.#stopping.signal.aborted; at += 1) {
      const { status, body } = await hand.request('PUT', `/${name}/_create/${client}-${at}`, { sku: `s-${at}`, at })
      if (status === 201) this.written += 1
      else this.failures.push({ status, body })
    }
  }

  /** Waits until each client has surely written since now. */
  async goesOn(): Promise<void> {
    const enough = this.written + writers * 5
    await eventually(() => Promise.resolve(assert.ok(this.written + this.failures.length >= enough)))
  }

  async stop(): Promise<void> {
    this.#stopping.abort()
    await this.#clients
  }
}

for (const version of elasticsearchVersions.filter((each) => !each.includes('bare'))) {
  describe(`while clients write to ${version}`, function () {
    this.timeout(180_000)
    let server: Access
    let scene: Scene

    // A scene for each attempt: its documents have the same ids.
    beforeEach(async function () {
      server = await serverOrSkip(this, version)
      scene = await openScene(server)
    })

    it('settings, mappings and aliases change in place, an alias moves to and fro, and no write fails', async () => {
      const [one, two, alias] = [scene.name('w-1'), scene.name('w-2'), scene.name('w')]
      const line = openLine(server, scene)
      const index = (round: number): Json => ({
        settings: {
          number_of_replicas: 0,
          refresh_interval: `${round + 1}s`,
          'mapping.total_fields.limit': 1_000 + round,
          priority: round
        },
        mappings: {
          _meta: { round },
          properties: {
            sku: { type: 'keyword', ignore_above: 100 + round },
            at: { type: 'long' },
            [`new-${round}`]: { type: 'text', fields: { raw: { type: 'keyword' } } }
          }
        },
        aliases: { [`${alias}-part-${round}`]: { filter: { term: { sku: `s-${round}` } } } }
      })
      const declare = (round: number): void =>
        line.declare({
          indices: { [one]: index(round), [two]: index(round) },
          aliases: { [alias]: { [round % 2 === 0 ? one : two]: { is_write_index: true } } }
        })
      declare(0)
      await line.apply()

      const writing = new Writing(scene.hand, alias)
      try {
        for (let round = 1; round <= moves; round += 1) {
          declare(round)
          const report = await line.apply()
          for (const name of [one, two, alias]) assert.deepEqual(told(report, name), ['keep unchanged'])
          await writing.goesOn()
        }
      } finally {
        await writing.stop()
      }
      assert.deepEqual(writing.failures, [])
      for (const name of [one, two]) await scene.hand.refresh(name)
      const counts = await Promise.all([one, two].map((name) => scene.hand.count(name)))
      assert.ok(
        counts.every((found) => found > 0),
        `the alias should have stood for both: ${counts.join(', ')}`
      )
      assert.equal(
        counts.reduce((all, found) => all + found, 0),
        writing.written
      )
      const live = await scene.hand.index(one)
      assert.equal(live?.settings['index.refresh_interval'], `${moves + 1}s`)
      assert.equal(Object.keys(live.aliases).filter((each) => each.startsWith(`${alias}-part-`)).length, moves + 1)
    })
  })
}
