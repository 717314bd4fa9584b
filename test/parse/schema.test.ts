import assert from 'node:assert/strict'
import { z } from 'zod'
import { parseDocument } from '../../src/parse/document.ts'
import { policyMistakes, policySchema } from '../../src/parse/policy.ts'
import { checkSchema, joinPath } from '../../src/parse/schema.ts'

/** `CODE line:column path: message` for each problem of a document. */
function problemsOf(schema: z.ZodType, text: string): readonly string[] {
  const { root, problems } = parseDocument('x.yaml', new TextEncoder().encode(text))
  assert.ok(root, JSON.stringify(problems))
  return (checkSchema(schema, root, ['a']).problems ?? []).map(
    ({ code, line, column, path, message }) => `${code} ${line}:${column} ${path}: ${message}`
  )
}

const one = (schema: z.ZodType, text: string): string => {
  const problems = problemsOf(z.strictObject({ f: schema }), `f: ${text}`)
  assert.equal(problems.length, 1, problems.join('\n'))
  return problems[0]?.replace(/ 1:4 a\.f:/, '') ?? ''
}

describe('a field people usually mistake for another', () => {
  const schema = z.strictObject({
    size: z.int().optional(),
    inner: z.record(z.string(), z.strictObject({ size: z.int().optional(), colour: z.string().optional() })).optional()
  })
  const told = (text: string): readonly string[] => {
    const { root } = parseDocument('x.yaml', new TextEncoder().encode(text))
    assert.ok(root)
    const usualMistakes = { capacity: 'size', tint: 'colour', 'tone.ms': 'inner.x.colour', nothing: 'something' }
    return (checkSchema(schema, root, ['a'], { usualMistakes }).problems ?? []).map(
      ({ message }) => /did you mean "(.*)"\?$/.exec(message)?.[1] ?? ''
    )
  }

  it('is asked about at any depth, where the other one may stand', () => {
    assert.deepEqual(told('capacity: 1'), ['size'])
    assert.deepEqual(told('inner: {x: {capacity: 1, tint: red}}'), ['size', 'colour'])
    assert.deepEqual(told('tint: red'), [''], 'there is no colour at the root')
    assert.deepEqual(told('nothing: 1'), [''])
  })

  it('may be meant at another depth, which its path says', () => {
    assert.deepEqual(told('tone.ms: red'), ['inner.x.colour'])
  })

  it('is known for policy.yaml', () => {
    const { root } = parseDocument('policy.yaml', new TextEncoder().encode('dryRun: true\nmaxChanges: 5\n'))
    assert.ok(root)
    const { problems } = checkSchema(policySchema, root, [], { usualMistakes: policyMistakes })
    assert.deepEqual(
      problems?.map(({ message }) => /did you mean "(.*)"\?$/.exec(message)?.[1]),
      ['mode', 'guard.maxChanges']
    )
    for (const [wrong, right] of Object.entries(policyMistakes)) {
      assert.equal(wrong in policySchema.shape, false, wrong)
      assert.ok((right.split('.')[0] ?? '') in policySchema.shape, right)
    }
  })
})

describe('a problem says what was expected, in the words of the schema', () => {
  const table: readonly (readonly [name: string, schema: z.ZodType, text: string, problem: string])[] = [
    ['an integer', z.int(), '"6"', 'TYPE expected an integer, found text "6"; remove the quotes'],
    ['an integer that may be absent', z.int().optional(), 'six', 'TYPE expected an integer, found text "six"'],
    ['a whole number', z.int(), '6.5', 'TYPE expected an integer, found 6.5'],
    ['a number', z.number(), '"6.5"', 'TYPE expected a number, found text "6.5"; remove the quotes'],
    ['an upper limit', z.int().max(5), '6', 'VALUE expected an integer of at most 5, found 6'],
    ['a lower limit', z.number().min(0.5), '0', 'VALUE expected a number of at least 0.5, found 0'],
    [
      'beyond 2^53',
      z.int(),
      '9007199254740993',
      'VALUE expected an integer of at most 9007199254740991, found 9007199254740993'
    ],
    [
      'beyond 2^53 with a limit',
      z.int().max(10),
      '9223372036854775807',
      'VALUE expected an integer of at most 10, found 9223372036854775807'
    ],
    [
      'beyond -2^53',
      z.int().min(-1),
      '-9223372036854775808',
      'VALUE expected an integer of at least -1, found -9223372036854775808'
    ],
    ['far beyond', z.number(), '1e400', 'VALUE expected a number of at most 9007199254740991, found 1e400'],
    ['too exact', z.int(), '0.12345678901234567890', 'TYPE expected an integer, found 0.12345678901234567890'],
    ['text', z.string(), '5', 'TYPE expected text, found 5; write it in quotes'],
    ['text, not a list', z.string(), '[5]', 'TYPE expected text, found a list'],
    ['text that is not empty', z.string().min(1), '""', 'VALUE expected text that is not empty, found text ""'],
    ['short text', z.string().max(3), 'abcd', 'VALUE expected text of at most 3 characters, found text "abcd"'],
    [
      'a form of text',
      z.string().regex(/^x/),
      'y',
      'VALUE expected a value that must match pattern /^x/, found text "y"'
    ],
    [
      'a form of text in own words',
      z.string().regex(/^x/, { error: 'text that begins with x' }),
      'y',
      'VALUE expected text that begins with x, found text "y"'
    ],
    ['an address', z.email(), 'y', 'VALUE expected a valid email address, found text "y"'],
    ['a boolean', z.boolean(), '"true"', 'TYPE expected true or false, found text "true"; remove the quotes'],
    ['a boolean, not a number', z.boolean(), '1', 'TYPE expected true or false, found 1'],
    ['an object', z.strictObject({}), 'null', 'TYPE expected an object, found null'],
    ['a map', z.record(z.string(), z.int()), '[]', 'TYPE expected an object, found a list'],
    ['a list', z.array(z.int()), '{}', 'TYPE expected a list, found an object'],
    ['a short list', z.array(z.int()).max(1), '[1, 2]', 'VALUE expected a list of at most 1 entries, found a list'],
    [
      'one of a few',
      z.enum(['red', 'green']),
      'gren',
      'VALUE expected one of red, green, found text "gren"; did you mean "green"?'
    ],
    ['one value', z.literal('red'), 'blue', 'VALUE expected red, found text "blue"'],
    [
      'several types',
      z.union([z.string(), z.number(), z.bigint(), z.null()]),
      '[]',
      'VALUE expected text, a number or null, found a list'
    ],
    [
      'several types in own words',
      z.union([z.string(), z.null()], { error: 'text or null' }),
      '1',
      'VALUE expected text or null, found 1'
    ],
    ['a multiple', z.number().multipleOf(5), '3', 'VALUE expected a value that must be a multiple of 5, found 3'],
    [
      'what only a function knows',
      z.number().refine((n) => n !== 3, { error: 'any number but 3' }),
      '3',
      'VALUE expected any number but 3, found 3'
    ]
  ]
  for (const [name, schema, text, problem] of table) it(name, () => assert.equal(one(schema, text), problem))

  it('a field that is not there', () => {
    const schema = z.strictObject({ f: z.string(), g: z.enum(['x', 'y']), h: z.union([z.string(), z.null()]) })
    assert.deepEqual(problemsOf(z.strictObject({ inner: schema }), 'inner:\n  f: x\n'), [
      'MISSING_FIELD 2:3 a.inner.g: expected one of x, y, found nothing',
      'MISSING_FIELD 2:3 a.inner.h: expected text or null, found nothing'
    ])
  })

  it('a field that nobody knows, at its own place and with the nearest known one', () => {
    const schema = z.strictObject({
      inner: z.strictObject({ size: z.int().optional(), colour: z.string().optional() })
    })
    assert.deepEqual(problemsOf(schema, 'inner:\n  size: 1\n  color: red\n'), [
      'UNKNOWN_FIELD 3:3 a.inner.color: expected one of size, colour, found "color"; did you mean "colour"?'
    ])
    assert.deepEqual(problemsOf(z.strictObject({ only: z.int().optional() }), 'x: 1\n'), [
      'UNKNOWN_FIELD 1:1 a.x: expected "only", found "x"'
    ])
    assert.deepEqual(problemsOf(z.strictObject({}), 'x: 1\n'), [
      'UNKNOWN_FIELD 1:1 a.x: expected no such field, found "x"'
    ])
  })

  it('a field that nobody knows inside lists, maps and unions', () => {
    const inner = z.strictObject({ size: z.int() })
    const schema = z.strictObject({
      list: z.array(inner),
      map: z.record(z.string(), inner),
      union: z.union([z.string(), inner])
    })
    assert.deepEqual(
      problemsOf(schema, 'list: [{size: 1, siz: 2}]\nmap: {k: {size: 1, siz: 2}}\nunion: {size: 1, siz: 2}\n'),
      [
        'UNKNOWN_FIELD 1:18 a.list[0].siz: expected "size", found "siz"; did you mean "size"?',
        'UNKNOWN_FIELD 2:20 a.map.k.siz: expected "size", found "siz"; did you mean "size"?',
        'UNKNOWN_FIELD 3:18 a.union.siz: expected "size", found "siz"; did you mean "size"?'
      ]
    )
  })

  it('the entry of a list of a union that is wrong, not the list', () => {
    const schema = z.strictObject({ f: z.union([z.string(), z.array(z.union([z.string(), z.number()]))]) })
    assert.deepEqual(problemsOf(schema, 'f: [x, 1, null]\n'), [
      'VALUE 1:11 a.f[2]: expected text or a number, found null'
    ])
  })

  it('the branch of a union that is meant', () => {
    const schema = z.strictObject({
      f: z.discriminatedUnion('type', [
        z.strictObject({ type: z.literal('x'), size: z.int() }),
        z.strictObject({ type: z.literal('y') })
      ])
    })
    assert.deepEqual(problemsOf(schema, 'f: {type: x, size: big}\n'), [
      'TYPE 1:20 a.f.size: expected an integer, found text "big"'
    ])
    assert.deepEqual(problemsOf(schema, 'f: {type: z}\n'), [
      'VALUE 1:11 a.f.type: expected one of x, y, found text "z"'
    ])
  })

  it('the form of a key', () => {
    const schema = z.record(z.string().regex(/^[a-z]+$/, { error: 'of small letters' }), z.int())
    assert.match(
      problemsOf(schema, 'A: 1\n')[0] ?? '',
      /^VALUE .* a\.A: expected a key that is of small letters, found/
    )
  })
})

describe('a secret', () => {
  const schema = z.strictObject({
    password: z.int().optional(),
    'sasl.jaas.config': z.int().optional(),
    'api-key': z.string().optional(),
    size: z.int().optional()
  })

  it('is not shown, whether it is text or a number', () => {
    const problems = problemsOf(schema, 'password: hunter2\nsasl.jaas.config: hunter2\napi-key: 47110815\n')
    assert.deepEqual(
      problems.map((problem) => /found (.*)/.exec(problem)?.[1]),
      ['text', 'text', 'a number; write it in quotes']
    )
  })

  it('is not shown below an item with such a name', () => {
    const { root } = parseDocument('x.yaml', new TextEncoder().encode('size: hunter2'))
    assert.ok(root)
    assert.deepEqual(
      checkSchema(schema, root, ['db-password']).problems?.map(({ message }) => message),
      ['expected an integer, found text']
    )
  })
})

describe('a path', () => {
  it('is written as reports write it', () => {
    assert.equal(joinPath(['a', 'b.c', 0, 'd']), 'a.b.c[0].d')
    assert.equal(joinPath([]), '')
  })
})
