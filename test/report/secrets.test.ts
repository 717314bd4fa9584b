import assert from 'node:assert/strict'
import fc from 'fast-check'
import type { Json } from '../../src/contract.ts'
import { isSecretName, mask, maskDeep, registerSecret } from '../../src/report/secrets.ts'

describe('a registered secret', () => {
  it('is hidden wherever it appears, however often', () => {
    registerSecret('canary-a1')
    assert.equal(mask('canary-a1, xcanary-a1x and canary-a1'), '******, x******x and ******')
  })

  it('is hidden in the form it has inside a URL and inside JSON', () => {
    registerSecret('canary b2/"ä"')
    assert.equal(mask(`http://x/?p=${encodeURIComponent('canary b2/"ä"')}`), 'http://x/?p=******')
    assert.equal(mask(JSON.stringify({ said: 'canary b2/"ä"' })), '{"said":"******"}')
  })

  it('that begins another one leaves nothing of it behind, in whatever order they were learnt', () => {
    registerSecret('canary-c3')
    registerSecret('canary-c3-longer')
    registerSecret('canary-d4-longer')
    registerSecret('canary-d4')
    assert.equal(mask('canary-c3-longer canary-d4-longer'), '****** ******')
  })

  it('is text and no pattern', () => {
    registerSecret('kestrel.*$&e5')
    assert.equal(mask('kestrel.*$&e5 kestrelXXe5'), '****** kestrelXXe5')
  })

  it('of four characters is one, of fewer is none: it would hide ordinary words', () => {
    registerSecret('hj4k')
    assert.equal(mask('hj4k'), '******')
    registerSecret('')
    registerSecret('the')
    assert.equal(mask('the text'), 'the text')
  })

  it('may be half of a character', () => {
    registerSecret('canary-f6\ud800')
    assert.equal(mask('canary-f6\ud800!'), '******!')
  })

  it('never appears in what is printed of any value that holds it', () => {
    registerSecret('canary-g7')
    const text = fc.string({ maxLength: 8 })
    fc.assert(
      fc.property(text, text, fc.constantFrom('plain', 'password', 'list', 'key'), (before, after, place) => {
        const secret = `${before}canary-g7${after}`
        const values: Readonly<Record<string, Json>> = { plain: secret, password: { password: secret }, list: [[secret]], key: { [secret]: 1 } }
        assert.doesNotMatch(JSON.stringify(maskDeep(values[place] ?? null)), /canary-g7/)
      })
    )
  })
})

describe('the credentials of a URL', () => {
  const table: readonly (readonly [text: string, shown: string])[] = [
    ['https://user:canary@host:9200/path', 'https://******@host:9200/path'],
    ['https://canary@host', 'https://******@host'],
    ['https://user:ca@nary@host', 'https://******@host'],
    ['https://user:ca:nary@host?x=1', 'https://******@host?x=1'],
    ['HTTPS://user:canary@host', 'HTTPS://******@host'],
    ['jdbc+x.y-z://user:canary@host', 'jdbc+x.y-z://******@host'],
    ['http://a:canary@one:1,http://b:canary@two:2', 'http://******@one:1,http://******@two:2'],
    ['at http://a:canary@one and http://two', 'at http://******@one and http://two'],
    ['https://host/path@v1', 'https://host/path@v1'],
    ['mail someone@example.org', 'mail someone@example.org'],
    ['kafka:9092', 'kafka:9092']
  ]
  for (const [text, shown] of table) it(`${text.replaceAll('canary', '…')} is shown as ${shown}`, () => assert.equal(mask(text), shown))

  it('are looked for in time that grows with the text and no faster', () => {
    const started = performance.now()
    for (const text of ['a.'.repeat(500_000), 'http://'.repeat(140_000), `http://${'@'.repeat(1_000_000)}`, 'a:/'.repeat(300_000)]) mask(text)
    assert.ok(performance.now() - started < 2_000)
  })
})

describe('a name', () => {
  const secret = ['password', 'PASSWORD', 'ssl.key.password', 'passwd', 'sasl.jaas.config', 'client_secret', 'accessToken', 'api-key', 'apiKey', 'api.key', 'access_key', 'private-key', 'ssl.keystore.key', 'passphrase', 'credentials']
  const plain = ['partitions', 'config.retention.ms', 'tokenizer', 'settings.analysis.tokenizer.x.type', 'keyword', 'compression.type', 'key', 'pass', '']
  for (const name of secret) it(`"${name}" is likely to hold a secret`, () => assert.equal(isSecretName(name), true))
  for (const name of plain) it(`"${name}" is not`, () => assert.equal(isSecretName(name), false))
})

describe('a value under a secret-looking name', () => {
  it('is hidden, text and number, at every depth', () => {
    assert.deepEqual(maskDeep({ password: 'x', token: 4711, nested: { secrets: ['x', { value: 1, deep: ['y'] }] } }), {
      password: '******',
      token: '******',
      nested: { secrets: ['******', { value: '******', deep: ['******'] }] }
    })
    assert.equal(maskDeep('x', 'config.sasl.jaas.config'), '******')
    assert.deepEqual(maskDeep(['x', 5], 'password'), ['******', '******'])
  })

  it('that is not set, empty, true or false is shown: it tells nothing', () => {
    assert.deepEqual(maskDeep({ password: null, secret: '', tokens: [], 'uses-secret': true }), { password: null, secret: '', tokens: [], 'uses-secret': true })
  })

  it('leaves every other value as it is', () => {
    const harmless = fc.dictionary(fc.constantFrom('partitions', 'config', 'a.b'), fc.oneof(fc.integer(), fc.boolean(), fc.constant(null), fc.stringMatching(/^[a-z ]{0,9}$/)), { noNullPrototype: true })
    fc.assert(fc.property(harmless, (value) => assert.deepEqual(maskDeep(value), value)))
  })
})
