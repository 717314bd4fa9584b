/**
 * What a change of configuration can do.
 */
import assert from 'node:assert/strict'
import fc from 'fast-check'
import { clusterScope, topicScope } from '../../../../reconcilers/kafka/config/keys/index.ts'
import { companionsOf, judge, worst, type Hazard } from '../../../../reconcilers/kafka/config/risk.ts'

type Values = Readonly<Record<string, string | null>>

/** What a topic inherits everywhere, so that a row names only what matters. */
const defaults: Values = {
  'cleanup.policy': 'delete',
  'retention.ms': '604800000',
  'retention.bytes': '-1',
  'local.retention.ms': '-2',
  'local.retention.bytes': '-2',
  'delete.retention.ms': '86400000',
  'min.compaction.lag.ms': '0',
  'max.compaction.lag.ms': '9223372036854775807',
  'remote.storage.enable': 'false',
  'remote.log.copy.disable': 'false'
}

function hazardsOf(before: Values, changes: Values): ReadonlyMap<string, Hazard> {
  return judge(new Map(Object.entries(changes)), new Map(Object.entries({ ...defaults, ...before })), topicScope)
}

/** key → risk of the changes that have one. */
function risksOf(before: Values, changes: Values): Readonly<Record<string, string>> {
  return Object.fromEntries([...hazardsOf(before, changes)].map(([key, { risk }]) => [key, risk]))
}

describe('the hazard of one change', () => {
  const rows: readonly [string, string | null, string | null, string | undefined, string][] = [
    ['retention.ms', '604800000', '302400000', undefined, 'half is a correction'],
    ['retention.ms', '604800000', '302399999', 'destructive', 'less than half deletes data'],
    ['retention.ms', '-1', '604800000', 'destructive', 'any limit is less than none'],
    ['retention.ms', '1000', '-1', undefined, 'no limit deletes nothing'],
    ['retention.ms', null, '1000', 'destructive', 'what is not known may keep everything'],
    ['retention.ms', '1000', null, 'destructive', 'an unknown fall-back counts as the worst'],
    ['retention.bytes', '1000', '100', 'destructive', 'bytes are judged as time is'],
    ['retention.bytes', '-5', '100', 'destructive', 'every negative size is no limit'],
    ['cleanup.policy', 'delete', 'compact', 'destructive', 'compaction removes older records of a key'],
    ['cleanup.policy', 'delete', 'compact,delete', 'destructive', 'so it does beside delete'],
    ['cleanup.policy', 'compact', 'compact,delete', 'destructive', 'records of keys are deleted by age'],
    ['cleanup.policy', 'compact', 'delete', 'destructive', 'so they are without compaction'],
    ['cleanup.policy', 'compact,delete', 'delete', 'disruptive', 'the end of compaction loses nothing, and takes disk'],
    ['cleanup.policy', 'compact,delete', 'compact', undefined, 'less is deleted than before'],
    ['cleanup.policy', '', 'delete', 'destructive', 'an empty policy keeps everything'],
    ['cleanup.policy', '', 'compact', 'destructive', 'an empty policy keeps everything'],
    ['cleanup.policy', '', 'compact,delete', 'destructive', 'an empty policy keeps everything'],
    ['cleanup.policy', '', null, 'destructive', 'what it falls back to is not known'],
    ['cleanup.policy', 'delete', '', undefined, 'nothing is deleted by an empty policy'],
    ['cleanup.policy', 'delete', 'delete', undefined, 'nothing changes'],
    ['delete.retention.ms', '86400000', '1000', undefined, 'deletions of keys count in compacted topics only'],
    ['message.timestamp.type', 'CreateTime', 'LogAppendTime', 'destructive', 'timestamps are overwritten'],
    ['message.timestamp.type', 'LogAppendTime', 'CreateTime', 'destructive', 'old timestamps are deleted at once'],
    ['unclean.leader.election.enable', 'false', 'true', 'destructive', 'acknowledged records may be lost'],
    ['unclean.leader.election.enable', 'true', 'false', undefined, 'none is lost by the way back'],
    ['unclean.leader.election.enable', 'true', 'TRUE', undefined, 'the case of a boolean changes nothing'],
    ['max.message.bytes', '1048588', '1048587', 'disruptive', 'larger batches are refused'],
    ['max.message.bytes', '1048588', '2097152', undefined, 'larger batches are taken'],
    ['message.timestamp.before.max.ms', '9223372036854775807', '86400000', 'disruptive', 'older records are refused'],
    ['message.timestamp.after.max.ms', '3600000', '60000', 'disruptive', 'records from the future are refused'],
    ['segment.ms', '604800000', '3600000', 'disruptive', 'more files are opened'],
    ['segment.ms', '604800000', '604799999', undefined, 'a few files more are none'],
    ['segment.bytes', '1073741824', '1048576', 'disruptive', 'more files are opened'],
    ['flush.messages', '9223372036854775807', '1', 'disruptive', 'every record is forced to disk'],
    ['flush.messages', '1', '9223372036854775807', 'disruptive', 'no record is forced to disk'],
    ['min.insync.replicas', '2', '1', 'disruptive', 'an acknowledgement is worth less'],
    ['min.insync.replicas', '1', '2', undefined, 'an acknowledgement is worth more'],
    ['preallocate', 'false', 'true', 'disruptive', 'segments take their whole size'],
    ['remote.storage.enable', 'true', 'false', 'destructive', 'remote segments are deleted'],
    ['remote.storage.enable', 'false', 'true', 'disruptive', 'segments move away'],
    ['remote.storage.enable', 'true', null, 'destructive', 'what it falls back to is not known'],
    ['remote.log.delete.on.disable', 'false', 'true', undefined, 'alone it deletes nothing'],
    ['compression.type', 'producer', 'zstd', undefined, 'stored records stay readable'],
    ['newer.than.this', '1', '2', 'disruptive', 'what a key without a row can do is not known'],
    ['newer.than.this', null, '2', 'disruptive', 'what a key without a row can do is not known']
  ]
  for (const [key, inEffect, after, risk, reason] of rows) {
    it(`${reason}: ${key} ${inEffect} → ${after} is ${risk ?? 'safe'}`, () => {
      assert.equal(risksOf({ [key]: inEffect }, { [key]: after })[key], risk)
    })
  }

  it('of a longer retention is none', () => {
    fc.assert(
      fc.property(fc.nat(), fc.nat(), (a, b) => {
        const [shorter, longer] = [String(Math.min(a, b)), String(Math.max(a, b))]
        return hazardsOf({ 'retention.ms': shorter }, { 'retention.ms': longer }).size === 0
      })
    )
  })

  it('says from what to what, and what that does', () => {
    const cut = hazardsOf({}, { 'retention.ms': '60000' }).get('retention.ms')
    assert.equal(cut?.why, 'retention.ms falls from 604800000 to 60000: older data is deleted')
    const begun = hazardsOf({ 'cleanup.policy': '' }, { 'cleanup.policy': 'delete' }).get('cleanup.policy')
    assert.equal(begun?.why, 'with this cleanup.policy, retention.ms 604800000 takes effect: older data is deleted')
    const unknown = hazardsOf({}, { 'retention.bytes': null }).get('retention.bytes')
    assert.equal(unknown?.why, 'retention.bytes falls back to a value that is not known: older data is deleted')
  })
})

describe('the hazard of a change depends on the keys beside it', () => {
  it('a limit counts only where records are deleted by it', () => {
    for (const policy of ['', 'compact']) {
      assert.deepEqual(risksOf({ 'cleanup.policy': policy }, { 'retention.ms': '1000', 'retention.bytes': '1' }), {})
    }
  })

  it('delete with no limit deletes nothing', () => {
    const unlimited = { 'cleanup.policy': '', 'retention.ms': '-1' }
    assert.deepEqual(risksOf(unlimited, { 'cleanup.policy': 'delete' }), {})
    assert.deepEqual(risksOf({ ...unlimited, 'retention.bytes': '1000' }, { 'cleanup.policy': 'delete' }), {
      'cleanup.policy': 'destructive'
    })
  })

  it('a policy and a limit that together delete are both to blame', () => {
    const kept = { 'cleanup.policy': '', 'retention.ms': '-1' }
    assert.deepEqual(risksOf(kept, { 'cleanup.policy': 'delete', 'retention.ms': '1000' }), {
      'cleanup.policy': 'destructive',
      'retention.ms': 'destructive'
    })
  })

  it('a policy is judged alone, too, as the limit that would make it harmless may be ignored', () => {
    const risks = risksOf(
      { 'cleanup.policy': '', 'retention.ms': '1000' },
      { 'cleanup.policy': 'delete', 'retention.ms': '-1' }
    )
    assert.deepEqual(risks, { 'cleanup.policy': 'destructive' })
  })

  it('deletions of keys and the lag of compaction count in a compacted topic', () => {
    const compacted = { 'cleanup.policy': 'compact', 'min.compaction.lag.ms': '3600000' }
    assert.deepEqual(
      risksOf(compacted, {
        'delete.retention.ms': '1000',
        'min.compaction.lag.ms': '0',
        'max.compaction.lag.ms': '1000'
      }),
      {
        'delete.retention.ms': 'destructive',
        'min.compaction.lag.ms': 'destructive',
        'max.compaction.lag.ms': 'disruptive'
      }
    )
  })

  it('a local limit counts in a tiered topic, and -2 follows the retention', () => {
    assert.deepEqual(risksOf({}, { 'local.retention.ms': '1000' }), {})
    const tiered = { 'remote.storage.enable': 'true' }
    assert.deepEqual(risksOf(tiered, { 'local.retention.ms': '1000' }), { 'local.retention.ms': 'disruptive' })
    assert.deepEqual(risksOf({ ...tiered, 'local.retention.ms': '604800000' }, { 'local.retention.ms': '-2' }), {})
    assert.deepEqual(
      risksOf({ ...tiered, 'local.retention.ms': '604800000' }, { 'local.retention.ms': '-2', 'retention.ms': '1000' }),
      {
        'local.retention.ms': 'disruptive',
        'retention.ms': 'destructive'
      }
    )
  })

  it('what is not known beside it counts as the worst', () => {
    const alone = new Map([['retention.ms', '604800000']])
    assert.equal(judge(new Map([['retention.ms', '1000']]), alone, topicScope).get('retention.ms')?.risk, 'destructive')
    const begun = judge(new Map([['cleanup.policy', 'delete']]), new Map([['cleanup.policy', '']]), topicScope)
    assert.equal(begun.get('cleanup.policy')?.risk, 'destructive')
  })

  it('what is not known and does not change is not to blame', () => {
    const unread = judge(
      new Map([['cleanup.policy', 'compact']]),
      new Map([['cleanup.policy', 'compact,delete']]),
      topicScope
    )
    assert.deepEqual([...unread], [])
  })

  it('names the keys that have to be known', () => {
    assert.deepEqual(companionsOf('retention.ms', topicScope).toSorted(), [
      'cleanup.policy',
      'local.retention.ms',
      'remote.storage.enable'
    ])
    assert.ok(companionsOf('cleanup.policy', topicScope).includes('retention.bytes'))
    assert.deepEqual(companionsOf('max.message.bytes', topicScope), [])
    assert.deepEqual(companionsOf('log.local.retention.ms', clusterScope), ['log.retention.ms'])
  })
})

describe('whatever part of a plan is applied', () => {
  /** How long and how much a topic keeps, without a word of the code under test. */
  function keeps(values: Values) {
    const policy = (values['cleanup.policy'] ?? '').split(',')
    const limit = (key: string): number => {
      const number = Number(values[key])
      return policy.includes('delete') && number >= 0 ? number : Infinity
    }
    return { ms: limit('retention.ms'), bytes: limit('retention.bytes'), everyRecord: !policy.includes('compact') }
  }

  const limit = fc.constantFrom('-1', '0', '1000', '1999', '2000', '604800000')
  const values = fc.record({
    'cleanup.policy': fc.constantFrom('', 'delete', 'compact', 'compact,delete', 'delete,compact'),
    'retention.ms': limit,
    'retention.bytes': limit
  })

  it('nothing is lost by changes that are not called destructive', () => {
    fc.assert(
      fc.property(
        values,
        values,
        fc.subarray(['cleanup.policy', 'retention.ms', 'retention.bytes']),
        (before, after, applied) => {
          const hazards = hazardsOf(before, after)
          const harmless = applied.filter((key) => hazards.get(key)?.risk !== 'destructive')
          const result = {
            ...before,
            ...Object.fromEntries(Object.entries(after).filter(([key]) => harmless.includes(key)))
          }
          const [had, has] = [keeps(before), keeps(result)]
          assert.ok(has.ms * 2 >= had.ms && has.bytes * 2 >= had.bytes, JSON.stringify({ before, after, harmless }))
          assert.ok(has.everyRecord || !had.everyRecord, JSON.stringify({ before, after, harmless }))
        }
      ),
      { numRuns: 2_000 }
    )
  })

  it('nothing is called destructive where all together lose nothing, and each alone does not', () => {
    fc.assert(
      fc.property(values, values, (before, after) => {
        const losing = [after, ...Object.entries(after).map(([key, value]) => ({ ...before, [key]: value }))].some(
          (result) => {
            const [had, has] = [keeps(before), keeps(result)]
            return has.ms * 2 < had.ms || has.bytes * 2 < had.bytes || (had.everyRecord && !has.everyRecord)
          }
        )
        const destructive = [...hazardsOf(before, after).values()].some(({ risk }) => risk === 'destructive')
        assert.equal(destructive, losing, JSON.stringify({ before, after }))
      }),
      { numRuns: 2_000 }
    )
  })
})

describe('the worst of several hazards', () => {
  it('is the highest risk with every reason for it', () => {
    const hazards: readonly Hazard[] = [
      { risk: 'disruptive', why: 'a' },
      { risk: 'destructive', why: 'b' },
      { risk: 'destructive', why: 'c' },
      { risk: 'destructive', why: 'b' }
    ]
    assert.deepEqual(worst(hazards), { risk: 'destructive', why: 'b; c' })
    assert.equal(worst([]), undefined)
  })
})
