import assert from 'node:assert/strict'
import { freePort } from '../../servers/ports.ts'
import { readApplied, readFailure, readPlan, readValidation } from './documents.ts'
import {
  brokerOrSkip,
  clients,
  entriesOf,
  eventually,
  infometis,
  openScene,
  type Declaration,
  type Ended,
  type Scene
} from './harness.ts'

/** One row of the table of exit codes: what is arranged, and what the three verbs end with. */
interface Row {
  readonly title: string
  readonly topics: Readonly<Record<string, Declaration>>
  readonly policy?: Readonly<Record<string, unknown>>
  readonly diff: number
  readonly apply: number
  readonly validate: number
  /** Outcomes of apply that are neither orphans nor done, as `<verb> <result> <short name>`. */
  readonly left?: readonly string[]
  /** Whether `made` exists after apply; undefined where it is not declared. */
  readonly makes?: boolean
  /** By the real program; the others run in this process. */
  readonly spawned?: true
}

/** `here` exists with one partition and retention.ms 3600000, `other` is an orphan unless declared. */
const here = { partitions: 1, config: { 'retention.ms': '3600000' } }

const misspelt: object = { partitionz: 3 }

const rows: readonly Row[] = [
  {
    title: 'in sync, with an orphan and a paused topic',
    topics: { here, off: { partitions: 5, reconcile: { paused: true } } },
    diff: 0,
    apply: 0,
    validate: 0,
    left: ['hold held off']
  },
  { title: 'something to do', topics: { here, made: {} }, diff: 1, apply: 0, validate: 0, makes: true, spawned: true },
  {
    title: 'held by policy',
    topics: { here: { config: { 'retention.ms': '60000' } }, made: {} },
    diff: 1,
    apply: 1,
    validate: 0,
    left: ['hold held here'],
    makes: true
  },
  {
    title: 'protected',
    topics: { here: { config: { 'retention.ms': '7200000' } }, made: {} },
    policy: { protect: ['*-here'] },
    diff: 1,
    apply: 1,
    validate: 0,
    left: ['hold held here'],
    makes: true
  },
  {
    title: 'unsupported',
    topics: { here: { 'replication-factor': 400 }, made: {} },
    diff: 1,
    apply: 1,
    validate: 0,
    left: ['hold held here'],
    makes: true
  },
  {
    title: 'an item invalid',
    topics: { here: misspelt, made: {} },
    diff: 1,
    apply: 1,
    validate: 1,
    left: ['invalid invalid here'],
    makes: true,
    spawned: true
  },
  {
    title: 'a value that does not fit its key',
    topics: { here: { config: { 'retention.ms': 'soon' } }, made: {} },
    diff: 1,
    apply: 1,
    validate: 1,
    left: ['invalid invalid here'],
    makes: true
  },
  // These brokers cannot tier topics.
  {
    title: 'an item the broker refuses',
    topics: { here: { config: { 'remote.storage.enable': true } }, made: {} },
    policy: { hold: [] },
    diff: 1,
    apply: 1,
    validate: 0,
    left: ['update failed here'],
    makes: true
  },
  {
    title: 'mode observe with differences',
    topics: { here, made: {} },
    policy: { mode: 'observe' },
    diff: 1,
    apply: 1,
    validate: 0,
    left: ['create planned made'],
    makes: false
  },
  {
    title: 'more changes than guard.maxChanges',
    topics: { here, made: {}, more: {} },
    policy: { guard: { maxChanges: 1 } },
    diff: 1,
    apply: 1,
    validate: 0,
    left: ['hold held made', 'hold held more'],
    makes: false
  },
  { title: 'nothing declared', topics: {}, diff: 0, apply: 0, validate: 0 }
]

describe('exit codes and documents, with a broker', function () {
  this.timeout(60_000)
  let bootstrap: string

  before(async function () {
    bootstrap = await brokerOrSkip(this)
  })

  for (const row of rows) {
    it(`${row.title}: diff ${row.diff}, apply ${row.apply}, validate ${row.validate}`, async () => {
      const scene = await openScene(bootstrap, 'platformatic')
      await scene.hand.create({
        [scene.name('here')]: { config: { 'retention.ms': '3600000' } },
        [scene.name('off')]: {},
        [scene.name('other')]: {}
      })
      await scene.declare(row.topics, row.policy)

      const run: Scene['run'] = (name, args) => (row.spawned === true ? scene.spawn(name, args) : scene.run(name, args))
      const [validated, diffed] = await Promise.all([run('validate'), run('diff')])
      assert.equal(validated.code, row.validate)
      assert.equal(readValidation(validated.stdout).valid, row.validate === 0)
      const planned = readPlan(diffed.stdout)
      assert.equal(diffed.code, row.diff, diffed.stdout)
      assert.equal(planned.status, row.diff === 0 ? 'in-sync' : 'drift')

      const applied = await run('apply', ['--timeout', '20s'])
      const document = readApplied(applied.stdout)
      assert.equal(applied.code, row.apply, applied.stdout)
      assert.equal(document.status, row.apply === 0 ? 'in-sync' : 'drift')
      assert.deepEqual(document.counts, planned.counts)
      const left = document.outcomes.filter(({ verb, result }) => verb !== 'orphan' && result !== 'done')
      assert.deepEqual(
        left.map(({ verb, result, key }) => `${verb} ${result} ${key.slice(scene.key('').length)}`),
        row.left ?? []
      )
      if (row.makes !== undefined) assert.equal((await scene.hand.topic(scene.name('made'))) !== undefined, row.makes)
      assert.deepEqual((await scene.hand.topic(scene.name('here')))?.config, { 'retention.ms': '3600000' })
    })
  }

  it('warnings only: 0 everywhere, each warning with its place', async () => {
    const scene = await openScene(bootstrap, 'platformatic')
    await scene.hand.create({ [scene.name('here')]: {} })
    await scene.declare({ here: {} })
    await scene.write({ 'topcs.json': '{}' })
    const ended = await Promise.all([scene.run('diff'), scene.run('apply'), scene.run('validate')])
    assert.deepEqual(
      ended.map(({ code }) => code),
      [0, 0, 0]
    )
    for (const [index, { warnings }] of [
      readPlan(ended[0]?.stdout ?? ''),
      readApplied(ended[1]?.stdout ?? '')
    ].entries()) {
      assert.deepEqual(
        warnings.map(({ file, code }) => [file, code]),
        [['topcs.json', 'UNKNOWN_FILE']],
        String(index)
      )
    }
    const { valid, problems } = readValidation(ended[2]?.stdout ?? '')
    assert.ok(valid)
    assert.match(problems[0]?.message ?? '', /did you mean "topics\.json"/)
  })

  it('nothing declared is said in a warning, and everything is an orphan', async () => {
    const scene = await openScene(bootstrap, 'platformatic')
    await scene.hand.create({ [scene.name('one')]: {}, [scene.name('two')]: {} })
    await scene.declare({})
    const { code, document } = await scene.diff()
    assert.equal(code, 0)
    assert.equal(document.counts.orphan, 2)
    assert.deepEqual(
      document.warnings.map((warning) => warning.code),
      ['NOTHING_DECLARED']
    )
  })

  it('refuses another cluster than the pinned one with 2, names both, and writes nothing', async () => {
    const scene = await openScene(bootstrap, 'platformatic')
    await scene.declare({ made: {} }, { cluster: 'another-cluster-id' })
    for (const ended of await Promise.all(['diff', 'apply'].map((verb) => scene.spawn(verb, ['--timeout', '10s'])))) {
      const failure = failureOf(ended, 2)
      assert.equal(failure.status, 'error')
      assert.equal(failure.error.code, 'WRONG_CLUSTER')
      assert.match(failure.error.message, /another-cluster-id/)
      assert.ok(failure.error.message.includes(await scene.hand.clusterId()))
    }
    assert.equal(await scene.hand.topic(scene.name('made')), undefined)
    await scene.declare({ made: {} }, { cluster: await scene.hand.clusterId() })
    assert.equal((await scene.apply()).code, 0)
  })

  it('prints text for people, and the same exit codes, without --output', async () => {
    const scene = await openScene(bootstrap, 'platformatic')
    await scene.declare({ made: { partitions: 2 } })
    const args = ['--config', scene.dir]
    const diff = await infometis(['diff', 'kafka', ...args], { env: scene.env })
    assert.equal(diff.code, 1)
    assert.match(diff.stdout, new RegExp(`\\+ create +${scene.key('made')}\\n +partitions +→ 2\\n`))
    const apply = await infometis(['apply', 'kafka', ...args], { env: scene.env })
    assert.equal(apply.code, 0, apply.stderr)
    assert.match(apply.stdout, /✔ converged/)
    const yaml = await infometis(['diff', 'kafka', ...args, '--output', 'yaml'], { env: scene.env })
    assert.equal(yaml.code, 0)
    assert.match(yaml.stdout, /^service: kafka\n/)
  })
})

function failureOf(ended: Ended, code: number): ReturnType<typeof readFailure> {
  assert.equal(ended.code, code, ended.stdout + ended.stderr)
  return readFailure(ended.stdout)
}

describe('exit codes and documents, when nothing can be compared', function () {
  this.timeout(60_000)
  let scene: Scene

  before(async () => {
    scene = await openScene(`127.0.0.1:${await freePort()}`, 'platformatic')
  })

  const broken: readonly (readonly [string, Readonly<Record<string, string>>, RegExp])[] = [
    ['a syntax error', { 'topics.json': '{\n  "a": {"partitions": 1,, }\n}' }, /topics\.json:2:\d+/],
    ['a zero-byte file', { 'topics.json': '' }, /topics\.json:1:1/],
    ['no file of the service', { 'indices.json': '{}' }, /topics\.json/],
    ['a typo in policy.yaml', { 'topics.json': '{}', 'policy.yaml': 'mode: enfroce\n' }, /policy\.yaml:1:/]
  ]

  for (const [title, files, names] of broken) {
    it(`${title}: diff 2, apply 2, validate 1`, async () => {
      const own = await openScene(scene.env['KAFKA_BOOTSTRAP_SERVERS'] ?? '', 'platformatic')
      await own.write(files)
      for (const ended of await Promise.all(['diff', 'apply'].map((verb) => own.spawn(verb)))) {
        const failure = failureOf(ended, 2)
        assert.equal(failure.status, 'error')
        assert.equal(failure.error.code, 'CONFIG_SYNTAX')
        assert.match(failure.error.message, names)
        assert.ok((failure.problems ?? []).length > 0)
      }
      const validated = await own.run('validate')
      assert.equal(validated.code, 1)
      assert.equal(readValidation(validated.stdout).valid, false)
    })
  }

  it('a missing directory: 2 for all three', async () => {
    const run = (verb: string) =>
      infometis([verb, 'kafka', '--config', '/nowhere/at/all', '--output', 'json'], { env: scene.env })
    for (const ended of await Promise.all(['diff', 'apply', 'validate'].map(run))) {
      const { status, error } = failureOf(ended, 2)
      assert.equal(status, 'error')
      assert.equal(error.code, 'CONFIG_MISSING')
      assert.match(error.message, /\/nowhere\/at\/all/)
    }
  })

  it('a bad flag or variable: 2, with the flag or variable, the value and an example', async () => {
    await scene.declare({})
    const refused: readonly (readonly [string, readonly string[], Readonly<Record<string, string>>, RegExp])[] = [
      ['diff', ['--timeout', '5'], {}, /--timeout: expected a duration.*found "5".*30s/],
      ['apply', ['--timeout', '0'], {}, /--timeout.*found "0"/],
      ['diff', ['--tiemout', '5s'], {}, /--tiemout/],
      ['diff', [], { REQUEST_TIMEOUT: '10' }, /REQUEST_TIMEOUT.*found "10"/],
      ['diff', [], { KAFKA_CLIENT: 'rdkafka' }, /KAFKA_CLIENT.*found "rdkafka"/],
      ['apply', [], { KAFKA_BOOTSTRAP_SERVERS: 'kafka' }, /KAFKA_BOOTSTRAP_SERVERS.*found "kafka"/],
      ['diff', [], { KAFKA_SECURITY_PROTOCOL: 'SASL_SSL' }, /KAFKA_SASL_MECHANISM/],
      ['validate', [], { LOG_LEVEL: 'loud' }, /LOG_LEVEL.*found "loud"/]
    ]
    const check = async ([verb, args, env, says]: (typeof refused)[number]): Promise<void> => {
      const { status, error } = failureOf(await scene.spawn(verb, args, env), 2)
      assert.equal(status, 'error')
      assert.match(error.message, says)
    }
    await Promise.all(refused.map(check))
  })

  it('an unreachable broker: 2 and blind, within --timeout, and nothing but the document on stdout', async () => {
    await scene.declare({ made: {} })
    const runs = clients.flatMap((client) =>
      ['diff', 'apply'].map((verb) => scene.spawn(verb, ['--timeout', '5s'], { KAFKA_CLIENT: client }))
    )
    for (const ended of await Promise.all(runs)) {
      const { status, error } = failureOf(ended, 2)
      assert.equal(status, 'blind')
      assert.equal(error.code, 'UNREACHABLE', error.message)
      assert.ok(error.message.includes(scene.env['KAFKA_BOOTSTRAP_SERVERS'] ?? '?'), error.message)
    }
  })

  it('says on stderr what is wrong, and what to do, to people', async () => {
    const { code, stdout, stderr } = await infometis(['diff', 'kafka', '--config', scene.dir], { env: scene.env })
    assert.equal(code, 2)
    assert.equal(stdout, '')
    assert.match(stderr, /✗ .*\n {2}UNREACHABLE: Check that the service is up/)
  })
})

describe('a topic the broker alone refuses', function () {
  this.timeout(60_000)

  it('is REJECTED with the broker’s own text, and is not tried again before its declaration changes', async function () {
    const scene = await openScene(await brokerOrSkip(this), 'platformatic')
    // No broker without a remote storage takes this, and only the broker knows whether it has one.
    await scene.declare({ bad: { config: { 'remote.storage.enable': true } }, good: {} })
    const { code, document } = await scene.apply()
    assert.equal(code, 1)
    const { create } = entriesOf(document.outcomes, scene.key('bad'))
    assert.equal(create?.result, 'failed')
    assert.equal(create?.error?.code, 'REJECTED')
    assert.match(create?.error?.message ?? '', /Tiered Storage functionality is disabled/)

    const sidecar = scene.sidecar({ RECONCILE_INTERVAL: '300ms' })
    const tries = () =>
      sidecar.lines().filter((line) => line.key === scene.key('bad') && line['reason'] === 'tried').length
    await sidecar.waitForLine(({ key }) => key === scene.key('bad'))
    const since = sidecar.lines().length
    const cycles = () =>
      sidecar
        .lines()
        .slice(since)
        .filter(({ status }) => status === 'degraded').length
    await eventually(() => Promise.resolve(assert.ok(cycles() >= 5)))
    assert.equal(tries(), 1, sidecar.output())
    await scene.declare({ bad: { config: { 'retention.ms': '3600000' } }, good: {} })
    await sidecar.waitForLine(({ message }) => message.startsWith(`${scene.key('bad')} created`), { since })
    assert.equal(await sidecar.stop(), 0)
  })
})
