import assert from 'node:assert/strict'
import { z } from 'zod'
import { parseDesired } from '../../../../src/parse/desired.ts'
import { parameterContextKind } from '../../../../reconcilers/nifi/parameter-context/index.ts'
import { declared } from './scene.ts'

/** `path: message` of what is wrong with one context `a`, as `validate` says it. */
function problems(context: unknown, files: Readonly<Record<string, string>> = {}): readonly string[] {
  const contents = { 'parameter-contexts.json': JSON.stringify({ a: context }), ...files }
  const parsed = parseDesired(
    { digest: '', files: new Map(Object.entries(contents).map(([name, text]) => [name, Buffer.from(text)])) },
    { name: 'nifi', kinds: [parameterContextKind] }
  )
  return (parsed.desired?.kinds ?? []).flatMap(({ invalid }) =>
    invalid.flatMap((item) => item.problems.map(({ path, message }) => `${path}: ${message}`))
  )
}

function parameter(written: unknown, files: Readonly<Record<string, string>> = {}): unknown {
  return declared({ a: { parameters: { p: written } } }, { files })[0]?.spec.parameters['p']
}

describe('a declared parameter', () => {
  it('is a value, which becomes text', () => {
    assert.deepEqual(parameter('1KB'), { source: { value: '1KB' }, sensitive: false })
    assert.deepEqual(
      [1e21, 1.5, true, 9007199254740993n, ''].map((value) => parameter(value)),
      ['1000000000000000000000', '1.5', 'true', '9007199254740993', ''].map((value) => ({
        source: { value },
        sensitive: false
      }))
    )
  })

  it('is null where there must be none, and has the value null where it must have none', () => {
    assert.equal(parameter(null), null)
    assert.deepEqual(parameter({ value: null }), { source: { value: null }, sensitive: false })
  })

  it('is sensitive when its value stands in a file, unless it is said not to be', () => {
    assert.deepEqual(parameter({ valueFrom: { file: '/s/x' } }), { source: { file: '/s/x' }, sensitive: true })
    assert.deepEqual(parameter({ valueFrom: { file: '/s/x' }, sensitive: false }), {
      source: { file: '/s/x' },
      sensitive: false
    })
    assert.deepEqual(parameter({ value: 1, sensitive: true, description: 'd' }), {
      source: { value: '1' },
      sensitive: true,
      description: 'd'
    })
  })

  it('takes its value from a file of the mount, without one newline at the end', () => {
    for (const [text, content] of [
      ['v\n', 'v'],
      ['v\r\n', 'v'],
      ['v\n\n', 'v\n'],
      ['v ', 'v '],
      ['', '']
    ] as const) {
      assert.deepEqual(parameter({ valueFrom: { file: 'v.txt' } }, { 'v.txt': text }), {
        source: { file: 'v.txt', content },
        sensitive: true
      })
    }
    assert.deepEqual(parameter({ valueFrom: { file: './v.txt' } }, { 'v.txt': 'v' }), {
      source: { file: './v.txt', content: 'v' },
      sensitive: true
    })
  })
})

describe('a declared parameter context', () => {
  it('may say nothing', () => {
    assert.deepEqual(declared({ a: {} })[0]?.spec, { parameters: {} })
    assert.deepEqual(declared({ a: { description: null, inherits: null } })[0]?.spec, {
      description: '',
      parameters: {},
      inherits: []
    })
  })

  it('is told what is wrong with it, and where', () => {
    const wrong: readonly (readonly [unknown, RegExp])[] = [
      [{ parameters: { 'a/b': 1 } }, /^a\.parameters\.a\/b: .*letters, digits, spaces/],
      [{ parameters: { ' a': 1 } }, /begins and ends without a space/],
      [
        { parameters: { a: { value: 1, valueFrom: { file: 'x' } } } },
        /^a\.parameters\.a.*either "value" or "valueFrom"/
      ],
      [{ parameters: { a: {} } }, /either "value" or "valueFrom"/],
      [{ parameters: { a: { value: 1, sensitiv: true } } }, /"sensitiv"; did you mean "sensitive"/],
      [{ parameters: { a: { valueFrom: { secret: 'x' } } } }, /^a\.parameters\.a\.valueFrom\.secret: expected "file"/],
      [{ parameters: { a: [1] } }, /^a\.parameters\.a: expected text, a number, true, false or null/],
      [{ parameters: { a: '********' } }, /^a\.parameters\.a: .*what NiFi shows/],
      [{ parameters: { a: { value: '********', sensitive: true } } }, /^a\.parameters\.a\.value: .*what NiFi shows/],
      [
        { parameters: { a: { valueFrom: { file: '' } } } },
        /^a\.parameters\.a\.valueFrom\.file: .*fill in where it stands/
      ],
      [{ inherits: ['b', 'b'] }, /^a\.inherits: .*no context stands twice/],
      [{ description: 'x\n[infometis owner=me]' }, /^a\.description: .*does not end with/],
      [{ parameter: {} }, /"parameter"; did you mean "parameters"/]
    ]
    for (const [context, message] of wrong) {
      const found = problems(context)
      assert.ok(
        found.some((problem) => message.test(problem)),
        `${JSON.stringify(context)}: ${found.join('; ')}`
      )
    }
  })

  it('is not told a value that may be secret beside what is wrong with it', () => {
    const wrong = [
      { value: 'canary', valueFrom: { file: 'x' } },
      { value: 'canary', sensitve: true },
      { value: ['canary'], sensitive: true },
      { value: 'canary', sensitive: 1 },
      ['canary']
    ]
    for (const p of wrong) {
      const found = problems({ parameters: { p } })
      assert.notDeepEqual(found, [])
      assert.doesNotMatch(found.join(), /canary/)
    }
  })

  it('is told what was expected, and not what stands there, where a secret may have been put beside its place', () => {
    const wrong: readonly (readonly [unknown, RegExp])[] = [
      [{ value: 'v', sensitive: 'canary' }, /^a\.parameters\.p: expected true or false as "sensitive"/],
      [{ value: 'v', sensitive: 4711471 }, /^a\.parameters\.p: expected true or false as "sensitive"/],
      [{ valueFrom: { file: '/x' }, sensitive: 'canary' }, /^a\.parameters\.p: expected true or false as "sensitive"/],
      [{ valueFrom: 'canary' }, /^a\.parameters\.p: expected \{file: <path>\} as "valueFrom"/],
      [{ valueFrom: 4711471 }, /^a\.parameters\.p: expected \{file: <path>\} as "valueFrom"/],
      [{ valueFrom: { file: 4711471 } }, /^a\.parameters\.p: expected a path as "file"/],
      [
        { valueFrom: { file: 'canary' } },
        /parameter "p": expected in "valueFrom" an absolute path, or a file beside this one whose name ends with \.parameter, \.txt/
      ]
    ]
    for (const [p, message] of wrong) {
      const found = problems({ parameters: { p } })
      assert.equal(found.length, 1, found.join('; '))
      assert.match(found[0] ?? '', message)
      assert.doesNotMatch(found[0] ?? '', /canary|4711471/)
    }
  })

  it('takes no file of the mount that is none of values: what is warned of as ignored is not used', () => {
    for (const file of ['password', 'policy.yaml', 'orders.flow.json', 'v.txt.bak']) {
      assert.match(
        problems({ parameters: { p: { valueFrom: { file } } } }, { [file]: '{}' }).join(),
        /an absolute path, or a file beside this one/
      )
    }
    for (const file of ['v.txt', 'v.parameter', 'v.pem', 'v.crt', 'v.key'])
      assert.deepEqual(problems({ parameters: { p: { valueFrom: { file } } } }, { [file]: 'v' }), [])
  })

  it('is invalid when a file of the mount it names is missing, no text or a mask', () => {
    const context = { parameters: { p: { valueFrom: { file: 'v.txt' } } } }
    assert.match(problems(context)[0] ?? '', /parameter "p".*"v\.txt".*no such file/)
    assert.match(problems(context, { 'v.txt': '********\n' })[0] ?? '', /shows in place of a value/)
    assert.deepEqual(problems(context, { 'v.txt': 'v' }), [])
    const spec = parameterContextKind.schema.parse(context)
    assert.throws(
      () => parameterContextKind.complete?.(spec, new Map([['v.txt', Uint8Array.of(0xff, 0xfe, 0x00)]])),
      /no UTF-8 text/
    )
  })

  it('has a schema for editors', () => {
    const schema = JSON.stringify(z.toJSONSchema(parameterContextKind.schema, { io: 'input', unrepresentable: 'any' }))
    for (const field of ['description', 'parameters', 'inherits', 'valueFrom', 'sensitive'])
      assert.ok(schema.includes(`"${field}"`))
  })
})
