import assert from 'node:assert/strict'
import { ReconcileError } from '../../src/errors.ts'
import { silentObserver, type ConfigurationEvent } from '../../src/report/observer.ts'
import { DesiredSource, type DesiredReading } from '../../src/reconciler/desired-source.ts'
import { boxKind, configOf, specsOf, type Files } from '../parse/box-kind.ts'

/** A source whose files the test replaces; an error is thrown as reading would. */
function sourceOf(first: Files | Error) {
  const told: ConfigurationEvent[] = []
  const state = { files: first, digest: 'first' }
  const read = () =>
    state.files instanceof Error ? Promise.reject(state.files) : Promise.resolve(configOf(state.files, state.digest))
  const source = new DesiredSource(
    read,
    { name: 'shop', kinds: [boxKind] },
    { ...silentObserver, configuration: (event) => told.push(event) }
  )
  const become = (files: Files | Error, digest: string): void => void Object.assign(state, { files, digest })
  return { source, told, become }
}

/** A look that is accepted, as a cycle does. */
const take = async (source: DesiredSource): Promise<DesiredReading> => {
  const look = await source.look()
  source.accept(look)
  return source.inForce(look)
}

const good: Files = { 'boxes.json': '{"a": {"size": 1}}' }
const broken: Files = { 'boxes.json': '{"a": {"size": 1}' }
const missing = new ReconcileError('CONFIG_MISSING', 'it does not exist')

describe('the configuration in force', () => {
  it('is the newest one that can be used', async () => {
    const { source, become } = sourceOf(good)
    assert.deepEqual([source.digestInForce, source.readDigest], ['', ''])
    assert.deepEqual(specsOf((await take(source)).desired), { a: { size: 1 } })
    become({ 'boxes.json': '{"a": {"size": 2}}' }, 'second')
    assert.deepEqual(specsOf((await take(source)).desired), { a: { size: 2 } })
    assert.deepEqual([source.digestInForce, source.readDigest], ['second', 'second'])
  })

  it('is not parsed again while its digest is the same', async () => {
    const { source } = sourceOf(good)
    const { desired } = await take(source)
    assert.equal((await take(source)).desired, desired)
  })

  it('is not parsed again either while it cannot be used', async () => {
    const { source } = sourceOf(broken)
    assert.equal(await source.look(), await source.look())
  })

  it('keeps what it declares alike: the very same items', async () => {
    const { source, become } = sourceOf({ 'boxes.json': '{"a": {"size": 1}, "b": {}}' })
    const { desired: before } = await take(source)
    become({ 'boxes.json': '{"a": {"size": 1}, "b": {"size": 2}}' }, 'second')
    const { desired: after } = await take(source)
    assert.equal(after.kinds[0]?.items[0], before.kinds[0]?.items[0])
    assert.deepEqual(specsOf(after), { a: { size: 1 }, b: { size: 2 } })
  })

  it('is found the same in files that were read already', async () => {
    const { source } = sourceOf(good)
    const look = source.lookAt(configOf(good, 'first'))
    assert.deepEqual(look, await source.look())
    source.accept(look)
    assert.equal(source.lookAt(configOf(good, 'first')).digest, source.digestInForce)
    assert.match(JSON.stringify(source.lookAt(configOf(broken, 'second')).found), /CONFIG_SYNTAX/)
  })

  it('stays the last good one while the newest is broken, and says what is wrong', async () => {
    const { source, become } = sourceOf(good)
    await take(source)
    become(broken, 'second')
    const { desired, trouble } = await take(source)
    assert.deepEqual(specsOf(desired), { a: { size: 1 } })
    assert.equal(trouble?.error.code, 'CONFIG_SYNTAX')
    assert.equal(
      trouble?.error.message,
      'boxes.json:1:18: expected "}" to close the object of line 1, found the end of the file'
    )
    assert.deepEqual(
      trouble?.problems.map(({ file, line, column }) => [file, line, column]),
      [['boxes.json', 1, 18]]
    )
    assert.deepEqual([source.digestInForce, source.readDigest], ['first', 'second'])
  })

  it('stays the last good one while the files cannot be read', async () => {
    const { source, become } = sourceOf(good)
    await take(source)
    become(missing, '')
    assert.equal((await take(source)).trouble?.error.code, 'CONFIG_MISSING')
  })

  it('is replaced by an invalid item: only that item waits', async () => {
    const { source, become } = sourceOf(good)
    await take(source)
    become({ 'boxes.json': '{"a": {"size": "x"}, "b": {}}' }, 'second')
    const { desired, trouble } = await take(source)
    assert.equal(trouble, undefined)
    assert.deepEqual(Object.keys(specsOf(desired)), ['b'])
  })

  it('is none when the first one is broken or missing, and is found later', async () => {
    const { source, become } = sourceOf(broken)
    await assert.rejects(take(source), { code: 'CONFIG_SYNTAX' })
    become(missing, '')
    await assert.rejects(take(source), { code: 'CONFIG_MISSING' })
    become(good, 'third')
    assert.equal((await take(source)).trouble, undefined)
  })

  it('tells once per reason why it is not the newest', async () => {
    const { source, told, become } = sourceOf(good)
    const look = async (files: Files | Error, digest: string): Promise<void> => {
      become(files, digest)
      await take(source)
      await take(source)
    }
    await look(good, 'first')
    await look(broken, 'second')
    await look(missing, '')
    await look(broken, 'second')
    await look(good, 'first')
    await look(broken, 'second')
    assert.deepEqual(
      told.map((event) => [event.event, 'keepsLastGood' in event && event.keepsLastGood]),
      [
        ['accepted', false],
        ['refused', true],
        ['unreadable', true],
        ['refused', true],
        ['accepted', false],
        ['refused', true]
      ]
    )
  })

  it('tells once of each that comes into force, and whether the one before could not be used', async () => {
    const { source, told, become } = sourceOf(good)
    for (const [files, digest] of [
      [good, 'first'],
      [good, 'first'],
      [good, 'second'],
      [broken, 'third'],
      [good, 'second']
    ] as const) {
      become(files, digest)
      await take(source)
    }
    const accepted = told.flatMap((event) => (event.event === 'accepted' ? [[event.digest, event.recovered]] : []))
    assert.deepEqual(accepted, [
      ['first', false],
      ['second', false],
      ['second', true]
    ])
  })

  it('is the same whoever looks meanwhile: a look puts nothing in force and tells nobody', async () => {
    const { source, told, become } = sourceOf(good)
    await take(source)
    const before = [...told]
    for (const [files, digest] of [
      [broken, 'second'],
      [{ 'boxes.json': '{"b": {}}' }, 'third'],
      [missing, '']
    ] as const) {
      become(files, digest)
      await source.look()
    }
    assert.deepEqual([source.readDigest, source.digestInForce, told], ['first', 'first', before])
    become(broken, 'fourth')
    assert.deepEqual(specsOf((await take(source)).desired), { a: { size: 1 } })
  })

  it('that was never there tells so', async () => {
    const { source, told } = sourceOf(broken)
    await take(source).catch(() => undefined)
    assert.deepEqual(
      told.map((event) => [event.event, 'keepsLastGood' in event && event.keepsLastGood]),
      [['refused', false]]
    )
  })
})
