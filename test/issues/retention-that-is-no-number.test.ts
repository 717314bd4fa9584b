import assert from 'node:assert/strict'
import { clusterKind } from '../../reconcilers/kafka/cluster/kind.ts'
import { topicKind } from '../../reconcilers/kafka/topic/kind.ts'
import { desired } from '../reconcilers/kafka/entries.ts'
import { reconcilerOn, scriptedAdmin } from '../reconcilers/kafka/scripted-admin.ts'

const nonsense = ['aaa', '1d', '86_400_000', '', '1.5', 'true']

/** What is said without a broker: verdict, code and path of each remark. */
function offline(config: Readonly<Record<string, string | null>>): readonly unknown[] {
  const context = { declared: new Map() }
  const remarks = topicKind.check?.([desired('topic', 'orders', { config })], context) ?? []
  const ofCluster = Object.keys(config).some((key) => key.startsWith('log.'))
  const all = ofCluster ? (clusterKind.check?.([desired('cluster', 'default', { config })], context) ?? []) : remarks
  return all.map(({ verdict, code, path }) => [verdict, code, path.join(' ')])
}

describe('a retention that is no number', () => {
  for (const value of nonsense) {
    it(`is invalid without a broker: ${JSON.stringify(value)}`, () => {
      assert.deepEqual(offline({ 'retention.ms': value }), [['invalid', 'VALUE', 'config retention.ms']])
      assert.deepEqual(offline({ 'log.retention.ms': value }), [['invalid', 'VALUE', 'config log.retention.ms']])
    })
  }

  it('is invalid and never a cut of the retention, with its place in the file', async () => {
    const admin = scriptedAdmin({ topics: { orders: { config: { 'retention.ms': '604800000' } } } })
    const report = await reconcilerOn(admin, {
      'topics.json': { orders: { config: { 'retention.ms': '1d' } } }
    }).reconcile()
    assert.deepEqual(
      report.outcomes.map(({ verb, result }) => [verb, result]),
      [['invalid', 'invalid']]
    )
    assert.match(
      report.outcomes[0]?.why ?? '',
      /topics\.json:1:\d+ orders\.config\.retention\.ms: expected a whole number of ms .*did you mean 86400000\?/
    )
  })

  it('is as invalid as every other value that does not fit its key, all of them in one run', () => {
    const config = {
      'cleanup.policy': 'delte',
      'compression.type': 'GZIP',
      preallocate: '1',
      'min.cleanable.dirty.ratio': '50%',
      'segment.ms': '1'
    }
    assert.deepEqual(
      offline(config),
      ['cleanup.policy', 'compression.type', 'preallocate', 'min.cleanable.dirty.ratio'].map((key) => [
        'invalid',
        'VALUE',
        `config ${key}`
      ])
    )
  })

  it('is only a warning for a key that is newer than the table, whose type is not known', () => {
    assert.deepEqual(offline({ 'newer.than.this': 'aaa' }), [['warn', 'UNKNOWN_KEY', 'config newer.than.this']])
  })
})
