import assert from 'node:assert/strict'
import fc from 'fast-check'
import { CredentialWatch, fingerprintOf } from '../../src/connect/credentials.ts'

describe('credentials in files that rotate', () => {
  /** A file whose content and readability the test changes, read by a watch whose time it moves. */
  const scene = () => {
    const file = { content: 'first', reads: 0, isBroken: false }
    const time = { now: 0 }
    const read = async (): Promise<string> => {
      file.reads += 1
      if (file.isBroken) throw new Error('unreadable')
      return file.content
    }
    return { file, time, watch: new CredentialWatch(read, () => time.now) }
  }

  it('are read again when they are a second old, and not before', async () => {
    const { file, time, watch } = scene()
    assert.equal(await watch.current(), 'first')
    file.content = 'second'
    time.now = 999
    assert.deepEqual([await watch.current(), file.reads], ['first', 1])
    time.now = 1_000
    assert.deepEqual([await watch.current(), file.reads], ['second', 2])
  })

  it('are read again at once when they are forgotten', async () => {
    const { file, watch } = scene()
    await watch.current()
    file.content = 'second'
    watch.forget()
    assert.equal(await watch.current(), 'second')
  })

  it('that cannot be read are told to whoever asks, and found again when they can', async () => {
    const { file, time, watch } = scene()
    await watch.current()
    Object.assign(file, { isBroken: true, content: 'second' })
    time.now = 2_000
    await assert.rejects(watch.current(), /unreadable/)
    file.isBroken = false
    assert.equal(await watch.current(), 'second')
  })

  it('are watched by the time of the machine unless another one is given', async () => {
    let reads = 0
    const watch = new CredentialWatch(async () => (reads += 1))
    assert.deepEqual([await watch.current(), await watch.current()], [1, 1])
  })

  it('have a fingerprint that moves exactly with them and does not show them', () => {
    const credentials = fc.record({ user: fc.string(), password: fc.string() })
    fc.assert(
      fc.property(credentials, credentials, (one, other) => {
        const isSame = one.user === other.user && one.password === other.password
        assert.equal(fingerprintOf(one) === fingerprintOf(other), isSame)
        assert.match(fingerprintOf(one), /^[0-9a-f]{64}$/)
      })
    )
  })
})
