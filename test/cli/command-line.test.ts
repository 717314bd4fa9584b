/**
 * Words, flags and variables; what each verb is asked for, whatever it then does.
 */
import assert from 'node:assert/strict'
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { Ajv } from 'ajv'
import { parse } from 'yaml'
import { ignoreClosedPipe } from '../../src/sidecar/host.ts'
import { Bench, documentOf, fakeModule } from './bench.ts'
import { TestHost } from '../sidecar/test-host.ts'

describe('a command line', () => {
  let bench: Bench

  beforeEach(async () => {
    bench = await Bench.open()
    await bench.declare({ 'queues.json': '{"a": {}}', 'settings.json': '{}' })
    bench.server.put('queue', 'a', {})
  })

  afterEach(() => bench.close())

  it('may have its flags before, between and behind verb and service', async () => {
    for (const words of [
      ['diff', '--output', 'json', 'fake'],
      ['diff', 'fake', '--output=json'],
      ['diff', '--all', 'fake', '--output', 'json']
    ]) {
      const host = bench.host()
      assert.equal(await bench.run(host, ...words), 0, words.join(' '))
      assert.equal(documentOf(host).service, 'fake')
    }
  })

  it('that is wrong is answered with the service it names, in the format it asks for', async () => {
    const wrong: readonly (readonly [words: readonly string[], service: string])[] = [
      [['diff', '--output', 'json', '--timeout', '5', 'fake'], 'fake'],
      [['diff', '--output=json', '--bogus', 'fake'], 'fake'],
      [['diff', 'fake', '--bogus', '--output', 'json'], 'fake'],
      [['diff', '--config', '/nowhere', '--output', 'json', 'fake'], 'fake'],
      [['diff', '--output', 'json'], ''],
      [['--output', 'json'], '']
    ]
    for (const [words, service] of wrong) {
      const host = bench.host()
      assert.equal(await bench.run(host, ...words), 2, words.join(' '))
      assert.deepEqual([documentOf(host).service, documentOf(host).status], [service, 'error'], words.join(' '))
    }
  })

  it('without a word shows the help on stderr, and is an error', async () => {
    const host = bench.host()
    assert.equal(await bench.run(host), 2)
    assert.match(host.err, /Usage: infometis/)
    assert.match(host.err, /FLAG_INVALID/)
    assert.equal(host.out, '')
  })

  it('with a format there is not is refused in text', async () => {
    const host = bench.host()
    assert.equal(await bench.run(host, 'diff', 'fake', '--output', 'xml'), 2)
    assert.match(host.err, /--output: expected one of text, json, yaml, found "xml"/)
  })

  it('says its version', async () => {
    const host = bench.host()
    assert.equal(await bench.run(host, '--version'), 0)
    assert.match(host.out, /^\d+\.\d+\.\d+\n$/)
  })

  describe('takes variables for flags', () => {
    it('and a flag wins', async () => {
      const host = bench.host({
        variables: { INFOMETIS_OUTPUT: 'yaml', INFOMETIS_ALL: 'yes', INFOMETIS_TIMEOUT: 'soon' }
      })
      assert.equal(await bench.run(host, 'diff', 'fake', '--output', 'json', '--timeout', '30s'), 0)
      assert.deepEqual(
        documentOf(host).changes.map(({ verb }: { readonly verb: string }) => verb),
        ['keep', 'keep']
      )
    })

    it('an empty one is none', async () => {
      const host = bench.host({ variables: { INFOMETIS_OUTPUT: '', INFOMETIS_ALL: '', INFOMETIS_KIND: '' } })
      assert.equal(await bench.run(host, 'diff', 'fake'), 0)
      assert.match(host.out, /✔ in sync/)
    })

    it('of which one switches something off as well as on, and nothing else will do', async () => {
      for (const [value, shown] of [
        ['true', 2],
        ['1', 2],
        ['false', 0],
        ['off', 0],
        ['No', 0]
      ] as const) {
        const host = bench.host({ variables: { INFOMETIS_ALL: value, INFOMETIS_OUTPUT: 'json' } })
        assert.equal(await bench.run(host, 'diff', 'fake'), 0)
        assert.equal(documentOf(host).changes.length, shown, value)
      }
      const host = bench.host({ variables: { INFOMETIS_YES: 'maybe' } })
      assert.equal(await bench.run(host, 'apply', 'fake'), 2)
      assert.match(host.err, /INFOMETIS_YES: expected true or false, found "maybe"/)
    })
  })

  describe('shows in its help', () => {
    it('an example of every verb, and the variable of every flag', async () => {
      for (const verb of ['run', 'diff', 'apply', 'validate', 'export', 'schema']) {
        const host = new TestHost()
        assert.equal(await bench.run(host, verb, '--help'), 0)
        assert.match(host.out, /Example:\n {2}.*infometis/)
        for (const [line] of host.out.matchAll(/^ {2}--(?!help).*(?:\n {10,}.*)*/gm))
          assert.match(line.replaceAll(/\s+/g, ' '), /\(env: [A-Z_]+\)/)
      }
    })

    it('the services of this installation, and that of a plugin', async () => {
      const plain = new TestHost()
      assert.equal(await bench.run(plain, '--help'), 0)
      assert.match(plain.out, /^Services: elasticsearch, kafka, nifi$/m)
      for (const words of [['--help'], ['help'], ['diff', '-h']]) {
        const host = bench.host()
        assert.equal(await bench.run(host, ...words), 0)
        assert.match(host.out, /^Services: elasticsearch, kafka, nifi, fake \(.*fake-plugin\.ts\)$/m)
      }
      const flag = new TestHost()
      assert.equal(await bench.run(flag, 'diff', '--plugin', fakeModule, '--help'), 0)
      assert.match(flag.out, /, fake \(/)
    })

    it('why there is no service of a plugin', async () => {
      const host = new TestHost({ variables: { INFOMETIS_PLUGIN: './gone.ts' } })
      assert.equal(await bench.run(host, '--help'), 0)
      assert.match(
        host.out,
        /^Services: elasticsearch, kafka, nifi, and none from \.\/gone\.ts: .*gone\.ts cannot be loaded/m
      )
    })
  })

  describe('names a plugin', () => {
    let home = ''

    beforeEach(async () => {
      home = await mkdtemp(join(tmpdir(), 'infometis-plugin-'))
      const installed = join(home, 'node_modules/@shop/crates')
      await mkdir(installed, { recursive: true })
      await writeFile(
        join(installed, 'package.json'),
        JSON.stringify({
          name: '@shop/crates',
          type: 'module',
          exports: { '.': { import: './index.js' }, './broken': './broken.js', './none': './none.js' }
        })
      )
      const code = `import { plugin as fake } from ${JSON.stringify(pathToFileURL(fakeModule).href)}\nexport const plugin = { ...fake, name: 'crates' }\n`
      await writeFile(join(installed, 'index.js'), code)
      await writeFile(join(installed, 'broken.js'), "import 'nowhere'\n")
      await writeFile(join(installed, 'none.js'), 'export const service = 1\n')
      await writeFile(join(home, 'local.js'), code)
      await mkdir(join(home, 'below'))
    })

    afterEach(() => rm(home, { recursive: true, force: true }))

    const validate = async (plugin: string, service = 'crates', directory = home): Promise<TestHost> => {
      const host = new TestHost({ directory, variables: { CONFIG_DIR: bench.directory } })
      await bench.run(host, 'validate', service, '--plugin', plugin, '--output', 'json')
      return host
    }

    it('as a package that is installed where it is called, or above', async () => {
      for (const directory of [home, join(home, 'below')])
        assert.equal(documentOf(await validate('@shop/crates', 'crates', directory)).valid, true)
    })

    it('as a path, absolute or from where it is called, with "./" or without', async () => {
      for (const path of ['local.js', './local.js', join(home, 'local.js'), '../local.js']) {
        const directory = path.startsWith('..') ? join(home, 'below') : home
        assert.equal(documentOf(await validate(path, 'crates', directory)).valid, true, path)
      }
    })

    it('that is refused by what is wrong with it', async () => {
      const wrong: readonly (readonly [plugin: string, message: RegExp, service?: string])[] = [
        [
          'crates',
          /plugin "crates": expected a file or an installed package, found no file .*\/crates and no such package .*install the package/
        ],
        ['@shop/crates/inner', /found no file .* and no such package \(.*not defined by "exports"/],
        ['./gone.js', /gone\.js cannot be loaded/],
        ['@shop/crates/broken', /broken\.js cannot be loaded: .*nowhere/],
        [
          '@shop/crates/none',
          /expected a module that exports `plugin` with name, kinds and open, found none in @shop\/crates\/none/
        ],
        ['node:fs', /expected a module that exports `plugin`/],
        ['@shop/crates', /expected a plugin named "boxes", found "crates" in @shop\/crates/, 'boxes']
      ]
      for (const [plugin, message, service] of wrong) {
        const { error } = documentOf(await validate(plugin, service))
        assert.equal(error.code, 'PLUGIN_INVALID', plugin)
        assert.match(error.message, message)
      }
    })
  })

  describe('of the verb schema', () => {
    it('prints JSON, also when JSON is asked for, and YAML when that is', async () => {
      const [plain, json, yaml] = [bench.host(), bench.host(), bench.host()]
      assert.equal(await bench.run(plain, 'schema', 'fake'), 0)
      assert.equal(await bench.run(json, 'schema', 'fake', '--output', 'json'), 0)
      assert.equal(await bench.run(yaml, 'schema', 'fake', '--output', 'yaml'), 0)
      assert.equal(json.out, plain.out)
      assert.deepEqual(parse(yaml.out), documentOf(json))
    })

    it('prints that of one kind, of one that is a single item, and of the policy', async () => {
      for (const [kind, good, bad] of [
        ['queue', { a: { size: 1 } }, { a: { sise: 1 } }],
        ['setting', { values: {} }, { value: {} }],
        ['policy', { mode: 'observe' }, { mod: 1 }]
      ] as const) {
        const host = bench.host()
        assert.equal(await bench.run(host, 'schema', 'fake', '--kind', kind), 0)
        const validates = new Ajv({ strict: false }).compile(documentOf(host))
        assert.deepEqual([validates(good), validates(bad)], [true, false], kind)
      }
    })

    it('refuses a kind there is not', async () => {
      const host = bench.host()
      assert.equal(await bench.run(host, 'schema', 'fake', '--kind', 'crate'), 2)
      assert.match(host.err, /--kind: expected one of queue, setting, policy, found "crate"/)
    })
  })
})

describe('an output whose reader has gone', () => {
  it('is no error, and any other error of it is', () => {
    const { stdout } = new TestHost()
    ignoreClosedPipe(stdout)
    assert.equal(stdout.emit('error', Object.assign(new Error('closed'), { code: 'EPIPE' })), true)
    assert.throws(() => stdout.emit('error', Object.assign(new Error('full'), { code: 'ENOSPC' })), { code: 'ENOSPC' })
  })
})
