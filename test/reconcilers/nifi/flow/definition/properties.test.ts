import assert from 'node:assert/strict'
import { digestOf } from '../../../../../reconcilers/nifi/flow/definition/canonical.ts'
import { compareGroups } from '../../../../../reconcilers/nifi/flow/definition/compare.ts'
import { mergeGroups } from '../../../../../reconcilers/nifi/flow/definition/merge.ts'
import type { Group } from '../../../../../reconcilers/nifi/flow/definition/model.ts'
import { fileWords } from '../../../../../reconcilers/nifi/flow/identity/words.ts'
import { processor } from './sample.ts'
import type { Body } from '../../../../../reconcilers/nifi/json.ts'

const canary = 'canary-5c1f'

const group = (properties: Body, more: Body = {}): Group => ({ processors: [processor('p', { properties, ...more })] })
const described = (descriptors: Body, version = '2.3.0'): Body => ({
  propertyDescriptors: descriptors,
  bundle: { group: 'org.apache.nifi', artifact: 'nifi-standard-nar', version }
})

/** `name: before → after` of every property that differs. */
function shown(desired: Group, live: Group): readonly string[] {
  const differences = compareGroups(desired, live, fileWords)
  const merged = mergeGroups(desired, live, () => true, fileWords)
  assert.deepEqual(compareGroups(desired, merged, fileWords), [], 'what was merged still differs')
  return differences.map(
    ({ path, before, after }) =>
      `${path.replace('processors.p.properties.', '')}: ${JSON.stringify(before)} → ${JSON.stringify(after)}`
  )
}

describe('properties', () => {
  it('differ when the file sets another value, or one that is not set', () => {
    assert.deepEqual(shown(group({ a: '1', b: '2', 'c.d': '3' }), group({ a: '0', b: null, 'c.d': '3' })), [
      'a: "0" → "1"',
      'b: null → "2"'
    ])
  })

  it('are equal when they are set nowhere, null or left out', () => {
    assert.deepEqual(shown(group({ a: null }), group({ b: null })), [])
  })

  it('never show a default as drift: what a hand-written file leaves out is left alone', () => {
    const live = group(
      { 'File Size': '0B', 'Batch Size': '1' },
      described({ 'File Size': {}, 'Batch Size': { dynamic: false } })
    )
    assert.deepEqual(shown(group({ 'File Size': '1KB' }), live), ['File Size: "0B" → "1KB"'])
  })

  it('never show a default as drift: what is new in the version of the server is left alone', () => {
    const live = group({ old: '1', fresh: 'default' }, described({ old: {}, fresh: { dynamic: false } }, '2.3.0'))
    assert.deepEqual(shown(group({ old: '1' }, described({ old: {} }, '1.18.0')), live), [])
  })

  it('are taken away when they were added by hand: dynamic ones, as 2.x tells', () => {
    assert.deepEqual(shown(group({}), group({ extra: '1' }, described({ extra: { dynamic: true } }))), [
      'extra: "1" → null'
    ])
  })

  it('are taken away when they were added by hand: such a file of the same version would list them', () => {
    assert.deepEqual(
      shown(group({ a: '1' }, described({ a: {} })), group({ a: '1', extra: '1' }, described({ a: {}, extra: {} }))),
      ['extra: "1" → null']
    )
  })

  it('are unset when the file says null, or knows them and does not set them', () => {
    assert.deepEqual(shown(group({ a: null }), group({ a: '1' })), ['a: "1" → null'])
    assert.deepEqual(shown(group({}, described({ a: {} }, '1.18.0')), group({ a: '1' }, described({ a: {} }))), [
      'a: "1" → null'
    ])
  })

  it('may be called like members of objects', () => {
    const odd = JSON.parse('{"__proto__": "1", "constructor": "2"}')
    assert.deepEqual(shown(group(odd), group({})), ['__proto__: null → "1"', 'constructor: null → "2"'])
    const [merged] = mergeGroups(group(odd), group({}), () => true, fileWords).processors ?? []
    assert.deepEqual(Object.entries(merged?.['properties'] ?? {}), Object.entries(odd))
  })
})

describe('sensitive properties', () => {
  const secret = described({ Password: { sensitive: true } })

  it('are equal when neither shows a reference: a download never holds a literal', () => {
    assert.deepEqual(shown(group({}, secret), group({}, secret)), [])
    assert.deepEqual(shown(group({ Password: canary }, secret), group({ Password: null }, secret)), [])
  })

  it('differ by the references that are shown', () => {
    assert.deepEqual(shown(group({ Password: '#{new}' }), group({ Password: '#{old}' }, secret)), [
      'Password: "#{old}" → "#{new}"'
    ])
    assert.deepEqual(shown(group({ Password: '#{new}' }), group({}, secret)), ['Password: null → "#{new}"'])
    assert.deepEqual(shown(group({}), group({ Password: '#{old}' }, secret)), ['Password: "#{old}" → null'])
  })

  it('never show a literal, and never put one into a digest', () => {
    const literal = group({ Password: canary }, secret)
    assert.deepEqual(shown(literal, group({ Password: '#{old}' }, secret)), [
      'Password: "#{old}" → "(a sensitive value)"'
    ])
    assert.equal(digestOf(literal), digestOf(group({ Password: 'other' }, secret)))
    assert.equal(JSON.stringify(compareGroups(literal, {}, fileWords)).includes(canary), false)
  })
})
