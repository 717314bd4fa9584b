import assert from 'node:assert/strict'
import { lstat, mkdtemp, readFile, readdir, readlink, rm, unlink, watch } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { AtomicWriter, type Generation } from './kubelet.ts'

for (const generation of ['older', 'newer'] as const satisfies Generation[]) {
  describe(`The imitation of the ${generation} kubelet`, () => {
    let directory: string
    let writer: AtomicWriter

    beforeEach(async () => {
      directory = await mkdtemp(join(tmpdir(), 'kubelet-'))
      writer = new AtomicWriter(directory, { generation })
    })
    afterEach(() => rm(directory, { recursive: true, force: true }))

    it('lays a volume out as links through ..data to one dated version', async () => {
      assert.equal(await writer.write({ 'topics.json': '{}' }), true)
      const version = await readlink(join(directory, '..data'))
      assert.match(version, /^\.\.\d{4}_\d\d_\d\d_\d\d_\d\d_\d\d\.\d+$/)
      assert.deepEqual((await readdir(directory)).toSorted(), [version, '..data', 'topics.json'].toSorted())
      assert.equal(await readlink(join(directory, 'topics.json')), '..data/topics.json')
      assert.equal(await readFile(join(directory, 'topics.json'), 'utf8'), '{}')
    })

    it('replaces the version, removes obsolete keys and leaves no old version behind', async () => {
      await writer.write({ a: '1', b: '1' })
      const before = await readlink(join(directory, '..data'))
      assert.equal(await writer.write({ b: '1', c: '2' }), true)
      const version = await readlink(join(directory, '..data'))
      assert.notEqual(version, before)
      assert.deepEqual((await readdir(directory)).toSorted(), [version, '..data', 'b', 'c'].toSorted())
    })

    it('writes nothing for an equal payload', async () => {
      await writer.write({ a: '1', b: '2' })
      const before = await lstat(directory, { bigint: true })
      assert.equal(await writer.write({ b: '2', a: '1' }), false)
      assert.equal((await lstat(directory, { bigint: true })).mtimeNs, before.mtimeNs)
    })

    it(`links a new key ${generation === 'older' ? 'before' : 'after'} the swap`, async () => {
      await writer.write({ a: '1' })
      const stop = new AbortController()
      const seen: string[] = []
      const events = watch(directory, { signal: stop.signal })
      const wrote = writer.write({ a: '1', b: '1' })
      for await (const { filename } of events) {
        if (filename === 'b' || filename === '..data') seen.push(filename)
        if (seen.includes('b') && seen.includes('..data')) break
      }
      await wrote
      assert.deepEqual(seen, generation === 'older' ? ['b', '..data'] : ['..data', 'b'])
    })

    it(`${generation === 'older' ? 'leaves' : 'repairs'} a missing link while the payload is equal (kubernetes#121472)`, async () => {
      await writer.write({ a: '1' })
      await unlink(join(directory, 'a'))
      assert.equal(await writer.write({ a: '1' }), false)
      assert.equal((await readdir(directory)).includes('a'), generation === 'newer')
    })
  })
}
