import assert from 'node:assert/strict'
import { testCycle } from '../../src/testing/cycle.ts'
import { z } from 'zod'
import { guardPlugin, guardService } from '../../src/boundary/service.ts'
import type { AnyResource, Plugin, Service } from '../../src/contract.ts'
import type { CycleReport } from '../../src/line.ts'
import { ReconcileError } from '../../src/errors.ts'
import { parseDesired } from '../../src/parse/desired.ts'
import { checkKind } from '../../src/plan/check.ts'
import { silentObserver } from '../../src/report/observer.ts'
import { Environment } from '../../src/connect/environment.ts'
import { ServiceReconciler } from '../../src/reconciler/service-reconciler.ts'
import { reading } from '../reading.ts'

/** What a plugin in plain JavaScript may answer. */
const anything = (value: unknown): never => value as never // oxlint-disable-line typescript/no-unsafe-type-assertion -- plugins are not all typed

const field = { path: 'size', before: null, after: 1, risk: 'safe' } as const

/** Boxes `a` and `b`, both declared and different; `change` makes the plugin break its contract. */
function shop(change: Partial<AnyResource> = {}): Service & { readonly calls: string[] } {
  const calls: string[] = []
  const box: AnyResource = {
    kind: 'box',
    file: 'boxes',
    schema: z.strictObject({ size: z.int() }),
    compare: () => [field],
    observe: async () => ({
      items: new Map([
        ['a', { state: {} }],
        ['b', { state: {} }]
      ]),
      facts: undefined
    }),
    create: async (items) => items.map(({ name }) => ({ name, result: 'done' })),
    update: async (items) => {
      calls.push(...items.map(({ desired }) => desired.name))
      return items.map(({ desired: { name } }) => ({ name, result: 'done' }))
    },
    batching: { limit: 10, weigh: () => 1 },
    ...change
  }
  return { name: 'shop', resources: [box], identity: async () => 'id', close: async () => undefined, calls }
}

const isA = (spec: unknown): boolean => JSON.stringify(spec) === '{"size":1}'
const files = { digest: 'd', files: new Map([['boxes.json', Buffer.from('{"a": {"size": 1}, "b": {"size": 2}}')]]) }

interface Seen {
  readonly report: CycleReport
  readonly faults: readonly string[]
}

async function cycle(service: Service): Promise<Seen> {
  const faults: string[] = []
  const observer = { ...silentObserver, fault: ({ message }: ReconcileError) => void faults.push(message) }
  const report = await new ServiceReconciler(service, { source: reading(async () => files), observer }).reconcile()
  return { report, faults }
}

/** `verb name result [CODE]` */
const lines = ({ report }: Seen): readonly string[] =>
  report.outcomes
    .map(({ verb, key, result, error }) =>
      [verb, key.slice('shop/box/'.length), result, error?.code ?? ''].join(' ').trim()
    )
    .toSorted()

const only = 'update b done'

describe('an answer of compare that breaks the contract holds its item and no other', () => {
  const breaks: readonly (readonly [name: string, answer: unknown, told: RegExp])[] = [
    ['no list', null, /compare: expected a list of fields, found null/],
    ['a promise of a list', Promise.resolve([]), /expected a list of fields, found a promise/],
    ['a field that is none', ['size'], /expected fields with path, before, after and risk, found "size"/],
    [
      'a field without before',
      [{ path: 'size', after: 1, risk: 'safe' }],
      /expected fields with path, before, after and risk, found an object/
    ],
    ['an empty path', [{ ...field, path: '' }], /expected a path that is text, found an empty text/],
    ['a path that is no text', [{ ...field, path: 5 }], /expected a path that is text, found a number/],
    ['a path twice', [field, { ...field, after: 2 }], /expected each path once, found "size" twice/],
    ['after that is not set', [{ ...field, after: undefined }], /expected JSON as after of "size", found undefined/],
    [
      'before that JSON cannot hold',
      [{ ...field, before: new Map() }],
      /expected JSON as before of "size", found an object that JSON cannot hold/
    ],
    ['a number that is none', [{ ...field, after: Number.NaN }], /expected JSON as after of "size", found NaN/],
    ['a big number that is no text', [{ ...field, after: [1n] }], /expected JSON as after of "size"/],
    ['a why that is no text', [{ ...field, why: 5 }], /expected text as why of "size", found a number/]
  ]
  for (const [name, answer, told] of breaks) {
    it(name, async () => {
      const service = shop({ compare: (spec) => (isA(spec) ? anything(answer) : [field]) })
      const seen = await cycle(service)
      assert.deepEqual(
        [lines(seen), service.calls, seen.report.status],
        [['hold a held PLUGIN_FAULT', only], ['b'], 'degraded']
      )
      const [message] = seen.report.outcomes.flatMap(({ error }) => (error === null ? [] : [error.message]))
      assert.match(message ?? '', told)
      assert.match(message ?? '', /^plugin "shop", kind "box"/)
      assert.deepEqual(seen.faults, [message])
    })
  }

  it('a bug that throws', async () => {
    const bug = new TypeError('x is not a function')
    const seen = await cycle(
      shop({
        compare: (spec) => {
          if (isA(spec)) throw bug
          return [field]
        }
      })
    )
    assert.deepEqual(lines(seen), ['hold a held PLUGIN_FAULT', only])
    assert.deepEqual(seen.faults, ['plugin "shop", kind "box", compare: TypeError: x is not a function'])
  })

  it('an item that is paused stays paused', async () => {
    const paused = {
      ...files,
      files: new Map([['boxes.json', Buffer.from('{"a": {"size": 1, "reconcile": {"paused": true}}}')]])
    }
    const report = await new ServiceReconciler(shop({ compare: () => anything(null) }), {
      source: reading(async () => paused)
    }).reconcile()
    assert.deepEqual(report.outcomes.map(({ reason, error }) => [reason, error]).at(0), ['paused', null])
  })
})

describe('a risk that does not exist', () => {
  it('is unsupported, whatever the policy says, and the other fields of the item are written', async () => {
    const written: unknown[] = []
    const service = shop({
      compare: (spec) =>
        isA(spec)
          ? [
              { ...field, risk: anything('destructve') },
              { ...field, path: 'colour' }
            ]
          : [],
      update: async (items) =>
        items.map(
          ({ desired: { name }, fields }) => (written.push(fields.map(({ path }) => path)), { name, result: 'done' })
        )
    })
    const free = { ...files, files: new Map([...files.files, ['policy.json', Buffer.from('{"hold": []}')]]) }
    const report = await new ServiceReconciler(service, { source: reading(async () => free) }).reconcile()
    const held = report.outcomes.find(({ verb }) => verb === 'hold')
    assert.deepEqual(
      [written, held?.fields.map(({ path, risk }) => [path, risk])],
      [[['colour']], [['size', 'unsupported']]]
    )
    assert.match(
      held?.why ?? '',
      /expected one of safe, disruptive, destructive, unsupported as risk of "size", found "destructve" \(PLUGIN_FAULT\)/
    )
  })

  it('of an undeclared field is unsupported too', async () => {
    const exact = {
      ...files,
      files: new Map([...files.files, ['policy.json', Buffer.from('{"exact": true, "hold": []}')]])
    }
    const service = shop({ compare: () => [], undeclared: () => [{ ...field, risk: anything('none') }] })
    const report = await new ServiceReconciler(service, { source: reading(async () => exact) }).reconcile()
    assert.deepEqual([report.outcomes.map(({ result }) => result), service.calls], [['held', 'held'], []])
  })
})

describe('an observation that breaks the contract', () => {
  const sightings: readonly (readonly [name: string, sighting: unknown, told: RegExp])[] = [
    ['nothing', undefined, /expected a state or a refusal, found undefined/],
    ['neither a state nor a refusal', {}, /expected a state or a refusal, found neither/],
    ['a state that is not there', { state: undefined }, /expected a state or a refusal, found neither/],
    ['a refusal without words', { refused: true }, /expected text as refused, found a boolean/],
    ['an owner that is no text', { state: {}, owner: 5 }, /expected text as owner, found a number/],
    ['an exclusion that is no text', { state: {}, excluded: {} }, /expected text as excluded, found an object/]
  ]
  for (const [name, sighting, told] of sightings) {
    it(`holds the item of which it says ${name}, and no other`, async () => {
      const service = shop({
        observe: async () => ({
          items: new Map([
            ['a', anything(sighting)],
            ['b', { state: {} }]
          ]),
          facts: undefined
        })
      })
      const seen = await cycle(service)
      assert.deepEqual([lines(seen), service.calls], [['hold a held PLUGIN_FAULT', only], ['b']])
      assert.match(seen.faults.join(), told)
      assert.match(seen.faults.join(), /^plugin "shop", kind "box", item "a", observe:/)
    })
  }

  const whole: readonly (readonly [name: string, answer: unknown, told: RegExp])[] = [
    ['no observation', undefined, /expected items that are a Map, found undefined/],
    [
      'items that are no map',
      { items: { a: { state: {} } }, facts: undefined },
      /expected items that are a Map, found an object/
    ],
    [
      'a name that is no text',
      { items: new Map([[5, { state: {} }]]), facts: undefined },
      /expected names that are text, found a number/
    ]
  ]
  for (const [name, answer, told] of whole) {
    it(`is one that could not look when it gives ${name}`, async () => {
      const { report, faults } = await cycle(shop({ observe: async () => anything(answer) }))
      assert.deepEqual([report.status, report.error?.code, report.outcomes], ['blind', 'PLUGIN_FAULT', []])
      assert.match(faults.join(), told)
    })
  }

  it('of all items holds them all: it is no missing right', async () => {
    const seen = await cycle(
      shop({
        observe: async () => ({
          items: new Map([
            ['a', anything(5)],
            ['b', anything(5)]
          ]),
          facts: undefined
        })
      })
    )
    assert.deepEqual(lines(seen), ['hold a held PLUGIN_FAULT', 'hold b held PLUGIN_FAULT'])
  })
})

describe('a remark that breaks the contract', () => {
  const remark = { name: 'a', verdict: 'warn', code: 'X', path: [], message: 'm' } as const
  const breaks: readonly (readonly [name: string, answer: unknown, expected: readonly string[], told: RegExp])[] = [
    [
      'an unknown verdict',
      [{ ...remark, verdict: 'refuse' }],
      ['hold a held PLUGIN_FAULT', only],
      /item "a", check: expected a verdict that is one of invalid, hold, warn, found "refuse"/
    ],
    [
      'no code',
      [{ ...remark, code: undefined }],
      ['hold a held PLUGIN_FAULT', only],
      /expected a code that is text, found undefined/
    ],
    [
      'no message',
      [{ ...remark, message: '' }],
      ['hold a held PLUGIN_FAULT', only],
      /expected a message that is text, found an empty text/
    ],
    [
      'a path that is text',
      [{ ...remark, path: 'size' }],
      ['hold a held PLUGIN_FAULT', only],
      /expected a path that is a list of texts, found "size"/
    ],
    [
      'a name nobody declared',
      [{ ...remark, name: 'A', verdict: 'hold' }],
      ['hold A held PLUGIN_FAULT', 'update a done', only],
      /item "A", check: expected a remark about an item that is declared, found "A"/
    ],
    [
      'no name',
      [{ ...remark, name: undefined }],
      ['hold a held PLUGIN_FAULT', 'hold b held PLUGIN_FAULT'],
      /check: expected remarks that name an item, found an object/
    ],
    [
      'no list of remarks',
      'fine',
      ['hold a held PLUGIN_FAULT', 'hold b held PLUGIN_FAULT'],
      /check: expected a list of remarks, found "fine"/
    ]
  ]
  for (const [name, answer, expected, told] of breaks) {
    it(`holds what it may be about: ${name}`, async () => {
      const seen = await cycle(shop({ check: () => anything(answer) }))
      assert.deepEqual(lines(seen), expected)
      assert.match(seen.faults.join(), told)
    })
  }

  it('is not hidden by a sound one about the same item', async () => {
    const seen = await cycle(
      shop({ check: () => [remark, { ...remark, verdict: anything('no') }, { ...remark, verdict: 'invalid' }] })
    )
    assert.deepEqual(
      lines(seen).filter((line) => line.includes(' a ')),
      ['invalid a invalid']
    )
  })

  it('makes its item invalid offline, where nothing can be held', () => {
    const { resources } = guardService(
      shop({
        check: () => [
          { ...remark, verdict: anything('no') },
          { ...remark, name: 'A' }
        ]
      })
    )
    const { desired } = parseDesired(files, { name: 'shop', kinds: resources })
    const [own] = desired?.kinds ?? []
    assert.ok(own)
    const { invalid, items, warnings } = checkKind(own, new Map())
    assert.deepEqual([items.map(({ name }) => name), invalid.map(({ name }) => name)], [['b'], ['a']])
    assert.deepEqual(
      warnings.map(({ severity, code }) => [severity, code]),
      [['error', 'PLUGIN_FAULT']]
    )
  })
})

describe('a result that breaks the contract fails its item and no other', () => {
  const answers: readonly (readonly [name: string, of: (name: string) => unknown, told: RegExp])[] = [
    [
      'an unknown result',
      (name) => ({ name, result: 'ok' }),
      /item "a", update: expected done, unchanged, waiting or failed, found "ok"/
    ],
    ['no result', (name) => ({ name }), /expected done, unchanged, waiting or failed, found undefined/],
    [
      'a failure without an error',
      (name) => ({ name, result: 'failed', error: 'no' }),
      /expected an error of an item that failed, found "no"/
    ],
    [
      'a wait without a reason',
      (name) => ({ name, result: 'waiting' }),
      /expected text as why of an item that waits, found undefined/
    ]
  ]
  for (const [name, answerFor, told] of answers) {
    it(name, async () => {
      const { report } = await cycle(
        shop({ update: async () => anything([answerFor('a'), { name: 'b', result: 'done' }]) })
      )
      assert.deepEqual(
        report.outcomes.map(({ result, error }) => [result, error?.code]),
        [
          ['failed', 'PLUGIN_FAULT'],
          ['done', undefined]
        ]
      )
      assert.match(report.outcomes[0]?.error?.message ?? '', told)
    })
  }

  it('two results', async () => {
    const results = [
      { name: 'a', result: 'done' },
      { name: 'b', result: 'done' },
      { name: 'a', result: 'unchanged' }
    ]
    assert.deepEqual(lines(await cycle(shop({ update: async () => anything(results) }))), [
      'update a failed PLUGIN_FAULT',
      only
    ])
  })

  it('no result at all', async () => {
    assert.deepEqual(lines(await cycle(shop({ update: async () => [{ name: 'b', result: 'done' }] }))), [
      'update a failed NO_ANSWER',
      only
    ])
  })

  it('results of items nobody asked about', async () => {
    const seen = await cycle(shop({ update: async () => ['a', 'b', 'A'].map((name) => ({ name, result: 'done' })) }))
    assert.deepEqual(lines(seen), ['update a done', only])
    assert.match(seen.faults.join(), /update: expected results of the items of the call, found one of "A"/)
  })

  it('no list takes the items of that call', async () => {
    assert.deepEqual(lines(await cycle(shop({ update: async () => anything(null) }))), [
      'update a failed PLUGIN_FAULT',
      'update b failed PLUGIN_FAULT'
    ])
  })

  it("an error that is no error of ours, and one that says INTERNAL, is the plugin's", async () => {
    const [bug, internal] = [
      new RangeError('out of range'),
      new ReconcileError('INTERNAL', 'boom', { cause: new Error('inner') })
    ]
    const { report } = await cycle(
      shop({
        update: async () =>
          anything([
            { name: 'a', result: 'failed', error: bug },
            { name: 'b', result: 'failed', error: internal }
          ])
      })
    )
    assert.deepEqual(
      report.outcomes.map(({ error }) => error?.message),
      [
        'plugin "shop", kind "box", item "a", update: RangeError: out of range',
        'plugin "shop", kind "box", item "b", update: boom'
      ]
    )
  })

  it('an error of the service stays what it is', async () => {
    const refused = Object.assign(new Error('connect'), { code: 'ECONNREFUSED' })
    const { report, faults } = await cycle(shop({ update: () => Promise.reject(refused) }))
    assert.deepEqual([report.outcomes.map(({ error }) => error?.code), faults], [['UNREACHABLE', 'UNREACHABLE'], []])
  })
})

describe('everything else a plugin says', () => {
  it('is checked: an identity that is no text', async () => {
    const service: Service = { ...shop(), identity: async () => anything(undefined) }
    const pinned = { ...files, files: new Map([...files.files, ['policy.json', Buffer.from('{"cluster": "id"}')]]) }
    const report = await new ServiceReconciler(service, { source: reading(async () => pinned) }).reconcile()
    assert.deepEqual(
      [report.status, report.error?.code, report.error?.message],
      ['blind', 'PLUGIN_FAULT', 'plugin "shop", identity: expected text, found undefined']
    )
  })

  it('is checked: a completion that throws something else than CONFIG_INVALID makes that item invalid', async () => {
    const complete = (spec: unknown): unknown => {
      if (isA(spec)) throw new TypeError('no such file')
      return spec
    }
    const seen = await cycle(shop({ complete }))
    assert.deepEqual(lines(seen), ['invalid a invalid', only])
    assert.match(
      seen.report.outcomes.find(({ verb }) => verb === 'invalid')?.why ?? '',
      /plugin "shop", kind "box", complete: TypeError: no such file/
    )
  })

  it('is checked: a description that JSON cannot hold', () => {
    for (const answer of [
      undefined,
      null,
      'text',
      [],
      { a: undefined },
      { a: 1n },
      Object.assign(new Map(), { a: 1 })
    ]) {
      const [resource] = guardService(shop({ describe: () => anything(answer) })).resources
      assert.throws(() => resource?.describe?.({}), {
        code: 'PLUGIN_FAULT',
        message: /describe: expected a declaration that JSON can hold/
      })
    }
  })

  it('is checked: a weight that is none, or throws, fills a call of its own', () => {
    for (const weigh of [() => Number.NaN, () => anything('1'), () => -1, () => assert.fail()]) {
      const [resource] = guardService(shop({ batching: { limit: 5, weigh } })).resources
      assert.equal(resource?.batching?.weigh({}), Number.POSITIVE_INFINITY)
    }
  })

  const kinds: readonly (readonly [name: string, resources: unknown, told: RegExp])[] = [
    ['no kinds', [], /kinds: expected a list of at least one kind, found a list/],
    ['no list of kinds', 'box', /expected a list of at least one kind, found "box"/],
    [
      'a kind twice',
      [shop().resources[0], { ...shop().resources[0], file: 'crates' }],
      /expected each kind once, found "box" twice/
    ],
    [
      'a file twice',
      [shop().resources[0], { ...shop().resources[0], kind: 'crate' }],
      /expected each file once, found "boxes" twice/
    ],
    [
      'a kind with a slash',
      shop({ kind: 'a/b' }).resources,
      /expected a name without "\/" and blanks as kind, found "a\/b"/
    ],
    [
      'a file with a dot',
      shop({ file: 'boxes.json' }).resources,
      /kind "box", file: expected a name without ".", "\/" and blanks, found "boxes.json"/
    ],
    ['the file of the policy', shop({ file: 'policy' }).resources, /policy.yaml belongs to the framework/],
    [
      'no schema of zod 4',
      shop({ schema: anything({ safeParse: () => undefined }) }).resources,
      /schema: expected a schema of zod 4, found an object/
    ],
    [
      'a singleton without a name',
      shop({ singleton: '' }).resources,
      /singleton: expected the name of the one item, found an empty text/
    ],
    [
      'patterns that are none',
      shop({ protect: anything('x*'), attachments: anything([5]) }).resources,
      /attachments: .*protect: /
    ],
    [
      'usual mistakes that are no names',
      shop({ usualMistakes: anything({ a: 1 }) }).resources,
      /usualMistakes: expected names by names/
    ],
    [
      'batches without a limit',
      shop({ batching: anything({ limit: 0, weigh: () => 1 }) }).resources,
      /batching: expected a limit above 0/
    ],
    ['no compare', shop({ compare: anything(undefined) }).resources, /compare: expected a function, found undefined/],
    ['no observe', shop({ observe: anything(undefined) }).resources, /observe: expected a function, found undefined/],
    ['two faults at once', shop({ file: '', schema: anything(null) }).resources, /file: .*schema: /]
  ]
  for (const [name, resources, told] of kinds) {
    it(`is checked before anything is asked: ${name}`, () => {
      assert.throws(() => guardService({ ...shop(), resources: anything(resources) }), {
        code: 'PLUGIN_FAULT',
        message: told
      })
    })
  }
})

describe('a plugin', () => {
  const pluginOf = (open: Plugin['open'], name = 'shop'): Plugin => guardPlugin({ name, kinds: shop().resources, open })
  const environment = new Environment({})

  it('opens a service of its own name with its own kinds', () => {
    assert.equal(pluginOf(() => shop()).open(environment).name, 'shop')
    assert.throws(() => pluginOf(() => ({ ...shop(), name: 'store' })).open(environment), {
      code: 'PLUGIN_FAULT',
      message: /expected a service "shop" with resources of box, found "store" with box/
    })
    assert.throws(() => pluginOf(() => shop({ kind: 'crate' })).open(environment), {
      code: 'PLUGIN_FAULT',
      message: /found "shop" with crate/
    })
    assert.throws(() => pluginOf(() => anything(undefined)).open(environment), {
      code: 'PLUGIN_FAULT',
      message: /open: expected a service with name, resources, identity and close, found undefined/
    })
  })

  it('may refuse a variable; a bug while it opens is its own', () => {
    const refusal = new ReconcileError('VARIABLE_INVALID', 'X: expected a value')
    assert.throws(
      () =>
        pluginOf(() => {
          throw refusal
        }).open(environment),
      refusal
    )
    assert.throws(
      () =>
        pluginOf(() => {
          throw new TypeError('x')
        }).open(environment),
      { code: 'PLUGIN_FAULT', message: 'plugin "shop", open: TypeError: x' }
    )
  })
})

describe('what keeps the contract', () => {
  it('crosses the boundary as it is, also of a class with fields of its own', async () => {
    class Box {
      readonly kind = 'box'
      readonly file = 'boxes'
      readonly schema = z.strictObject({ size: z.int() })
      readonly addedLater = { by: 'a newer contract' }
      readonly #fields = [field]
      get protect(): readonly string[] {
        return this.#fields.map(({ path }) => path)
      }
      readonly #items = new Map([['a', { state: {} }]])
      compare(): readonly (typeof field)[] {
        return this.#fields
      }
      async observe() {
        return { items: this.#items, facts: this }
      }
    }
    const box = new Box()
    const once = guardService({ ...shop(), resources: [box] })
    const [resource] = guardService(once).resources
    assert.equal(resource?.compare({}, {}), box.compare())
    assert.deepEqual(
      [resource?.protect, Reflect.get(resource ?? {}, 'addedLater')],
      [['size'], { by: 'a newer contract' }]
    )
    const seen = await resource?.observe([], testCycle({ full: true }))
    assert.equal(seen?.facts, box)
    assert.deepEqual(
      ['create', 'update', 'undeclared', 'check', 'describe', 'complete', 'batching'].filter(
        (name) => name in (resource ?? {})
      ),
      []
    )
  })
})
