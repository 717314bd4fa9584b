import assert from 'node:assert/strict'
import { filesOfConfigMap, projected } from '../../src/read/config-map.ts'
import { readSnapshot } from '../../src/read/snapshot.ts'
import { AtomicWriter } from './kubelet.ts'
import { inTemporaryDirectory } from './versions.ts'

describe('The files of a ConfigMap', () => {
  it('are the bytes of both its halves', () => {
    const files = filesOfConfigMap({ data: { 'a.json': 'ä' }, binaryData: { b: 'AP8=' } })
    assert.deepEqual(
      [...files].map(([name, bytes]) => [name, [...bytes]]),
      [
        ['a.json', [0xc3, 0xa4]],
        ['b', [0, 255]]
      ]
    )
  })

  it('are none when it has no halves', () => {
    assert.equal(filesOfConfigMap({}).size, 0)
    assert.equal(filesOfConfigMap({ data: null, binaryData: null }).size, 0)
  })

  it('have the digest they have in a volume', async () => {
    await inTemporaryDirectory(async (directory) => {
      const data = { 'topics.json': '{}', 'topics.prod.json': '{"a": "ä"}', 'cluster.json': '' }
      await new AtomicWriter(directory, { generation: 'newer' }).write(data)
      assert.equal(projected([{ data }]).digest, (await readSnapshot(directory)).digest)
    })
  })
})
