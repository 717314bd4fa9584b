import assert from 'node:assert/strict'
import * as fc from 'fast-check'
import { mask } from '../../src/secrets/mask.ts'
import { parseUrl } from '../../src/connect/url.ts'
import { refusal } from './refusal.ts'

const variable = { name: 'BOX_URL', expected: 'one http or https URL', example: 'https://box:8443' }

describe('a URL that may carry credentials', () => {
  for (const [written, href] of [
    ['http://box', 'http://box/'],
    ['https://box:8443/a/b/', 'https://box:8443/a/b/'],
    ['http://[::1]:8080', 'http://[::1]:8080/']
  ] as const) {
    it(`is taken without any (${written})`, () => {
      const { url, login } = parseUrl(written, variable)
      assert.deepEqual([url.href, login], [href, undefined])
    })
  }

  for (const [written, username, password] of [
    ['admin:canary-k1', 'admin', 'canary-k1'],
    ['admin:canary@k2', 'admin', 'canary@k2'],
    ['admin:canary,k3', 'admin', 'canary,k3'],
    ['admin:canary:k4', 'admin', 'canary:k4'],
    ['admin:canary%2Fk5%25', 'admin', 'canary/k5%'],
    ['ad%40min:canary ü6', 'ad@min', 'canary ü6']
  ] as const) {
    it(`is taken apart from them (${written})`, () => {
      const { url, login } = parseUrl(`https://${written}@box:8443/x`, variable)
      assert.deepEqual([url.href, login], ['https://box:8443/x', { username, password }])
    })
  }

  it('gives them back whatever they are made of', () => {
    // What is registered once is masked for good: no ordinary words.
    const word = fc.string({ unit: 'grapheme' }).map((text) => `canary-k${text}`)
    fc.assert(
      fc.property(word, word, (username, password) => {
        const { login } = parseUrl(
          `https://${encodeURIComponent(username)}:${encodeURIComponent(password)}@box`,
          variable
        )
        assert.deepEqual(login, { username, password })
      })
    )
  })

  it('has its password masked from then on, in every form', () => {
    parseUrl('https://admin:canary%2Fk7@x@box', variable)
    assert.equal(mask('said canary/k7@x and canary%2Fk7%40x'), 'said ****** and ******')
  })

  it('is refused with what its variable takes', () => {
    assert.equal(
      refusal(() => parseUrl('box', variable)),
      'BOX_URL: expected one http or https URL, found "box"; for example https://box:8443'
    )
  })

  for (const value of [
    'box:8443',
    'ftp://box',
    'http://',
    'http://box:port',
    'http://box:65536',
    'https://a,b',
    'https://a,https://b',
    'http://box?x',
    'http://box/#/x'
  ]) {
    it(`is refused when it is ${value}`, () => {
      const message = refusal(() => parseUrl(value, variable))
      assert.ok(message.startsWith('BOX_URL: expected '), message)
      assert.ok(message.includes(`found "${value}"`), message)
    })
  }

  for (const [what, url, expected] of [
    ['are a user alone', 'http://canary-l1@box', 'both a user and a password'],
    ['are a password alone', 'http://:canary-l2@box', 'both a user and a password'],
    ['hold a % of their own', 'http://admin:canary-l3%@box', 'written as %25'],
    [
      'hold a slash, which makes the user a host and the beginning a port',
      'http://admin:12/canary-l4@box',
      'written as %2F'
    ],
    ['hold a slash', 'http://admin:canary/l5@box', 'one http or https URL'],
    ['hold a #', 'http://admin:12#canary-l6@box', 'a URL without a query'],
    ['hold a ?', 'http://admin:12?canary-l7@box', 'a URL without a query'],
    ['stand in no URL', 'admin:canary-l8@box:8443', 'one http or https URL'],
    ['stand in a URL of another kind', 'jdbc://admin:canary-l9@box:8443', 'one http or https URL'],
    ['hold a line break and a bad port', 'http://admin:canary\nla@box:port', 'one http or https URL']
  ] as const) {
    it(`is refused without being shown when they ${what}`, () => {
      const message = refusal(() => parseUrl(url, variable))
      assert.ok(message.startsWith('BOX_URL: expected '), message)
      assert.ok(message.includes(expected), message)
      assert.doesNotMatch(message, /canary|admin:|l5|la@/)
    })
  }
})
