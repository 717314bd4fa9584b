import assert from 'node:assert/strict'
import { mkdtemp, rm, writeFile, mkdir } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { mask as masked } from '../../../../src/secrets/mask.ts'
import { declared, keyFile, Scene } from './scene.ts'

const key = keyFile('a key of more than 16 letters')
const changed = ['a parameters.p: "********" → "******** (changed)" (safe)']

describe('secrets of parameter contexts', () => {
  let directory = ''
  let file = ''

  beforeEach(async () => {
    directory = await mkdtemp(join(tmpdir(), 'infometis-secrets-'))
    file = join(directory, 'p')
    await writeFile(file, 'canary-one\n')
  })
  afterEach(() => rm(directory, { recursive: true }))

  const items = () => declared({ a: { parameters: { p: { valueFrom: { file } } } } })

  it('are written when they are created, and masked from then on', async () => {
    const scene = new Scene()
    assert.deepEqual(await scene.apply(items()), ['a done'])
    assert.deepEqual(scene.server.valuesOf('a'), { p: 'canary-one' })
    assert.deepEqual(await scene.differences(items()), [])
    assert.ok(!masked('it is canary-one').includes('canary-one'))
  })

  it('without a key are written when their file changes while we run, and assumed unchanged after a restart', async () => {
    const scene = new Scene()
    await scene.apply(items())
    await writeFile(file, 'canary-two')
    assert.deepEqual(await scene.differences(items()), changed)
    assert.deepEqual(await scene.apply(items()), ['a done'])
    assert.deepEqual(scene.server.valuesOf('a'), { p: 'canary-two' })
    assert.deepEqual(await scene.differences(items()), [])

    await writeFile(file, 'canary-three')
    assert.deepEqual(await new Scene({ server: scene.server }).differences(items()), [])
    assert.deepEqual(await scene.differences(items()), changed, 'who was there goes on knowing')
    assert.equal(scene.server.named('a').parameters.get('p')?.description, '')
  })

  it('without a key stay changed until NiFi has taken them', async () => {
    const scene = new Scene()
    await scene.apply(items())
    await writeFile(file, 'canary-two')
    scene.server.faults.push({ on: /^POST .*update-requests$/, act: () => ({ status: 409, body: 'not now' }) })
    assert.deepEqual(await scene.apply(items()), ['a failed CONFLICT: not now'])
    assert.deepEqual(await scene.differences(items()), changed)
    assert.deepEqual(await scene.apply(items()), ['a done'])
    assert.deepEqual(await scene.differences(items()), [])
  })

  it('with a key are known after a restart by a digest that only the key can make', async () => {
    const scene = new Scene({ key })
    const described = declared({ a: { parameters: { p: { valueFrom: { file }, description: 'of the broker' } } } })
    await scene.apply(described)
    const description = scene.server.named('a').parameters.get('p')?.description ?? ''
    assert.match(description, /^of the broker\n\[infometis digest=[\w-]{43}\]$/)
    assert.deepEqual(await new Scene({ server: scene.server, key }).differences(described), [])

    await writeFile(file, 'canary-two')
    const restarted = new Scene({ server: scene.server, key })
    assert.deepEqual(await restarted.differences(described), changed)
    await restarted.apply(described)
    assert.deepEqual(scene.server.valuesOf('a'), { p: 'canary-two' })
    const now = scene.server.named('a').parameters.get('p')?.description ?? ''
    assert.ok(now.startsWith('of the broker\n') && now !== description)
    assert.deepEqual(await restarted.differences(described), [])
    assert.deepEqual(
      await new Scene({ server: scene.server, key: keyFile('another key of such a length') }).differences(described),
      changed
    )
  })

  it('do not show that two of them are equal', async () => {
    const scene = new Scene({ key })
    await scene.apply(
      declared({
        a: { parameters: { p: { valueFrom: { file } }, q: { valueFrom: { file } } } },
        b: { parameters: { p: { valueFrom: { file } } } }
      })
    )
    const digests = ['a', 'b'].flatMap((name) =>
      [...scene.server.named(name).parameters.values()].map(({ description }) => description)
    )
    assert.equal(new Set(digests).size, 3)
  })

  it('keep their digest when only their description changes, and are not written then', async () => {
    const scene = new Scene({ key })
    await scene.apply(items())
    const before = scene.server.named('a').parameters.get('p')?.description ?? ''
    await scene.apply(declared({ a: { parameters: { p: { valueFrom: { file }, description: 'd' } } } }))
    assert.equal(scene.server.named('a').parameters.get('p')?.description, `d\n${before}`)
    assert.ok(!JSON.stringify(scene.server.of(/^POST .*update-requests/)).includes('canary'))
  })

  it('lose the digest of another value when they are written without a key', async () => {
    const server = new Scene({ key }).server
    await new Scene({ server, key }).apply(items())
    const scene = new Scene({ server })
    assert.deepEqual(await scene.differences(items()), [])
    await writeFile(file, 'canary-two')
    await scene.apply(items())
    assert.equal(server.named('a').parameters.get('p')?.description, '')
  })

  it('are given once to one that nobody noted, so that its digest is true', async () => {
    const scene = new Scene({ key })
    scene.server.hold('a', { p: { value: 'canary-one', sensitive: true, description: null } })
    assert.deepEqual(await scene.differences(items()), changed)
    await scene.apply(items())
    assert.deepEqual(await scene.differences(items()), [])
  })

  it('refuse a key that is too short or not there, as a fault of the variable', async () => {
    const scene = new Scene({ key: keyFile('short') })
    scene.server.hold('a', { p: { value: 'x', sensitive: true, description: null } })
    await assert.rejects(
      () => scene.observe(items()),
      /INFOMETIS_DIGEST_KEY_FILE: expected a file with a key of at least 16 characters, found 5/
    )
  })

  it('hold the context when their file is missing, naming it; the others go on', async () => {
    const scene = new Scene()
    const missing = join(directory, 'none')
    const both = declared({
      a: { parameters: { p: { valueFrom: { file: missing } }, q: '2' } },
      b: { parameters: { x: 1 } }
    })
    assert.deepEqual(
      (await scene.remarks(both)).filter((remark) => remark.includes('VALUE_FILE')),
      ['a hold VALUE_FILE']
    )
    scene.server.hold('a', { p: { value: 'kept', sensitive: true, description: null }, q: '1' })
    const found = await scene.differences(both)
    assert.deepEqual(found.slice(0, 2), [
      `a parameters.p: {"value":"********","sensitive":true} → {"valueFrom":{"file":${JSON.stringify(missing)}},"sensitive":true} (unsupported)`,
      'a parameters.q: "1" → "2" (safe)'
    ])
    assert.deepEqual(await scene.apply(both), ['b done', 'a done'])
    assert.deepEqual(scene.server.valuesOf('a'), { p: 'kept', q: '2' })
  })

  it('are not read from what is no file, no text or a mask', async () => {
    const scene = new Scene()
    scene.server.hold('a', { p: { value: 'kept', sensitive: true, description: null } })
    await mkdir(join(directory, 'sub'))
    await writeFile(join(directory, 'binary'), Uint8Array.of(0xff, 0xfe))
    await writeFile(join(directory, 'mask'), '********\n')
    for (const name of ['sub', 'binary', 'mask']) {
      const [line] = await scene.differences(
        declared({ a: { parameters: { p: { valueFrom: { file: join(directory, name) } } } } })
      )
      assert.match(line ?? '', /\(unsupported\)$/, name)
    }
  })

  it('stay out of a parameter that shows its value', async () => {
    const scene = new Scene()
    scene.server.hold('a', { p: 'open' })
    assert.deepEqual(await scene.apply(items()), [])
    assert.deepEqual(scene.server.valuesOf('a'), { p: 'open' })
  })

  it('may be values that are none: then the file is compared as text', async () => {
    const scene = new Scene()
    const open = declared({ a: { parameters: { p: { valueFrom: { file }, sensitive: false } } } })
    await scene.apply(open)
    assert.deepEqual(await scene.differences(open), [])
    await writeFile(file, 'two')
    assert.deepEqual(await scene.differences(open), ['a parameters.p: "canary-one" → "two" (safe)'])
    await scene.apply(open)
    assert.deepEqual(scene.server.valuesOf('a'), { p: 'two' })
  })
})
