import assert from 'node:assert/strict'
import { configMapsOf } from '../../src/sidecar/config-source.ts'
import { Environment } from '../../src/connect/environment.ts'

const parse = (value: string, others: Readonly<Record<string, string>> = {}) =>
  configMapsOf(new Environment({ CONFIG_MAPS: value, ...others }))

describe('CONFIG_MAPS', () => {
  it('names ConfigMaps in the order of a volume, with "?" after one that may be absent', () => {
    assert.deepEqual(parse('kafka-topics-desired, kafka-cluster-desired?'), [
      { name: 'kafka-topics-desired', optional: false },
      { name: 'kafka-cluster-desired', optional: true }
    ])
  })

  it('empty or absent leaves the directory in use', () => {
    assert.equal(parse(''), undefined)
  })

  it('is refused when a name cannot be one, is missing or stands twice', () => {
    for (const bad of ['Topics', 'a,,b', 'a,', ',', '?', 'a b', 'a??', 'a,a?', '../a', 'a'.repeat(254)]) {
      assert.throws(
        () => parse(bad),
        { code: 'VARIABLE_INVALID', message: /^CONFIG_MAPS: expected names of ConfigMaps with commas between them/ },
        bad
      )
    }
  })

  it('is refused beside a directory', () => {
    assert.throws(() => parse('a', { CONFIG_DIR: '/config' }), {
      message:
        'CONFIG_MAPS: expected either CONFIG_MAPS or a directory (CONFIG_DIR, --config), found "a"; for example unset CONFIG_DIR'
    })
  })
})
