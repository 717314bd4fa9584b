import assert from 'node:assert/strict'
import { stringify } from 'yaml'
import { Bench, documentOf } from './bench.ts'

const mebibyte = 1_048_576

describe('validate', () => {
  let bench: Bench

  beforeEach(async () => {
    bench = await Bench.open()
  })

  afterEach(() => bench.close())

  /** `CODE file` of each problem. */
  const listed = async (input?: string): Promise<readonly string[]> => {
    const host = bench.host(input === undefined ? {} : { input })
    const code = await bench.run(
      host,
      'validate',
      'fake',
      '--output',
      'json',
      ...(input === undefined ? [] : ['--config', '-'])
    )
    const { problems, valid } = documentOf(host)
    assert.equal(code, valid === true ? 0 : 1)
    return problems.map(({ code: why, file }: { readonly code: string; readonly file: string }) => `${why} ${file}`)
  }

  const withoutKind = (name: string, data: Readonly<Record<string, string>>, namespace?: string): object => ({
    metadata: { name, ...(namespace !== undefined && { namespace }) },
    data
  })

  const configMap = (...given: Parameters<typeof withoutKind>): object => ({
    apiVersion: 'v1',
    kind: 'ConfigMap',
    ...withoutKind(...given)
  })

  /** Valid, and so many bytes long. */
  const padded = (text: string, bytes: number): string => text + ' '.repeat(bytes - Buffer.byteLength(text))

  it('prints each problem on a line, and how many errors there are', async () => {
    await bench.declare({ 'queues.yaml': 'a: {size: big}\nB: {mode: fast}\n', 'other.txt': '' })
    const host = bench.host()
    assert.equal(await bench.run(host, 'validate', 'fake'), 1)
    assert.match(host.out, /^✗ error {3}queues\.yaml:1:11 a\.size: expected an integer, found text "big"$/m)
    assert.match(host.out, /^! warning queues\.yaml:2:\d+ B\.mode: /m)
    assert.match(host.out, /\n✗ fake: 2 errors\n$/)
    await bench.declare({ 'queues.yaml': 'a: {size: 0}\n' })
    const one = bench.host()
    assert.equal(await bench.run(one, 'validate', 'fake'), 1)
    assert.match(one.out, /\n✗ fake: 1 error\n$/)
    await bench.declare({ 'queues.yaml': 'a: {size: 1}\n' })
    const good = bench.host()
    assert.equal(await bench.run(good, 'validate', 'fake'), 0)
    assert.equal(good.out, '✔ fake: valid\n')
  })

  it('asks the service nothing', async () => {
    await bench.declare({ 'queues.json': '{"a": {}}' })
    await listed()
    assert.deepEqual(bench.server.calls, [])
  })

  describe('of a directory', () => {
    it('with more than a ConfigMap can hold is none of the directory: several may be mounted into it', async () => {
      await bench.declare({
        'queues.json': padded('{"a": {}}', 700_000),
        'settings.json': padded('{"values": {}}', 700_000)
      })
      assert.deepEqual(await listed(), [])
    })

    it('refuses each file that no ConfigMap can hold, and none that one can just hold', async () => {
      await bench.declare({
        'queues.json': padded('{"a": {}}', mebibyte),
        'settings.json': padded('{"values": {}}', mebibyte + 1),
        'queues.prod.json': padded('{}', 2 * mebibyte)
      })
      assert.deepEqual(await listed(), ['TOO_LARGE queues.prod.json', 'TOO_LARGE settings.json'])
    })
  })

  describe('of manifests on stdin', () => {
    it('holds each ConfigMap to the limit, not all of them together', async () => {
      const queues = configMap('queues', { 'queues.json': padded('{"a": {}}', 700_000) })
      const settings = configMap('settings', { 'settings.json': padded('{"values": {}}', 700_000) })
      assert.deepEqual(await listed(`${stringify(queues)}---\n${stringify(settings)}`), [])
      const both = configMap('both', {
        'queues.json': padded('{"a": {}}', 700_000),
        'settings.json': padded('{"values": {}}', 600_000)
      })
      assert.deepEqual(await listed(stringify(both)), ['TOO_LARGE both/queues.json'])
    })

    it('reads the lists that kubectl and the API print', async () => {
      const bad = configMap('queues', { 'queues.yaml': 'a: {sise: 1}\n' })
      const other = { apiVersion: 'v1', kind: 'Secret', metadata: { name: 'queues' }, data: {} }
      const list = {
        apiVersion: 'v1',
        kind: 'List',
        metadata: {},
        items: [other, bad, { kind: 'List', items: [configMap('settings', { 'settings.json': '7' })] }]
      }
      assert.deepEqual(await listed(stringify(list)), [
        'TYPE settings/settings.json',
        'UNKNOWN_FIELD queues/queues.yaml'
      ])
      assert.deepEqual(await listed(JSON.stringify(list)), [
        'TYPE settings/settings.json',
        'UNKNOWN_FIELD queues/queues.yaml'
      ])
      const bare = withoutKind('queues', { 'queues.yaml': 'a: {sise: 1}\n' })
      assert.deepEqual(await listed(stringify({ kind: 'ConfigMapList', items: [bare] })), [
        'UNKNOWN_FIELD queues/queues.yaml'
      ])
      assert.deepEqual(await listed(stringify({ kind: 'SecretList', items: [bare] })), ['NO_FILE -'])
      assert.deepEqual(await listed(stringify({ kind: 'List', items: 7 })), ['NO_FILE -'])
    })

    it('takes ConfigMaps of several namespaces for several directories', async () => {
      const [dev, prod] = ['dev', 'prod'].map((namespace) =>
        configMap('queues', { 'queues.json': namespace === 'dev' ? '{"a": {}}' : '{"A": {}}' }, namespace)
      )
      assert.deepEqual(await listed(`${stringify(dev)}---\n${stringify(prod)}`), ['NAME queues/queues.json'])
    })

    it('says of text that is no manifest where it goes wrong, beside what is wrong in the others', async () => {
      const good = stringify(configMap('queues', { 'queues.json': '{"A": {}}' }))
      assert.deepEqual(
        await listed(`a: [\n---\n${good}---\nkind: ConfigMap\nmetadata: {name: b}\ndata: {queues.json: 5}\n`),
        ['SYNTAX -', 'TYPE -', 'NAME queues/queues.json']
      )
      assert.deepEqual(await listed(''), ['NO_FILE -'])
      assert.deepEqual(await listed('- kind: ConfigMap\n'), ['NO_FILE -'])
    })
  })

  it('says of the merge key of YAML 1.1 that there is none, at its place', async () => {
    await bench.declare({ 'queues.yaml': 'a: &a {size: 1}\nb:\n  <<: *a\n  mode: fast\n' })
    const host = bench.host()
    assert.equal(await bench.run(host, 'validate', 'fake', '--output', 'json'), 1)
    const [{ code, line, column, path, message }] = documentOf(host).problems
    assert.deepEqual([code, line, column, path], ['SYNTAX', 3, 3, 'b'])
    assert.match(message, /^expected fields, found the merge key "<<"/)
  })
})
