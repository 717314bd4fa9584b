import assert from 'node:assert/strict'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { mask } from '../../src/secrets/mask.ts'
import { Environment } from '../../src/connect/environment.ts'
import { refusal } from './refusal.ts'

describe('a variable', () => {
  it('that is empty is as good as unset', () => {
    const environment = new Environment({ A: '', B: 'x' })
    assert.deepEqual([environment.text('A'), environment.text('B'), environment.text('C')], [undefined, 'x', undefined])
  })

  it('that is required and missing is refused with its name and an example', () => {
    assert.equal(
      refusal(() => new Environment({}).required('KAFKA_BOOTSTRAP_SERVERS', 'kafka:9092')),
      'KAFKA_BOOTSTRAP_SERVERS: expected a value, it is not set; for example kafka:9092'
    )
    assert.equal(new Environment({ A: 'x' }).required('A', 'y'), 'x')
  })

  it('with a few allowed values takes these, and a default when it is unset', () => {
    const level = (value?: string) => new Environment({ LEVEL: value }).oneOf('LEVEL', ['info', 'debug'], 'info')
    assert.deepEqual([level(), level(''), level('debug')], ['info', 'info', 'debug'])
    assert.equal(
      refusal(() => level('Debug')),
      'LEVEL: expected one of info, debug, found "Debug"; for example info'
    )
  })

  it('that is a duration needs a unit', () => {
    const interval = (value?: string) =>
      new Environment({ RECONCILE_INTERVAL: value }).duration('RECONCILE_INTERVAL', '30s')
    assert.deepEqual([interval(), interval('1m30s'), interval('500ms')], [30_000, 90_000, 500])
    for (const value of ['5', '0', '0s', '-1s', '1d', ' 5s', 'soon']) {
      assert.equal(
        refusal(() => interval(value)),
        `RECONCILE_INTERVAL: expected a duration with a unit, greater than zero, found "${value}"; for example 30s, 1m30s or 500ms`
      )
    }
  })

  it('that is a number is a whole one within its limits', () => {
    const port = (value?: string) => new Environment({ HTTP_PORT: value }).integer('HTTP_PORT', 8080, 1, 65_535)
    assert.deepEqual([port(), port('1'), port('65535'), port('080')], [8080, 1, 65_535, 80])
    for (const value of ['0', '65536', '-1', '8080.0', '8e3', '0x50', 'http', ' 80', '99999999999']) {
      assert.equal(
        refusal(() => port(value)),
        `HTTP_PORT: expected a whole number from 1 to 65535, found "${value}"; for example 8080`
      )
    }
  })

  it('that was given as a flag is named by the flag', () => {
    const environment = new Environment({ RECONCILE_INTERVAL: '5' }, { RECONCILE_INTERVAL: '--interval' })
    assert.match(
      refusal(() => environment.duration('RECONCILE_INTERVAL', '30s')),
      /^--interval: expected a duration/
    )
  })
})

describe('a secret', () => {
  let directory: string
  beforeEach(async () => {
    directory = await mkdtemp(join(tmpdir(), 'environment-'))
  })
  afterEach(() => rm(directory, { recursive: true, force: true }))

  it('that is not given is none', () => assert.equal(new Environment({}).secret('PASSWORD'), undefined))

  it('given inline is read as it is and hidden from then on', async () => {
    const secret = new Environment({ PASSWORD: 'canary-inline\n' }).secret('PASSWORD')
    assert.equal(await secret?.read(), 'canary-inline\n')
    assert.equal(mask('it is canary-inline\n!'), 'it is ******!')
  })

  it('given as a file loses one newline at its end, is hidden, and is read again when it rotates', async () => {
    const path = join(directory, 'password')
    const secret = new Environment({ PASSWORD_FILE: path }).secret('PASSWORD')
    for (const [content, value] of [
      ['canary-one\n', 'canary-one'],
      ['canary-two\r\n', 'canary-two'],
      ['canary-three\n\n', 'canary-three\n'],
      ['canary-four', 'canary-four']
    ] as const) {
      await writeFile(path, content)
      assert.equal(await secret?.read(), value)
      assert.equal(mask(`<${value}>`), '<******>')
    }
  })

  it('given as a file that cannot be read is refused with the variable and the path, when it is needed', async () => {
    const path = join(directory, 'missing')
    const secret = new Environment({ PASSWORD_FILE: path }).secret('PASSWORD')
    await assert.rejects(async () => secret?.read(), {
      code: 'VARIABLE_INVALID',
      message: `PASSWORD_FILE: expected a readable file, found "${path}" (ENOENT)`
    })
  })

  it('given in both ways is refused, and not shown', () => {
    const message = refusal(() =>
      new Environment({ PASSWORD: 'canary-both', PASSWORD_FILE: '/run/password' }).secret('PASSWORD')
    )
    assert.equal(
      message,
      'PASSWORD_FILE: expected either PASSWORD or PASSWORD_FILE, found "/run/password"; for example unset PASSWORD'
    )
  })
})
