import assert from 'node:assert/strict'
import fc from 'fast-check'
import type { Json } from '../../src/records.ts'
import { SecretFinder } from '../../src/secrets/finder.ts'
import { isSecretName, mask, maskDeep, registerSecret } from '../../src/secrets/mask.ts'

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

  it('of fewer than four characters, often an ordinary word, is hidden as a whole text, in quotes and as a value', () => {
    registerSecret('hj4k')
    assert.equal(mask('xhj4kx'), 'x******x')
    for (const secret of ['', 'z+7', 'q']) registerSecret(secret)
    const shown = [
      ['z+7', '******'],
      ['found "z+7", found \'q\'', 'found "******", found \'******\''],
      ['{\\"key\\":\\"z+7\\"}', '{\\"key\\":\\"******\\"}'],
      ['user=a&x=q&y=z+7', 'user=a&x=******&y=******'],
      ['xz+7x, zz7, q of 3, x=quick', 'xz+7x, zz7, q of 3, x=quick'],
      ['', '']
    ] as const
    for (const [text, expected] of shown) assert.equal(mask(text), expected)
  })

  it('that overlaps another one leaves nothing of either behind', () => {
    for (const secret of ['canary-h8-left', 'left-right-h8', 'ght-h8-end']) registerSecret(secret)
    assert.equal(mask('(canary-h8-left-right-h8-end)'), '(******)')
  })

  it('is found as a search for each of all secrets would find it', () => {
    fc.assert(
      fc.property(
        fc.array(fc.string({ unit: fc.constantFrom('a', 'b', '%', '"'), minLength: 4, maxLength: 7 }), {
          maxLength: 6
        }),
        fc.string({ unit: fc.constantFrom('a', 'b', '%', '"'), maxLength: 30 }),
        (secrets, text) => {
          const finder = new SecretFinder(secrets)
          const hidden = new Set(
            finder.find(text).flatMap(({ from, to }) => Array.from({ length: to - from }, (_, index) => from + index))
          )
          const forms = secrets.flatMap((secret) => [
            secret,
            encodeURIComponent(secret),
            JSON.stringify(secret).slice(1, -1)
          ])
          const expected = forms.flatMap((form) =>
            Array.from(text, (_, from) =>
              text.startsWith(form, from) ? Array.from({ length: form.length }, (_char, index) => from + index) : []
            ).flat()
          )
          assert.deepEqual(
            [...hidden].toSorted((a, b) => a - b),
            [...new Set(expected)].toSorted((a, b) => a - b)
          )
        }
      )
    )
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
        const values: Readonly<Record<string, Json>> = {
          plain: secret,
          password: { password: secret },
          list: [[secret]],
          key: { [secret]: 1 }
        }
        assert.doesNotMatch(JSON.stringify(maskDeep(values[place] ?? null)), /canary-g7/)
      })
    )
  })
})

describe('secrets that rotate', () => {
  const token = (source: string, index: number): string => `canary-token-${source}-${index}.`

  it('keep their newest twenty, since older ones may be in flight for a while', () => {
    for (let index = 0; index < 50; index += 1) registerSecret(token('x', index), 'x')
    const seen = Array.from({ length: 50 }, (_, index) => mask(token('x', index)) === '******')
    assert.deepEqual(
      seen,
      Array.from({ length: 50 }, (_, index) => index >= 30)
    )
  })

  it('keep what is registered again and again, whatever comes between', () => {
    for (let index = 0; index < 50; index += 1) {
      registerSecret(token('y', 0), 'y')
      registerSecret(token('y', index + 1), 'y')
    }
    assert.equal(mask(token('y', 0)), '******')
  })

  it('are bounded by their source: others keep theirs', () => {
    registerSecret('canary-static-1')
    registerSecret('canary-static-2', 'file')
    registerSecret(token('shared', 1), 'z1')
    registerSecret(token('shared', 1), 'z2')
    for (let index = 2; index < 50; index += 1) registerSecret(token('shared', index), 'z1')
    assert.equal(mask(`canary-static-1 canary-static-2 ${token('shared', 1)}`), '****** ****** ******')
  })

  it('cost a line no more than a few do', () => {
    const line = 'topic/user-events updated; config.retention.ms 86400000 → 60000 at http://localhost:9092 '.repeat(3)
    const timeOf = (): number => {
      const rounds = Array.from({ length: 7 }, () => {
        const startedAt = performance.now()
        for (let round = 0; round < 300; round += 1) mask(line)
        return performance.now() - startedAt
      })
      return Math.min(...rounds)
    }
    timeOf()
    const before = timeOf()
    for (let index = 0; index < 5_000; index += 1)
      registerSecret(`eyJhbGciOi-${index}-${'x'.repeat(40)}`, index % 2 === 0 ? 'jwt' : '')
    assert.equal(mask(`eyJhbGciOi-4999-${'x'.repeat(40)}`), '******')
    assert.ok(timeOf() < 5 * before + 2, `${before} ms before, ${timeOf()} ms with 5,000 more`)
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
  for (const [text, shown] of table)
    it(`${text.replaceAll('canary', '…')} is shown as ${shown}`, () => assert.equal(mask(text), shown))

  it('are looked for in time that grows with the text and no faster', () => {
    const started = performance.now()
    for (const text of [
      'a.'.repeat(500_000),
      'http://'.repeat(140_000),
      `http://${'@'.repeat(1_000_000)}`,
      'a:/'.repeat(300_000)
    ])
      mask(text)
    assert.ok(performance.now() - started < 2_000)
  })
})

describe('a name', () => {
  const secret = [
    'password',
    'PASSWORD',
    'ssl.key.password',
    'passwd',
    'sasl.jaas.config',
    'client_secret',
    'accessToken',
    'api-key',
    'apiKey',
    'api.key',
    'access_key',
    'private-key',
    'ssl.keystore.key',
    'passphrase',
    'credentials'
  ]
  const plain = [
    'partitions',
    'config.retention.ms',
    'tokenizer',
    'settings.analysis.tokenizer.x.type',
    'keyword',
    'compression.type',
    'key',
    'pass',
    ''
  ]
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
    assert.deepEqual(maskDeep({ password: null, secret: '', tokens: [], 'uses-secret': true }), {
      password: null,
      secret: '',
      tokens: [],
      'uses-secret': true
    })
  })

  it('leaves every other value as it is', () => {
    // Not "q": a test above has registered it.
    const harmless = fc.dictionary(
      fc.constantFrom('partitions', 'config', 'a.b'),
      fc.oneof(fc.integer(), fc.boolean(), fc.constant(null), fc.stringMatching(/^[a-p ]{0,9}$/)),
      { noNullPrototype: true }
    )
    fc.assert(fc.property(harmless, (value) => assert.deepEqual(maskDeep(value), value)))
  })
})
