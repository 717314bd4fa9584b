import assert from 'node:assert/strict'
import { mask } from '../../src/secrets/mask.ts'
import { Environment } from '../../src/connect/environment.ts'
import { readLogin, type LoginPlaces } from '../../src/connect/login.ts'
import { refusal } from './refusal.ts'

type Variables = Readonly<Record<string, string>>

const url = { name: 'BOX_URL', expected: 'one http or https URL', example: 'https://box:8443' }
const token = { variable: 'BOX_TOKEN_FILE', shown: '/token', what: 'a token' }
const inUrl = { username: 'admin', password: 'canary-h0' }
const user = { BOX_USERNAME: 'infometis', BOX_PASSWORD: 'canary-h1' }

const read = (variables: Variables, places: Partial<LoginPlaces> = {}) =>
  readLogin(new Environment(variables), {
    username: 'BOX_USERNAME',
    password: 'BOX_PASSWORD',
    url,
    inUrl: undefined,
    instead: undefined,
    ...places
  })

describe('a login', () => {
  it('is absent when none is given, also beside another credential', () => {
    assert.equal(read({}), undefined)
    assert.equal(read({}, { instead: token }), undefined)
  })

  it('is a user and a password in variables, the password masked from then on', async () => {
    const login = read(user)
    assert.deepEqual([login?.username, await login?.password.read()], ['infometis', 'canary-h1'])
    assert.equal(mask('canary-h1'), '******')
  })

  it('is that of the URL', async () => {
    const login = read({}, { inUrl })
    assert.deepEqual([login?.username, await login?.password.read()], ['admin', 'canary-h0'])
  })

  for (const [what, variables, message] of [
    [
      'a user without a password',
      { BOX_USERNAME: 'infometis' },
      'BOX_PASSWORD: expected a password or BOX_PASSWORD_FILE, it is not set; for example BOX_PASSWORD_FILE=/secrets/password'
    ],
    [
      'a password without a user',
      { BOX_PASSWORD: 'canary-h2' },
      'BOX_USERNAME: expected a user, as BOX_PASSWORD is set, it is not set; for example infometis'
    ],
    [
      'a password file without a user',
      { BOX_PASSWORD_FILE: '/p' },
      'BOX_USERNAME: expected a user, as BOX_PASSWORD is set, it is not set; for example infometis'
    ],
    [
      'a password beside its file',
      { ...user, BOX_PASSWORD_FILE: '/p' },
      'BOX_PASSWORD_FILE: expected either BOX_PASSWORD or BOX_PASSWORD_FILE, found "/p"; for example unset BOX_PASSWORD'
    ]
  ] as const) {
    it(`is refused when it is ${what}`, () => {
      assert.equal(
        refusal(() => read(variables)),
        message
      )
    })
  }

  for (const variables of [user, { BOX_USERNAME: 'a' }, { BOX_PASSWORD: 'canary-h3' }, { BOX_PASSWORD_FILE: '/p' }]) {
    const names = Object.keys(variables).join()

    it(`is refused in ${names} beside another credential`, () => {
      assert.equal(
        refusal(() => read(variables, { instead: token })),
        'BOX_TOKEN_FILE: expected either a token or a user and a password, found "/token"; for example unset BOX_USERNAME'
      )
    })

    it(`is refused in ${names} beside that of the URL, which is not shown`, () => {
      assert.equal(
        refusal(() => read(variables, { inUrl })),
        'BOX_URL: expected no credentials beside those of other variables, found "******"; for example https://box:8443'
      )
    })
  }

  it('is refused in the URL beside another credential', () => {
    assert.match(
      refusal(() => read({}, { inUrl, instead: token })),
      /^BOX_URL: expected no credentials beside those of other variables, found "\*{6}"/
    )
  })
})
