import assert from 'node:assert/strict'
import { declared, keyFile, remarksOf, Scene } from './scene.ts'

const offline = (contexts: Readonly<Record<string, unknown>>): readonly string[] =>
  remarksOf(declared(contexts)).map(({ name, verdict, code, path }) => [name, verdict, code, ...path].join(' '))

describe('rules over declared parameter contexts', () => {
  it('let nobody inherit from themselves', () => {
    assert.deepEqual(offline({ a: { inherits: ['b'] }, b: { inherits: ['a'] }, c: { inherits: ['a'] } }), [
      'a invalid CYCLE inherits',
      'b invalid CYCLE inherits'
    ])
    assert.deepEqual(offline({ a: { inherits: ['a'] } }), ['a invalid CYCLE inherits'])
    assert.match(
      remarksOf(declared({ a: { inherits: ['b'] }, b: { inherits: ['a'] } }))[0]?.message ?? '',
      /found a → b → a/
    )
  })

  it('see a circle that is closed by contexts nobody declares', async () => {
    const scene = new Scene()
    const a = scene.server.hold('a')
    scene.server.hold('b', {}, { inherits: [a.id] })
    assert.deepEqual(await scene.remarks(declared({ a: { inherits: ['b'] } })), ['a invalid CYCLE'])
    assert.deepEqual(await scene.remarks(declared({ a: { inherits: ['b'] }, b: { inherits: [] } })), [])
  })

  it('hold what may be viewed and not modified, where something is to be written', async () => {
    const scene = new Scene()
    scene.server.hold('a', { p: '1' }, { isReadOnly: true })
    const items = (value: string) => declared({ a: { parameters: { p: value } } })
    assert.deepEqual(await scene.remarks(items('1')), [])
    const changed = items('2')
    const [remark] = remarksOf(changed, await scene.observe(changed))
    assert.deepEqual([remark?.verdict, remark?.code], ['hold', 'NOT_PERMITTED'])
    assert.match(remark?.message ?? '', /may not be modified: grant "access parameter contexts", modify/)
  })

  it('want every parent to be declared or there', async () => {
    assert.deepEqual(offline({ base: {}, a: { inherits: ['bas'] } }), ['a warn UNKNOWN_CONTEXT inherits 0'])
    const scene = new Scene()
    const items = declared({ base: {}, a: { inherits: ['bas', 'base', 'live'] } })
    scene.server.hold('live')
    const [remark, ...others] = remarksOf(items, await scene.observe(items))
    assert.deepEqual([remark?.verdict, remark?.code, others], ['hold', 'UNKNOWN_CONTEXT', []])
    assert.match(
      remark?.message ?? '',
      /"bas", which is neither declared nor to be seen on the server; did you mean "base"/
    )
    scene.server.hold('bas', {}, { isHidden: true })
    assert.match(remarksOf(items, await scene.observe(items))[0]?.message ?? '', /some we may not read/)
  })

  it('let no parameter be given with another sensitivity than a parent gives it with, near or far, declared or live', async () => {
    const clash = {
      base: { parameters: { p: { valueFrom: { file: '/x' } }, q: 1 } },
      middle: { inherits: ['base'] },
      a: { inherits: ['middle'], parameters: { p: 'text', q: 2 } }
    }
    assert.deepEqual(offline(clash), ['a invalid SENSITIVITY parameters p'])
    assert.match(
      remarksOf(declared(clash))[0]?.message ?? '',
      /^expected a parameter that is sensitive, as in "base", from which it is inherited, found one that is not sensitive; /
    )
    assert.deepEqual(offline({ ...clash, base: { parameters: { p: null } } }), [])
    assert.deepEqual(offline({ ...clash, a: { inherits: ['middle'], parameters: { p: null } } }), [])
    const scene = new Scene()
    scene.server.hold('live', { p: 'text' })
    const items = declared(
      { a: { inherits: ['live'], parameters: { p: { valueFrom: { file: 'p.txt' } } } } },
      { files: { 'p.txt': 'canary' } }
    )
    const [remark] = remarksOf(items, await scene.observe(items))
    assert.deepEqual([remark?.verdict, remark?.code], ['invalid', 'SENSITIVITY'])
    assert.doesNotMatch(remark?.message ?? '', /canary/)
  })

  it('let no secret into the configuration, and warn of one that is in force, without showing it', async () => {
    const literal = declared({ a: { parameters: { p: { value: 'canary', sensitive: true } } } })
    const inForce = remarksOf(literal, await new Scene({ key: keyFile('0123456789abcdef') }).observe(literal))
    assert.deepEqual(
      inForce.map(({ verdict, code }) => [verdict, code]),
      [['warn', 'LITERAL_SECRET']]
    )
    for (const { message } of [...inForce, ...remarksOf(literal)]) {
      assert.match(message, /expected the value of a sensitive parameter in a file.*use valueFrom/)
      assert.doesNotMatch(message, /canary/)
    }
    assert.deepEqual(
      offline({
        a: {
          parameters: {
            p: { value: 'canary', sensitive: true },
            q: { value: null, sensitive: true },
            r: { valueFrom: { file: '/x' } }
          }
        }
      }),
      ['a invalid LITERAL_SECRET parameters p']
    )
  })

  it('say that without a key secrets are assumed unchanged after a restart', async () => {
    const items = declared(
      {
        a: { parameters: { p: { value: null, sensitive: true }, q: { valueFrom: { file: 'q.txt' } } } },
        b: { parameters: { p: 1 } }
      },
      { files: { 'q.txt': 'canary' } }
    )
    const scene = new Scene()
    assert.deepEqual(await scene.remarks(items), ['a warn SECRET_ASSUMED'])
    assert.match(
      remarksOf(items, await scene.observe(items))[0]?.message ?? '',
      /after a restart "p", "q" are assumed unchanged; set INFOMETIS_DIGEST_KEY_FILE/
    )
    assert.deepEqual(await new Scene({ key: keyFile('0123456789abcdef') }).remarks(items), [])
  })

  it('name in the plan what will be restarted', async () => {
    const scene = new Scene()
    scene.server.hold('a', { size: '1' })
    scene.server.running.set('a/size', ['gen'])
    assert.deepEqual(await scene.remarks(declared({ a: { parameters: { size: '1' } } })), [])
    const items = declared({ a: { parameters: { size: '2' } } })
    assert.match(
      remarksOf(items, await scene.observe(items))
        .map(({ message }) => message)
        .join(),
      /^a change of parameters\.size restarts where it runs: gen$/
    )
    const ignored = items.map((item) => ({ ...item, control: { ...item.control, ignore: ['parameters'] } }))
    assert.deepEqual(remarksOf(ignored, await scene.observe(ignored)), [])
  })
})
