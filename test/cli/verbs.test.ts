/**
 * The command line as scripts use it: exit codes, and documents that keep to their published schemas. The service is
 * the example, so that none has to be started.
 */
import assert from 'node:assert/strict'
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { Ajv } from 'ajv'
import { parse } from 'yaml'
import { runCommandLine } from '../../src/cli/command-line.ts'
import type { Variables } from '../../src/sidecar/host.ts'
import { TestHost } from '../sidecar/test-host.ts'

const root = fileURLToPath(new URL('../..', import.meta.url))
const plugin = join(root, 'examples/directory/index.ts')

interface Ran {
  readonly code: number
  readonly stdout: string
  readonly stderr: string
}

function manifest(data: string): string {
  return `kind: ConfigMap\nmetadata: {name: served, labels: {infometis.component: directory}}\ndata:\n  files.yaml: |\n    ${data}\n`
}

describe('the command line', () => {
  const ajv = new Ajv({ strict: true, allowUnionTypes: true })
  let home = ''
  let config = ''
  let served = ''

  before(async () => {
    for (const name of ['validate', 'diff', 'apply', 'error']) {
      ajv.addSchema(JSON.parse(await readFile(join(root, `docs/schemas/${name}.schema.json`), 'utf8')))
    }
  })

  beforeEach(async () => {
    home = await mkdtemp(join(tmpdir(), 'infometis-cli-'))
    config = join(home, 'config')
    served = join(home, 'served')
    await mkdir(config)
    await mkdir(served)
  })

  afterEach(async () => {
    await rm(home, { recursive: true, force: true })
  })

  const hostOf = (variables: Variables, input = ''): TestHost =>
    new TestHost({
      variables: { DIRECTORY_PATH: served, INFOMETIS_PLUGIN: plugin, LOG_FORMAT: 'json', ...variables },
      input
    })

  const infometis = async (words: readonly string[], variables: Variables = {}, input = ''): Promise<Ran> => {
    const host = hostOf(variables, input)
    const code = await runCommandLine(words, host)
    return { code, stdout: host.out, stderr: host.err }
  }

  /** The document on stdout, held to its schema; nothing else may stand there. */
  const documentOf = ({ stdout }: Ran, schema: string): ReturnType<typeof JSON.parse> => {
    const document: unknown = JSON.parse(stdout)
    assert.equal(ajv.validate(`${schema}.schema.json`, document), true, `${ajv.errorsText()}\n${stdout}`)
    return document
  }

  const declare = (files: string): Promise<void> => writeFile(join(config, 'files.yaml'), files)

  it('diff: 1 while something differs, apply: 0 once converged, diff: 0 afterwards', async () => {
    await declare('a.txt: {content: hello, mode: "640"}\n')
    await writeFile(join(served, 'stray.txt'), 'x')
    const before = await infometis(['diff', 'directory', '--config', config, '--output', 'json'])
    assert.equal(before.code, 1, before.stderr)
    assert.equal(documentOf(before, 'diff').status, 'drift')
    const applied = await infometis(['apply', 'directory', '--config', config, '--output', 'json'])
    assert.equal(applied.code, 0, applied.stderr)
    const results = documentOf(applied, 'apply').outcomes.map(({ key, verb, result }: Record<string, string>) => [
      key,
      verb,
      result
    ])
    assert.deepEqual(results.toSorted(), [
      ['directory/file/a.txt', 'create', 'done'],
      ['directory/file/stray.txt', 'orphan', 'reported']
    ])
    const after = await infometis(['diff', 'directory', '--config', config, '--output', 'json'])
    assert.equal(after.code, 0)
    assert.deepEqual(documentOf(after, 'diff').counts, {
      create: 0,
      update: 0,
      keep: 1,
      orphan: 1,
      hold: 0,
      invalid: 0
    })
    assert.deepEqual((await readdir(served)).toSorted(), ['a.txt', 'stray.txt'])
  })

  it('held, invalid and paused items: 1, 1 and 0, and their neighbours are applied', async () => {
    await writeFile(join(served, 'held.txt'), 'keep me')
    await declare('held.txt: {content: ""}\nbad.txt: {contents: x}\ngood.txt: {content: x}\n')
    const applied = await infometis(['apply', 'directory', '--config', config, '--output', 'json'])
    assert.equal(applied.code, 1)
    assert.equal(documentOf(applied, 'apply').status, 'drift')
    assert.equal(await readFile(join(served, 'held.txt'), 'utf8'), 'keep me')
    assert.equal(await readFile(join(served, 'good.txt'), 'utf8'), 'x')
    await declare('held.txt: {content: "", reconcile: {paused: true}}\n')
    const paused = await infometis(['diff', 'directory', '--config', config, '--output', 'json'])
    assert.equal(paused.code, 0)
    assert.equal(documentOf(paused, 'diff').changes[0].reason, 'paused')
  })

  it('mode observe writes nothing: 1 with outcomes `planned`', async () => {
    await declare('a.txt: {content: x}\n')
    await writeFile(join(config, 'policy.yaml'), 'mode: observe\n')
    const applied = await infometis(['apply', 'directory', '--config', config, '--output', 'json'])
    assert.equal(applied.code, 1)
    assert.equal(documentOf(applied, 'apply').outcomes[0].result, 'planned')
    assert.deepEqual(await readdir(served), [])
  })

  const unusable: readonly [string, Readonly<Record<string, string>>][] = [
    ['a syntax error', { 'files.yaml': 'a: [' }],
    ['an empty file', { 'files.yaml': '' }],
    ['no file of the service', { 'other.txt': 'x' }],
    ['a typo in policy.yaml', { 'files.yaml': '{}', 'policy.yaml': 'mod: observe' }]
  ]
  for (const [what, files] of unusable) {
    it(`${what}: diff and apply 2 with the problem in the document, validate 1`, async () => {
      for (const [name, content] of Object.entries(files)) await writeFile(join(config, name), content)
      for (const verb of ['diff', 'apply']) {
        const ran = await infometis([verb, 'directory', '--config', config, '--output', 'json'])
        assert.equal(ran.code, 2)
        const document = documentOf(ran, 'error')
        assert.equal(document.status, 'error')
        assert.ok(document.problems.length > 0)
      }
      const validated = await infometis(['validate', 'directory', '--config', config, '--output', 'json'])
      assert.equal(validated.code, 1)
      assert.equal(documentOf(validated, 'validate').valid, false)
    })
  }

  it('a missing directory, a bad flag, a bad variable, an unknown service or verb: 2', async () => {
    await declare('{}')
    const rows: readonly [readonly string[], Record<string, string>, RegExp][] = [
      [['diff', 'directory', '--config', join(home, 'nope')], {}, /nope/],
      [['validate', 'directory', '--config', join(home, 'nope')], {}, /nope/],
      [['diff', 'directory', '--config', config, '--bogus'], {}, /--bogus/],
      [['diff', 'directory', '--config', config, '--timeout', '5'], {}, /--timeout: expected a duration .* found "5"/],
      [['diff', 'directory', '--config', config], { MAX_CONCURRENCY: 'many' }, /MAX_CONCURRENCY: .* found "many"/],
      [['diff', 'directory', '--config', config], { DIRECTORY_PATH: '' }, /DIRECTORY_PATH/],
      [['diff', 'directry', '--config', config], { INFOMETIS_PLUGIN: '' }, /found "directry"/],
      [['dif', 'directory'], {}, /unknown command 'dif'/]
    ]
    for (const [words, env, message] of rows) {
      const ran = await infometis([...words, '--output', 'json'], env)
      assert.equal(ran.code, 2, words.join(' '))
      assert.match(documentOf(ran, 'error').error.message, message)
      const people = await infometis(words, env)
      assert.equal(people.code, 2)
      assert.equal(people.stdout, '')
      assert.match(people.stderr, message)
    }
  })

  it('a service that cannot be looked at: 2 and status `blind`', async () => {
    await declare('a.txt: {content: x}\n')
    const gone = { DIRECTORY_PATH: join(home, 'gone') }
    const diffed = await infometis(['diff', 'directory', '--config', config, '--output', 'json'], gone)
    assert.equal(diffed.code, 2)
    assert.equal(documentOf(diffed, 'error').status, 'blind')
    const applied = await infometis(
      ['apply', 'directory', '--config', config, '--output', 'json', '--timeout', '50ms'],
      gone
    )
    assert.equal(applied.code, 2)
    assert.equal(documentOf(applied, 'error').status, 'blind')
  })

  it('apply waits for a service that comes later', async () => {
    await declare('a.txt: {content: x}\n')
    const late = join(home, 'late')
    const host = hostOf({ DIRECTORY_PATH: late })
    const applying = runCommandLine(['apply', 'directory', '--config', config, '--output', 'json'], host)
    await host.until(() => host.err.includes('waiting for the service'))
    await mkdir(late)
    assert.equal(await applying, 0)
    assert.deepEqual(await readdir(late), ['a.txt'])
  })

  it('apply tells people why the service refused an item', async () => {
    const name = 'x'.repeat(300)
    await declare(`${name}: {content: x}\n`)
    const applied = await infometis(['apply', 'directory', '--config', config])
    assert.equal(applied.code, 1)
    assert.match(applied.stdout, /^failed +create directory\/file\/x+ {2}.*\(REJECTED\)$/m)
  })

  it('another cluster than the pinned one: 2, both ids named, nothing written', async () => {
    await declare('a.txt: {content: x}\n')
    await writeFile(join(config, 'policy.yaml'), 'cluster: elsewhere\n')
    const applied = await infometis(['apply', 'directory', '--config', config, '--output', 'json'])
    assert.equal(applied.code, 2)
    const { message } = documentOf(applied, 'error').error
    assert.ok(message.includes('elsewhere') && message.includes(served), message)
    assert.deepEqual(await readdir(served), [])
  })

  it('nothing declared: 0 with a warning', async () => {
    await declare('{}')
    const diffed = await infometis(['diff', 'directory', '--config', config, '--output', 'json'])
    assert.equal(diffed.code, 0)
    assert.equal(documentOf(diffed, 'diff').warnings[0].code, 'NOTHING_DECLARED')
    const validated = await infometis(['validate', 'directory', '--config', config, '--output', 'json'])
    assert.equal(validated.code, 0)
    assert.equal(documentOf(validated, 'validate').problems[0].severity, 'warning')
  })

  it('validate reads ConfigMaps from stdin and names positions inside them', async () => {
    const good = await infometis(
      ['validate', 'directory', '--config', '-', '--output', 'json'],
      {},
      manifest('a: {content: x}')
    )
    assert.equal(good.code, 0, good.stdout)
    const bad = await infometis(
      ['validate', 'directory', '--config', '-', '--output', 'json'],
      {},
      manifest('a: {content: 5}')
    )
    assert.equal(bad.code, 1)
    const [problem] = documentOf(bad, 'validate').problems
    assert.deepEqual(
      [problem.file, problem.line, problem.column, problem.path],
      ['served/files.yaml', 1, 14, 'a.content']
    )
    const none = await infometis(['validate', 'directory', '--config', '-', '--output', 'json'], {}, 'kind: Service\n')
    assert.equal(none.code, 1)
  })

  it('export gives a configuration that is in sync, and never overwrites a file', async () => {
    await writeFile(join(served, 'a.txt'), 'hello')
    const exported = await infometis(['export', 'directory', '--out', config])
    assert.equal(exported.code, 0, exported.stderr)
    const diffed = await infometis(['diff', 'directory', '--config', config])
    assert.equal(diffed.code, 0, diffed.stdout)
    assert.equal((await infometis(['export', 'directory', '--out', config])).code, 2)
  })

  it('schema is a JSON Schema that accepts what is valid and refuses what is not', async () => {
    const { code, stdout } = await infometis(['schema', 'directory'])
    assert.equal(code, 0)
    const validate = new Ajv({ strict: false }).compile(JSON.parse(stdout))
    assert.equal(validate({ a: { content: 'x', reconcile: { paused: true } }, b: null }), true)
    assert.equal(validate({ a: { contents: 'x' } }), false)
  })

  it('every verb explains itself with an example', async () => {
    for (const verb of ['run', 'diff', 'apply', 'validate', 'export', 'schema']) {
      const { code, stdout } = await infometis([verb, '--help'])
      assert.equal(code, 0)
      assert.match(stdout, /Example:\n {2}.*infometis/)
    }
  })

  it('yaml documents say the same as json ones', async () => {
    await declare('a.txt: {content: x}\n')
    const json = await infometis(['diff', 'directory', '--config', config, '--output', 'json'])
    const yaml = await infometis(['diff', 'directory', '--config', config, '--output', 'yaml'])
    assert.deepEqual(parse(yaml.stdout), JSON.parse(json.stdout))
  })
})
