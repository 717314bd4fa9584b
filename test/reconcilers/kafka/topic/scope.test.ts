/**
 * Passes over some topics: what is asked and seen of them does not depend on how many others there are.
 */
import assert from 'node:assert/strict'
import fc from 'fast-check'
import { topicResource } from '../../../../reconcilers/kafka/topic/index.ts'
import { topicKind } from '../../../../reconcilers/kafka/topic/kind.ts'
import type { TopicFacts, TopicSpec, TopicState } from '../../../../reconcilers/kafka/topic/state.ts'
import type { Cycle, Desired, Observed } from '../../../../src/contract.ts'
import { keyOf } from '../../../../src/records.ts'
import { testCycle } from '../../../../src/testing/cycle.ts'
import { desired } from '../entries.ts'
import { scriptedAdmin, type ScriptedCluster } from '../scripted-admin.ts'

type Seen = Observed<TopicState, TopicFacts>
type Specs = Readonly<Record<string, TopicSpec>>

const itemsOf = (specs: Specs) => Object.entries(specs).map(([name, spec]) => desired('topic', name, spec))

/** A pass over the topics of `scope`, among everything declared. */
function passOver(
  scope: readonly string[],
  specs: Specs
): { readonly cycle: Cycle; readonly items: readonly Desired<TopicSpec>[] } {
  const declared = itemsOf(specs)
  const keys = new Set(scope.map((name) => keyOf('kafka', 'topic', name)))
  const cycle = testCycle({ scope: keys, declared: new Map([['topic', declared]]) })
  return { cycle, items: declared.filter(({ key }) => keys.has(key)) }
}

/** What would be written to an item, and what is said of it. */
function changesOf(item: Desired<TopicSpec>, observed: Seen): readonly unknown[] {
  const sighting = observed.items.get(item.name)
  const state = sighting !== undefined && 'state' in sighting ? sighting.state : undefined
  const remarks = topicKind.check?.([item], { observed, declared: new Map() }) ?? []
  return [topicKind.compare(item.spec, state), remarks.map(({ verdict, code, path }) => [verdict, code, path])]
}

const others = (count: number) =>
  Object.fromEntries(Array.from({ length: count }, (_, index) => [`other-${index}`, {}]))

const sound = { 'replication-factor': 1, config: { 'min.insync.replicas': '1' } }

describe('a pass over some topics', () => {
  it('asks for these alone', async () => {
    const admin = scriptedAdmin({ topics: { a: {}, ...others(3) } })
    const { cycle, items } = passOver(['a'], { a: sound, ...others(3) })
    const seen = await topicResource(admin).observe(items, cycle)
    assert.deepEqual(admin.asked, ['metadata a', 'describe topic/a min.insync.replicas'])
    assert.deepEqual([...seen.items.keys()], ['a'])
  })

  for (const [what, live] of [
    ['a changed one', { a: { config: { 'min.insync.replicas': '2' } } }],
    ['a new one', {}]
  ] as const) {
    it(`asks as much for ${what} with 10 as with 1,000 others`, async () => {
      const asked = async (count: number) => {
        const admin = scriptedAdmin({ topics: { ...live, ...others(count) } })
        const topics = topicResource(admin)
        const specs = { a: sound, ...others(count) }
        await topics.observe(itemsOf(specs), testCycle())
        admin.asked.splice(0)
        const { cycle, items } = passOver(['a'], specs)
        await topics.observe(items, cycle)
        return admin.asked
      }
      assert.deepEqual(await asked(1_000), await asked(10))
    })
  }

  it('tells what is new, and what is refused, by name', async () => {
    const refused = { error: { code: 29, name: 'TOPIC_AUTHORIZATION_FAILED', message: 'not yours' } }
    const { cycle, items } = passOver(['new', 'theirs'], { new: {}, theirs: {} })
    const seen = await topicResource(scriptedAdmin({ topics: { theirs: refused } })).observe(items, cycle)
    assert.deepEqual([...seen.items], [['theirs', { refused: 'not yours' }]])
    assert.deepEqual([...seen.facts.missing], ['new'])
  })

  it('shows them as a reading of everything does', () => {
    const keys = ['retention.ms', 'cleanup.policy', 'min.insync.replicas'] as const
    const defaults = { 'log.cleanup.policy': 'delete', 'log.retention.ms': '3', 'min.insync.replicas': '1' }
    const name = fc.constantFrom('a', 'b', 'c', 'd')
    const value = fc.constantFrom('1', '2', 'delete')
    const config = fc.dictionary(fc.constantFrom(...keys), value)
    const given = fc.dictionary(fc.constantFrom(...keys, 'no.such'), value)
    const live = fc.dictionary(name, fc.record({ config, partitions: fc.integer({ min: 1, max: 3 }) }))
    const spec = fc.record({ config: given, partitions: fc.integer({ min: 1, max: 3 }) })
    const specs = fc.dictionary(name, spec)
    return fc.assert(
      fc.asyncProperty(live, specs, fc.uniqueArray(name), async (topics, declared, scope) => {
        const script: ScriptedCluster = { topics, defaults }
        const resource = topicResource(scriptedAdmin(script))
        const whole = await resource.observe(itemsOf(declared), testCycle())
        const { cycle, items } = passOver(scope, declared)
        const part = await resource.observe(items, cycle)
        const names = new Set(items.map((item) => item.name))
        assert.deepEqual(
          [...part.items.keys()].toSorted(),
          [...whole.items.keys()].filter((item) => names.has(item)).toSorted()
        )
        for (const item of items) assert.deepEqual(changesOf(item, part), changesOf(item, whole))
        assert.deepEqual(
          [...part.facts.missing],
          [...whole.facts.missing].filter((item) => names.has(item))
        )
        const theirs = new Set(items.flatMap((item) => Object.keys(item.spec.config ?? {})))
        const unknown = [...whole.facts.unknownKeys].filter((key) => theirs.has(key))
        assert.deepEqual([...part.facts.unknownKeys].toSorted(), unknown.toSorted())
      })
    )
  })
})

describe('the keys of a new topic', () => {
  const fresh = { fresh: { ...sound, config: { ...sound.config, 'no.such': '1' } } }
  const unknown = async (topics: Readonly<Record<string, object>>, gone: readonly string[] = []) => {
    const live: Record<string, object> = { ...topics }
    const admin = scriptedAdmin({
      topics: live,
      admin: {
        describeConfigs: async (queries) =>
          queries.map(({ type, name: asked }) => {
            const entry = { name: 'min.insync.replicas', value: '1', source: 'default', sensitive: false } as const
            const entries = [{ ...entry, readOnly: false, type: 0, synonyms: [] }]
            const error = { code: 3, name: 'UNKNOWN_TOPIC_OR_PARTITION', message: 'gone' }
            return asked in live ? { type, name: asked, entries } : { type, name: asked, entries: [], error }
          })
      }
    })
    const resource = topicResource(admin)
    await resource.observe([], testCycle())
    for (const name of gone) delete live[name]
    const { cycle, items } = passOver(['fresh'], fresh)
    const { facts } = await resource.observe(items, cycle)
    return [[...facts.unknownKeys], [...facts.unaskedKeys]]
  }

  it('are asked of a topic that an earlier pass saw', async () => {
    assert.deepEqual(await unknown({ other: {} }), [['no.such'], []])
  })

  it('count as not asked about where that topic is gone, or there never was one', async () => {
    const unasked = [[], ['min.insync.replicas', 'no.such']]
    assert.deepEqual(await unknown({ other: {} }, ['other']), unasked)
    assert.deepEqual(await unknown({}), unasked)
  })
})
