/**
 * What somebody can do who writes a plugin and has nothing but the package.
 */
import assert from 'node:assert/strict'
import { readFile } from 'node:fs/promises'
import { z } from 'zod'
import { skipLoudly } from '../live/skip.ts'
import { hasOpenssl, selfSigned } from '../servers/tls.ts'
import { authorProject, projectWithPlugin, tsc } from './author.ts'
import type { Ended, Project } from './npm.ts'
import { Store } from './roster/store.ts'

const resultsShape = z.object({
  stats: z.object({ passes: z.number(), failures: z.number(), pending: z.number() }),
  pending: z.array(z.object({ fullTitle: z.string() })),
  failures: z.array(z.unknown())
})
const errorShape = z.object({ error: z.object({ code: z.string() }) })
const appliedShape = z.object({
  status: z.string(),
  outcomes: z.array(z.object({ key: z.string(), result: z.string() }))
})

describe('a plugin in a package of its own', function () {
  this.timeout(180_000)
  const password = 'correct-horse-battery'
  let author: Project

  before(async () => {
    author = await authorProject()
  })

  it('type-checks in a strict project, the declarations of the package included', async () => {
    const flags = [
      '--noEmit',
      '--strict',
      '--exactOptionalPropertyTypes',
      '--skipLibCheck',
      'false',
      '--allowImportingTsExtensions'
    ]
    const { code, stdout } = await author.run(tsc, [
      ...flags,
      '--module',
      'nodenext',
      '--target',
      'es2024',
      '--lib',
      'esnext',
      '--types',
      'node',
      'roster.test.ts'
    ])
    assert.equal(code, 0, stdout)
  })

  it('passes conformance under plain mocha, a kind without update and a field that is a set included', async () => {
    const { code, stdout, stderr } = await author.run('npx', ['mocha', '--reporter', 'json', 'roster.test.ts'])
    const { stats, pending, failures } = resultsShape.parse(JSON.parse(stdout))
    assert.deepEqual(failures, [], stderr)
    assert.equal(code, 0)
    assert.ok(stats.passes > 20)
    assert.deepEqual(
      pending.filter(({ fullTitle }) => !fullTitle.startsWith('badge ')),
      [],
      'the kind that has all verbs is held to all rules'
    )
    assert.ok(pending.length > 0)
  })

  it('has a schema without a reference to nothing, though its own is recursive', async () => {
    const { code, stdout, stderr } = await author.npx('infometis', [
      'schema',
      'roster',
      '--plugin',
      './index.ts',
      '--kind',
      'badge'
    ])
    assert.equal(code, 0, stderr)
    const document: unknown = JSON.parse(stdout)
    const references = [...stdout.matchAll(/"\$ref": "#([^"]*)"/g)].flatMap(([, pointer]) => pointer ?? [])
    assert.ok(references.length > 0)
    for (const pointer of references) assert.equal(typeof at(document, pointer), 'object', pointer)
  })

  describe('installed beside the command line, with a copy of the framework of its own', () => {
    let project: Project
    let store: Store
    let address = ''

    before(async () => {
      project = await projectWithPlugin()
      store = new Store({ login: `infometis:${password}`, printMs: 300 })
      address = await store.open()
      await project.write({
        'config/teams.yaml': `ops: {members: [grace, ada], note: ask ${password}}\n`,
        'config/badges.yaml': 'ada: {label: Ada, parts: [{label: speaker}]}\n'
      })
    })
    after(() => store.close())

    const infometis = (words: string, url: string, variables: Readonly<Record<string, string>> = {}): Promise<Ended> =>
      project.npx('infometis', [...words.split(' '), '--plugin', 'infometis-roster'], { ROSTER_URL: url, ...variables })
    const withLogin = (secret: string): string => address.replace('//', `//infometis:${secret}@`)

    it('is found by its name, which --help lists', async () => {
      assert.match((await infometis('--help', address)).stdout, /Services: .*\broster\b/)
      const { code, stdout, stderr } = await infometis('validate roster --config config', address)
      assert.equal(code, 0, stdout + stderr)
    })

    it('ends with its own error for a login that is refused, and for a variable that is wrong', async () => {
      for (const [url, expected] of [
        [withLogin('wrong'), 'AUTHENTICATION'],
        ['ftp://roster', 'VARIABLE_INVALID']
      ] as const) {
        const { code, stdout } = await infometis('diff roster --config config --output json', url)
        assert.equal(code, 2)
        assert.equal(errorShape.parse(JSON.parse(stdout)).error.code, expected)
      }
    })

    it('has its secrets masked in everything that is printed', async () => {
      for (const format of ['text', 'json']) {
        const { code, stdout, stderr } = await infometis(
          `diff roster --config config --output ${format}`,
          withLogin(password)
        )
        assert.equal(code, 1, stdout + stderr)
        assert.match(stdout, /ask \*{6}/)
        assert.ok(!(stdout + stderr).includes(password))
      }
    })

    it('trusts the CA it is given, and no other', async function () {
      if (!(await hasOpenssl())) skipLoudly(this, 'openssl is not installed')
      const { certFile, keyFile } = await selfSigned(project.directory, 'roster', 'localhost')
      const secured = new Store({
        tls: { cert: await readFile(certFile, 'utf8'), key: await readFile(keyFile, 'utf8') }
      })
      const url = await secured.open()
      try {
        const refused = await infometis('diff roster --config config --output json', url)
        assert.equal(errorShape.parse(JSON.parse(refused.stdout)).error.code, 'CERTIFICATE')
        const trusted = await infometis('diff roster --config config --output json', url, { ROSTER_CA_FILE: certFile })
        assert.equal(trusted.code, 1, trusted.stdout + trusted.stderr)
      } finally {
        secured.close()
      }
    })

    it('makes it so, and waits for what the service has only begun', async () => {
      const { code, stdout, stderr } = await infometis(
        'apply roster --config config --yes --output json',
        withLogin(password)
      )
      assert.equal(code, 0, stdout + stderr)
      const { outcomes } = appliedShape.parse(JSON.parse(stdout))
      assert.deepEqual(outcomes.map(({ key }) => key).toSorted(), ['roster/badge/ada', 'roster/team/ops'])
      assert.deepEqual(store.contents(), {
        teams: { ops: { members: ['ada', 'grace'], note: `ask ${password}` } },
        badges: { ada: { label: 'Ada', parts: [{ label: 'speaker' }] } }
      })
    })
  })
})

/** What a JSON pointer leads to. */
function at(document: unknown, pointer: string): unknown {
  const steps = pointer
    .split('/')
    .slice(1)
    .map((step) => step.replaceAll('~1', '/').replaceAll('~0', '~'))
  return steps.reduce(
    (value: unknown, step) => (typeof value === 'object' && value !== null ? Reflect.get(value, step) : undefined),
    document
  )
}
