import assert from 'node:assert/strict'
import fc from 'fast-check'
import { parseDocument } from '../../src/parse/document.ts'
import { toValue } from '../../src/parse/node.ts'

const bytesOf = (text: string): Uint8Array => new TextEncoder().encode(text)

/** The value of a document as plain JSON; whole numbers beyond 2^53 as text unless told otherwise. */
function read(
  text: string | Uint8Array,
  file = 'boxes.yaml',
  large: (value: bigint) => string | number = String
): unknown {
  const parsed = parseDocument(file, typeof text === 'string' ? bytesOf(text) : text)
  if (parsed.root === undefined) throw new Error(parsed.problems.map(({ message }) => message).join('\n'))
  return JSON.parse(
    JSON.stringify(toValue(parsed.root), (_key, value: unknown) => (typeof value === 'bigint' ? large(value) : value))
  )
}

/** `CODE line:column message` of each problem. */
function problemsOf(text: string | Uint8Array, file = 'boxes.yaml'): readonly string[] {
  const { problems = [] } = parseDocument(file, typeof text === 'string' ? bytesOf(text) : text)
  return problems.map(({ code, line, column, message }) => `${code} ${line}:${column} ${message}`)
}

const json = fc.jsonValue({ maxDepth: 3 }).map((value: unknown): unknown => JSON.parse(JSON.stringify(value)))

const foundInstead = (text: string): string => /found (.*);/.exec(problemsOf(text)[0] ?? '')?.[1] ?? ''

describe('a document', () => {
  it('in JSON means what JSON says, whatever its indentation', () => {
    fc.assert(
      fc.property(json, fc.constantFrom(0, 2, 8, '\t'), (value, indent) => {
        assert.deepEqual(read(JSON.stringify(value, null, indent), 'boxes.json', Number), value)
      })
    )
  })

  it('in JSON may carry # comments and trailing commas', () => {
    assert.deepEqual(read('# the boxes\n{\n  "a": {}, # first\n  # none\n  "b": {"size": 1},\n}\n', 'boxes.json'), {
      a: {},
      b: { size: 1 }
    })
  })

  it('keeps a # inside text', () => assert.deepEqual(read('{"a": "x # y"}', 'boxes.json'), { a: 'x # y' }))

  it('in YAML has quotes around #{…}, which begins a comment where it stands bare', () => {
    const left =
      'expected quotes around a value with "#{" in it, found none: " #" begins a comment, and the rest of the line is left out; write "#{…}"'
    assert.deepEqual(problemsOf('a:\n  size: #{size}\n  host: ${x}.shop #{domain}\n'), [
      `SYNTAX 2:9 ${left}`,
      `SYNTAX 3:9 ${left}`
    ])
    assert.deepEqual(problemsOf('a: {size: #{size}\n}\n'), [`SYNTAX 1:11 ${left}`])
    assert.deepEqual(read('a: "#{size}" #{quoted}\nb: 1 # {note}\nc:\n  #{size: 1}\n  - host#{x}\n'), {
      a: '#{size}',
      b: 1,
      c: ['host#{x}']
    })
    assert.deepEqual(read('{"a": 1 #{note}\n}', 'boxes.json'), { a: 1 })
  })

  it('may end its lines with CRLF, and lines and columns stay right', () => {
    assert.deepEqual(read('a:\r\n  size: 1\r\n'), { a: { size: 1 } })
    assert.match(problemsOf('a: 1\r\nb: 2\r\na: 3\r\n')[0] ?? '', /^DUPLICATE_KEY 3:1 /)
  })

  it('may begin with a byte order mark, which counts for no column', () => {
    assert.deepEqual(read('\ufeff{"a": {}}', 'boxes.json'), { a: {} })
    assert.match(problemsOf('\ufeffa: 1\na: 1\n')[0] ?? '', /^DUPLICATE_KEY 2:1 /)
  })

  it('may close a bracket at the indentation of its key, as many people do', () => {
    assert.deepEqual(read('a: {\n  size: 1\n}\nb: [\n  1\n]\n'), { a: { size: 1 }, b: [1] })
  })

  it('keeps the value of every number', () => {
    const text = '{"a": 9223372036854775807, "b": 1e8, "c": 0.1, "d": 0.12345678901234567890, "e": -0, "f": 1e400}'
    assert.deepEqual(read(text, 'boxes.json'), {
      a: '9223372036854775807',
      b: 1e8,
      c: 0.1,
      d: '0.12345678901234567890',
      e: 0,
      f: `1${'0'.repeat(400)}`
    })
    assert.deepEqual(read('[0x1F, 0o17, 1_000, 010]'), [31, 15, '1_000', 10])
  })

  it('has only the scalars of YAML 1.2: yes, no, on and off are text, and so is a date', () => {
    assert.deepEqual(read('[yes, no, on, off, 2020-01-01, 12:30, ~, null, true]'), [
      'yes',
      'no',
      'on',
      'off',
      '2020-01-01',
      '12:30',
      null,
      null,
      true
    ])
  })

  it('knows __proto__, constructor and numbers as mere keys', () => {
    assert.deepEqual(Object.keys(Object(read('{"__proto__": {"x": 1}, "constructor": 1, "1": 2}', 'boxes.json'))), [
      '1',
      '__proto__',
      'constructor'
    ])
    assert.equal(Object.hasOwn(Object.prototype, 'x'), false)
  })

  it('may be null, a list or text: whether that will do is not decided here', () => {
    assert.equal(read('null', 'boxes.json'), null)
    assert.equal(read('~'), null)
    assert.deepEqual(read('- a'), ['a'])
    assert.equal(read('text'), 'text')
    assert.equal(read('""', 'boxes.json'), '')
  })
})

describe('aliases', () => {
  it('stand for the last anchor of that name above them', () => {
    assert.deepEqual(read('a: &x {n: 1}\nb: *x\nc: &x {n: 2}\nd: *x\n'), {
      a: { n: 1 },
      b: { n: 1 },
      c: { n: 2 },
      d: { n: 2 }
    })
  })

  it('keep meaning what they meant where they were written', () => {
    assert.deepEqual(read('a: &n 1\nb: &b {v: *n}\nc: &n 2\nd: *b\n'), { a: 1, b: { v: 1 }, c: 2, d: { v: 1 } })
  })

  it('may stand for a key', () => assert.deepEqual(read('&k name: 1\nb: *k\n'), { name: 1, b: 'name' }))

  it('of an anchor that does not exist, or only further down, are refused with their place', () => {
    for (const text of ['a: *x\n', 'a: *x\nb: &x 1\n']) {
      assert.deepEqual(problemsOf(text), [
        'SYNTAX 1:4 expected an alias of an anchor above it, found an alias of none (quote text that starts with "*")'
      ])
    }
  })

  it('inside their own anchor are refused', () => {
    assert.deepEqual(problemsOf('a: &a\n  b: *a\n'), [
      'SYNTAX 2:6 expected an alias of an anchor above it, found one that contains itself'
    ])
  })

  it('inside aliases grow exponentially and are refused at once, with one problem', () => {
    const rows = 'bcdefghijkl'
      .split('')
      .map(
        (name, index) => `${name}: &${name} [${Array.from({ length: 9 }, () => `*${'abcdefghijk'[index]}`).join(', ')}]`
      )
    const problems = problemsOf(`a: &a [x, x, x, x, x, x, x, x, x]\n${rows.join('\n')}\n`)
    assert.equal(problems.length, 1)
    assert.match(problems[0] ?? '', /^SYNTAX 6:8 expected aliases of at most 100000 values in all/)
  })

  it('of one long list are refused at once', () => {
    const problems = problemsOf(`a: &a [${'1,'.repeat(20_000)}]\nb: [${'*a,'.repeat(5_000)}]\n`)
    assert.deepEqual(
      problems.map((line) => line.slice(0, 10)),
      ['SYNTAX 2:1']
    )
  })

  it('in great number of something small are read at once', () => {
    assert.deepEqual(read(`a: &a x\nb: [${'*a,'.repeat(20_000)}]\n`), {
      a: 'x',
      b: Array.from({ length: 20_000 }, () => 'x')
    })
  })

  it('of aliases count as levels of nesting', () => {
    const rows = Array.from({ length: 200 }, (_, index) => `a${index + 1}: &a${index + 1} [*a${index}]`)
    assert.match(
      problemsOf(`a0: &a0 [1]\n${rows.join('\n')}\n`)[0] ?? '',
      /^SYNTAX 100:\d+ expected at most 100 levels of nesting/
    )
  })
})

describe('a document is refused', () => {
  it('nested deeper than anybody means, however deep', () => {
    assert.equal(problemsOf(`${'['.repeat(100)}${']'.repeat(100)}`).length, 0)
    for (const depth of [101, 1_000, 20_000]) {
      const problems = problemsOf(`${'['.repeat(depth)}${']'.repeat(depth)}`, 'boxes.json')
      assert.equal(problems.length, 1)
      assert.match(
        problems[0] ?? '',
        /^SYNTAX 1:\d+ expected at most 100 levels of nesting, found more; flatten the file$/
      )
    }
  })

  it('with a key that stands there twice, naming both lines', () => {
    assert.deepEqual(problemsOf('a: 1\nb: 2\na: 3\n'), [
      'DUPLICATE_KEY 3:1 expected "a" once, found it twice, on lines 1 and 3; keep one of them'
    ])
    assert.deepEqual(problemsOf('{"a": {"x": 1, "x": 1}}', 'boxes.json'), [
      'DUPLICATE_KEY 1:16 expected "x" once, found it twice on line 1; keep one of them'
    ])
    assert.equal(problemsOf('1: a\n"1": b\n').length, 1)
  })

  it('with at most twenty problems, the rest is more of the same', () => {
    assert.equal(problemsOf(Array.from({ length: 100 }, () => 'a: 1\n').join('')).length, 20)
  })

  it('with a list or an object as key', () => {
    assert.match(
      problemsOf('? [a]\n: 1\n')[0] ?? '',
      /^SYNTAX 1:3 expected a key that is text, found a list or an alias$/
    )
    assert.match(
      problemsOf('a:\n  size: {{ .Values.size }}\n')[0] ?? '',
      /^SYNTAX 2:10 expected a key that is text, found an object; is it a template that nothing has filled in\?$/
    )
  })

  it('with a second document', () => {
    assert.deepEqual(problemsOf('a: 1\n---\nb: 2\n'), [
      'SYNTAX 2:1 expected one document, found a second one after "---"; keep one per file'
    ])
  })

  it('with nothing in it, in the words for what is there instead', () => {
    assert.equal(foundInstead(''), 'an empty file')
    assert.equal(foundInstead(' \n\t\n'), 'only blank lines')
    assert.equal(foundInstead('# a: {}\n'), 'no value, only comments or marks')
    assert.equal(foundInstead('---\n'), 'no value, only comments or marks')
    assert.equal(foundInstead('\ufeff'), 'an empty file')
  })

  it('with a number nobody can mean', () => {
    assert.deepEqual(problemsOf('a: .inf'), ['NUMBER 1:4 expected a number that can be written out, found .inf'])
    assert.deepEqual(problemsOf('a: -.Inf'), ['NUMBER 1:4 expected a number that can be written out, found -.Inf'])
    assert.deepEqual(problemsOf('a: .nan'), ['NUMBER 1:4 expected a number that can be written out, found .nan'])
    assert.deepEqual(problemsOf(`a: ${'9'.repeat(500)}`), [
      'NUMBER 1:4 expected a number of at most 400 digits, found one of 500 characters'
    ])
  })

  it('in other encodings than UTF-8, with the line that shows it', () => {
    assert.match(
      problemsOf(Buffer.from('a: 1\nb: "größe"\n', 'latin1'))[0] ?? '',
      /^ENCODING 2:7 expected UTF-8 text, found bytes that are not UTF-8/
    )
    assert.match(problemsOf(Buffer.from('\ufeffa: 1', 'utf16le'))[0] ?? '', /^ENCODING 1:1 /)
    assert.match(
      problemsOf(Buffer.from('a: 1', 'utf16le'))[0] ?? '',
      /^ENCODING 1:2 expected UTF-8 text, found a NUL character/
    )
    assert.match(problemsOf(Uint8Array.of(0x1f, 0x8b, 8, 0))[0] ?? '', /^ENCODING 1:2 /)
  })

  it('with tabs as indentation in YAML', () => {
    assert.deepEqual(problemsOf('a:\n\tsize: 1\n'), ['SYNTAX 2:1 expected spaces as indentation, found a tab'])
  })
})

describe('a syntax error', () => {
  const jsonCases: readonly (readonly [text: string, problem: string])[] = [
    ['{"a": {"size": 1}\n', '2:1 expected "}" to close the object of line 1, found the end of the file'],
    ['{\n"a": [\n{"b": 1}\n\n', '5:1 expected "]" to close the list of line 2, found the end of the file'],
    ['{"a": [1, 2}', '1:12 expected "]" to close the list of line 1, found "}"'],
    ['{"a": {}\n "b": {}}', '2:2 expected a comma between two entries, found a double quote'],
    ['{"a": 6 "b": 1}', '1:9 expected a comma or a closing bracket after the value, found a double quote'],
    ['{"a": true\n "b": 1}', '2:2 expected a comma or a closing bracket after the value, found a double quote'],
    ['{"a" {}}', '1:6 expected ":" or a comma, found "{"'],
    ['{"a": {},, "b": {}}', '1:10 expected an entry before the comma, found ","'],
    ['{"a": {}}}', '1:10 expected the end of the entry or of the file, found "}"'],
    ['{"a": {}}\n{"b": {}}', '2:1 expected the end of the entry or of the file, found "{"'],
    ['{"a":', '1:6 expected a value, found the end of the file'],
    ['{"a": , "b": 1}', '1:7 expected a value, found ","'],
    ['{"a": {"b": "x}}\n}', '1:13 expected a closing quote on the line of the opening one, found the end of the line'],
    ['{"a": "x,\n"b": 1}', '1:7 expected a closing quote on the line of the opening one, found the end of the line'],
    ['{"a": "\\q"}', '1:8 expected an escape that JSON knows, or \\\\ for a backslash, found "\\"'],
    [
      '{"a": six}',
      '1:7 expected text in double quotes, a number, true, false, null, a list or an object, found text without quotes'
    ],
    [
      '{"a": info}',
      '1:7 expected text in double quotes, a number, true, false, null, a list or an object, found text without quotes'
    ],
    ['{a: 1}', '1:2 expected a name in double quotes, found one without'],
    [
      '{"a": 010}',
      '1:7 expected a number without leading zeros, found one that begins with 0; write it without, or as text'
    ],
    ['{"a": 0x1F}', '1:7 expected a decimal number, found another base'],
    ['{"a": +6}', '1:7 expected a number without "+", found one with it'],
    ['{"a": .5}', '1:7 expected a digit before the decimal point, found none'],
    ['{"a": NaN}', '1:7 expected a number that can be written out, found NaN or infinity'],
    ['{"a": -Infinity}', '1:7 expected a number that can be written out, found NaN or infinity'],
    ['{"a": 6MB}', '1:7 expected a number or text in double quotes, found a number that goes on as text'],
    ['{"a": ${SIZE}}', '1:7 expected a value, found "${": a variable that nothing has replaced'],
    ['{\n// no\n"a": 1}', '2:1 expected an entry, found "/": comments start with "#"'],
    [
      '{\n<<<<<<< HEAD\n"a": 1\n=======\n"a": 2\n>>>>>>> b\n}',
      '2:1 expected a merged file, found a conflict marker of git; resolve the conflict'
    ]
  ]
  for (const [text, problem] of jsonCases) {
    it(`in JSON: ${JSON.stringify(text)}`, () =>
      assert.deepEqual(problemsOf(text, 'boxes.json'), [`SYNTAX ${problem}`]))
  }

  const yamlCases: readonly (readonly [text: string, problem: string])[] = [
    ["a: 'x\nb: 1\n", '1:4 expected a closing quote for the text that starts here, found the end of the file'],
    ['a: [1, 2\n', '2:1 expected "]" to close the list of line 1, found the end of the file'],
    [
      'a: b: 1\n',
      '1:4 expected one value after ":" (quote it, or put it on lines of its own with deeper indentation), found text'
    ],
    ['a:\n    x: 1\n  y: 1\n', '3:1 expected the same indentation as in the lines above, found text'],
    [
      'a:\n  x 6\n  y: 1\n',
      '2:3 expected "key: value" on a line of its own (check for a missing ":" and the indentation of the next line), found text'
    ],
    [
      'a:\n  x: 1\n   y: 1\n',
      '2:6 expected "key: value" on a line of its own (check for a missing ":" and the indentation of the next line), found text'
    ],
    ['a: {}#x\n', '1:6 expected a space before "#", found "#"'],
    ['a: @x\n', '1:4 expected quotes around text that starts with this sign, found "@"'],
    ['a: `x`\n', '1:4 expected quotes around text that starts with this sign, found "`"'],
    ['a: %x\n', '1:4 expected quotes around text that starts with this sign, found "%"'],
    ['a: [*]\n', '1:5 expected quotes around text that starts with "*" or "&", found "*"'],
    ['a: !x 1\n', '1:4 expected a value without a tag (quote text that starts with "!"), found "!"'],
    [`${'k'.repeat(1_100)}: 1\n`, '1:1 expected a key of at most 1024 characters, found text']
  ]
  for (const [text, problem] of yamlCases) {
    it(`in YAML: ${JSON.stringify(text.slice(0, 40))}`, () => assert.deepEqual(problemsOf(text), [`SYNTAX ${problem}`]))
  }

  it('never quotes what stands in the file', () => {
    const spoilt = [
      '{"password": hunter2}',
      '{"password": "hunter2}',
      '{"password": "hun\\qter2"}',
      '{"a": 1} "hunter2\\"x"',
      '{"a" "hunter2"}',
      '{"a": 1 "hunter2": 2}',
      '{"a": "x"hunter2}'
    ]
    for (const text of spoilt)
      for (const file of ['boxes.json', 'boxes.yaml']) {
        for (const problem of problemsOf(text, file)) assert.doesNotMatch(problem, /hun/)
      }
    for (const text of [
      'a: !hunter2 x',
      'a: *hunter2',
      'a: @hunter2',
      '%hunter2',
      'a: |hunter2\n x',
      '? hunter2: x: y'
    ]) {
      for (const problem of problemsOf(text)) assert.doesNotMatch(problem, /hunter2/)
    }
  })

  it('is one problem with a place inside the file, whatever stands there', () => {
    const pieces = fc.array(
      fc.constantFrom(
        '{',
        '}',
        '[',
        ']',
        ':',
        ',',
        '"',
        "'",
        '\n',
        ' ',
        '\t',
        'a',
        '1',
        '-',
        '#',
        '&',
        '*',
        '!',
        '|',
        '?',
        '\\',
        '%',
        '\u0000',
        '\u{1f600}'
      ),
      { maxLength: 30 }
    )
    fc.assert(
      fc.property(pieces, fc.constantFrom('boxes.json', 'boxes.yaml'), (parts, file) => {
        const text = parts.join('')
        const { problems = [] } = parseDocument(file, bytesOf(text))
        for (const { line, column, message } of problems) {
          assert.ok(line >= 1 && line <= text.split('\n').length && column >= 1, `${line}:${column}`)
          assert.match(message, /^expected .*, found ./s)
        }
      }),
      { numRuns: 500 }
    )
  })

  it('is found in any bytes without throwing', () => {
    fc.assert(
      fc.property(
        fc.uint8Array({ maxLength: 40 }),
        fc.constantFrom('boxes.json', 'boxes.yaml'),
        (bytes, file) => void parseDocument(file, bytes)
      )
    )
  })
})
