import assert from 'node:assert/strict'
import { NotedFiles } from '../../src/parse/noted-files.ts'

const filesOf = (files: Readonly<Record<string, string>>): NotedFiles =>
  new NotedFiles(new Map(Object.entries(files).map(([name, text]) => [name, Buffer.from(text)])))

/** Whether somebody who looked in this way would see the same in other files. */
function seesTheSame(look: (files: NotedFiles) => unknown, others: Readonly<Record<string, string>>): boolean {
  const files = filesOf({ a: '1', b: '2' })
  look(files)
  return filesOf(others).areSame(files.take() ?? new Map())
}

describe('files whose readers are noted', () => {
  it('are the same to who reads one of them while that one is, whether it is there or not', () => {
    const one = (files: NotedFiles) => files.get('a')
    const none = (files: NotedFiles) => files.has('c')
    const others = [{ a: '1' }, { a: '2', b: '2' }, { a: '1', c: '' }]
    assert.deepEqual(
      others.map((files) => [seesTheSame(one, files), seesTheSame(none, files)]),
      [
        [true, true],
        [false, true],
        [true, false]
      ]
    )
  })

  it('are the same to who looks at all of them only while all of them are', () => {
    const looks: readonly ((files: NotedFiles) => unknown)[] = [
      (files) => files.size,
      (files) => [...files],
      (files) => [...files.keys()],
      (files) => [...files.values()],
      (files) => [...files.entries()],
      (files) => files.forEach(() => {})
    ]
    for (const look of looks)
      assert.deepEqual(
        [{ a: '1', b: '2' }, { a: '1', b: '3' }, { a: '1' }].map((files) => seesTheSame(look, files)),
        [true, false, false]
      )
  })

  it('are what a map of them is', () => {
    const files = filesOf({ a: '1', b: '2' })
    const seen = new Map<string, Uint8Array>()
    files.forEach((bytes, name) => seen.set(name, bytes))
    assert.deepEqual(seen, new Map(files))
    assert.deepEqual([files.size, files.get('a')?.toString(), files.get('c')], [2, '1', undefined])
  })

  it('forget what was looked at once that was asked for', () => {
    const files = filesOf({ a: '1' })
    files.get('a')
    assert.deepEqual([[...(files.take() ?? [])].length, files.take()], [1, undefined])
  })
})
