/**
 * Every key of a real broker has a row in the table, with the type the broker gives it.
 * @module
 */
import assert from 'node:assert/strict'
import type { ConfigEntry } from '../../../reconcilers/kafka/admin.ts'
import { clusterKeys, rowOf, topicKeys, type KeyTable } from '../../../reconcilers/kafka/config/keys/index.ts'
import { misfit, type ValueType } from '../../../reconcilers/kafka/config/types.ts'
import { clients, openScene, type Scene } from './harness.ts'

/** Protocol `config_type` → the types a row may have. A broker calls an enumeration a string. */
const types: Readonly<Record<number, readonly string[]>> = {
  1: ['boolean'],
  2: ['text', 'enum'],
  3: ['whole 31'],
  4: ['whole 15'],
  5: ['whole 63'],
  6: ['double'],
  7: ['list'],
  8: ['text'],
  9: ['secret']
}

/** Keys whose type changed between versions, and how older brokers call them. */
const changed: Readonly<Record<string, number>> = { listeners: 2 }

function nameOf(type: ValueType): string {
  return type.is === 'whole' ? `whole ${type.bits}` : type.is
}

function checkRows(entries: readonly ConfigEntry[], rows: KeyTable): void {
  const missing = entries.filter(({ name }) => rowOf(rows, name) === undefined)
  assert.deepEqual(
    missing.map(({ name }) => name),
    [],
    'every key has a row'
  )
  for (const { name, type, value } of entries) {
    const row = rowOf(rows, name) ?? assert.fail(name)
    if (changed[name] !== type)
      assert.ok(
        types[type]?.includes(nameOf(row.type)),
        `${name} is ${nameOf(row.type)}, and to the broker type ${type}`
      )
    if (value !== null) assert.equal(misfit(row.type, value), undefined, name)
  }
}

/** Compares the tables with the broker that `open` gives. */
export function describeKeys(title: string, open: (context: Mocha.Context) => Promise<string>): void {
  describe(`the keys of ${title}`, function () {
    this.timeout(60_000)
    let scene: Scene

    before(async function () {
      scene = await openScene(await open(this), 'platformatic')
      await scene.hand.create({ [scene.name('plain')]: {} })
    })

    it('are all in the table of topics, with their types, and with the broker’s keys they come from', async () => {
      const entries = await scene.hand.entries('topic', scene.name('plain'))
      checkRows(entries, topicKeys)
      for (const { name, synonyms } of entries) {
        const row = rowOf(topicKeys, name)
        const inherited = [row?.broker, ...(row?.coarser ?? []).map(({ key }) => key)]
        for (const synonym of synonyms)
          assert.ok(inherited.includes(synonym.name), `${name} is inherited from ${synonym.name}`)
        if (synonyms.length === 0 && row?.coarser === undefined)
          assert.equal(row?.default, entries.find((entry) => entry.name === name)?.value, name)
      }
    })

    it('are all in the table of the cluster, where they can change while the broker runs', async () => {
      const [broker] = await scene.hand.brokers()
      const entries = await scene.hand.entries('broker', String(broker))
      checkRows(
        entries.filter(({ readOnly }) => !readOnly),
        clusterKeys
      )
    })

    for (const client of clients) {
      it(`are in sync with a topic that declares all of them and has them, through ${client}`, async function () {
        const own = await openScene(await open(this), client)
        await own.hand.create({ [own.name('dump')]: { config: { 'leader.replication.throttled.replicas': '' } } })
        const entries = await own.hand.entries('topic', own.name('dump'))
        await own.declare({ dump: { config: Object.fromEntries(entries.map(({ name, value }) => [name, value])) } })
        const { code, document } = await own.apply()
        assert.equal(code, 0, JSON.stringify(document))
        assert.equal((await own.diff()).code, 0)
      })
    }
  })
}
