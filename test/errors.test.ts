import assert from 'node:assert/strict'
import fc from 'fast-check'
import {
  deepestMessage,
  errorTable,
  isRetryable,
  ReconcileError,
  stackOf,
  systemErrorCode,
  toReconcileError,
  type ErrorCode
} from '../src/errors.ts'
import { registerSecret } from '../src/secrets/mask.ts'

const coded = (code: unknown, message = 'boom'): Error => Object.assign(new Error(message), { code })
const refused = coded('ECONNREFUSED', 'connect ECONNREFUSED 127.0.0.1:9092')

describe('the table of errors', () => {
  it('says of every code what to do about it, in one sentence', () => {
    for (const [code, { hint }] of Object.entries(errorTable)) {
      assert.match(code, /^[A-Z]+(?:_[A-Z]+)*$/)
      assert.match(hint, /^[A-Z`].*\.$/, code)
    }
  })

  it('calls what is blind by the table blind and what may pass retryable', () => {
    const blind: readonly ErrorCode[] = [
      'UNREACHABLE',
      'TIMEOUT',
      'AUTHENTICATION',
      'CERTIFICATE',
      'NOT_PERMITTED',
      'PACKAGE_MISSING'
    ]
    for (const [code, traits] of Object.entries(errorTable))
      assert.equal(
        traits.blind,
        blind.some((each) => each === code),
        code
      )
    for (const code of ['UNREACHABLE', 'TIMEOUT', 'UNAVAILABLE', 'CONFLICT', 'NO_ANSWER', 'INTERNAL'])
      assert.equal(isRetryable(code), true, code)
    for (const code of [
      'REJECTED',
      'UNSUPPORTED',
      'NOT_CONVERGING',
      'AUTHENTICATION',
      'WRONG_CLUSTER',
      'constructor',
      '__proto__',
      ''
    ])
      assert.equal(isRetryable(code), false, code)
  })
})

describe('an error of ours', () => {
  it('knows its traits by its code', () => {
    const error = new ReconcileError('AUTHENTICATION', 'no')
    assert.deepEqual([error.retryable, error.blind, error.hint], [false, true, errorTable.AUTHENTICATION.hint])
    assert.deepEqual(error.toRecord(), { code: 'AUTHENTICATION', message: 'no', hint: errorTable.AUTHENTICATION.hint })
  })

  it('keeps its cause, its problems and when to try again', () => {
    const cause = new Error('inner')
    const problem = { severity: 'error', file: 'x', line: 1, column: 1, path: '', code: 'X', message: 'm' } as const
    const error = new ReconcileError('UNAVAILABLE', 'later', { cause, problems: [problem], retryAfterMs: 5 })
    assert.deepEqual(
      [error.cause, error.problems, error.retryAfterMs, error.name],
      [cause, [problem], 5, 'ReconcileError']
    )
    assert.equal('cause' in new ReconcileError('UNAVAILABLE', 'later'), false)
  })

  it('never says a secret', () => {
    registerSecret('canary-error')
    assert.equal(
      new ReconcileError('REJECTED', 'canary-error at http://u:p4ss@host').message,
      '****** at http://******@host'
    )
    assert.equal(toReconcileError(new Error('wrapped', { cause: new Error('canary-error') })).message, '******')
  })
})

describe('the code of an error of Node', () => {
  const table: readonly (readonly [code: string, expected: ErrorCode])[] = [
    ['ECONNREFUSED', 'UNREACHABLE'],
    ['ENOTFOUND', 'UNREACHABLE'],
    ['EAI_AGAIN', 'UNREACHABLE'],
    ['ECONNRESET', 'UNREACHABLE'],
    ['ETIMEDOUT', 'TIMEOUT'],
    ['CERT_HAS_EXPIRED', 'CERTIFICATE'],
    ['ERR_TLS_CERT_ALTNAME_INVALID', 'CERTIFICATE'],
    ['DEPTH_ZERO_SELF_SIGNED_CERT', 'CERTIFICATE']
  ]
  for (const [code, expected] of table)
    it(`${code} is ${expected}`, () => assert.equal(systemErrorCode(coded(code)), expected))

  it('is found through causes and through errors that stand for several', () => {
    assert.equal(systemErrorCode(new Error('outer', { cause: new Error('middle', { cause: refused }) })), 'UNREACHABLE')
    assert.equal(systemErrorCode(new AggregateError([new Error('one'), refused])), 'UNREACHABLE')
    assert.equal(
      systemErrorCode(
        new Error('outer', { cause: new AggregateError([new Error('x', { cause: coded('CERT_HAS_EXPIRED') })]) })
      ),
      'CERTIFICATE'
    )
  })

  it('is its own before that of its cause', () => {
    assert.equal(
      systemErrorCode(Object.assign(new Error('late', { cause: refused }), { code: 'ETIMEDOUT' })),
      'TIMEOUT'
    )
  })

  it('is TIMEOUT for a signal that gave up', () => {
    const signal = AbortSignal.abort()
    assert.equal(systemErrorCode(signal.reason), 'TIMEOUT')
    assert.equal(systemErrorCode(new DOMException('over', 'TimeoutError')), 'TIMEOUT')
  })

  it('is none for anything else: that is an answer and no error', () => {
    for (const thrown of [
      undefined,
      null,
      'ECONNREFUSED',
      { code: 'ECONNREFUSED' },
      new Error('x'),
      coded('E_OTHER'),
      coded(5),
      coded('constructor'),
      coded('__proto__'),
      Object.assign(new AggregateError([]), { errors: 5 })
    ]) {
      assert.equal(systemErrorCode(thrown), undefined)
    }
  })

  it('is found among causes without end, in no time', () => {
    const circle: Error = new AggregateError([])
    const inner = Array.from({ length: 50 }, () => new AggregateError([circle, circle]))
    Object.assign(circle, { cause: circle, errors: inner })
    for (const each of inner) Object.assign(each, { errors: inner })
    assert.equal(systemErrorCode(circle), undefined)
    const deep = Array.from({ length: 1_000 }).reduce<Error>((cause) => new Error('x', { cause }), refused)
    assert.equal(systemErrorCode(deep), undefined)
  })
})

describe('the message that says what went wrong', () => {
  it('is the innermost one', () => {
    assert.equal(
      deepestMessage(new Error('request failed', { cause: new AggregateError([refused], 'all failed') })),
      refused.message
    )
    assert.equal(deepestMessage(new Error('x', { cause: 'not an error' })), 'x')
    assert.equal(deepestMessage(new AggregateError([], 'none')), 'none')
  })

  it('is looked for behind at most eight wrappers', () => {
    const chain = (length: number): Error =>
      Array.from({ length }, (_, index) => `inner ${length - index - 1}`).reduce<Error>(
        (cause, message) => new Error(message, { cause }),
        new Error('root')
      )
    assert.equal(deepestMessage(chain(8)), 'root')
    assert.equal(deepestMessage(chain(9)), 'inner 8')
  })

  it('is the name of an error without one', () => assert.equal(deepestMessage(new RangeError('')), 'RangeError'))

  it('of what is no error is its text, but nothing of an object that may hold anything', () => {
    assert.deepEqual(
      ['text', 5, undefined, null, Symbol('s'), 5n].map((thrown) => deepestMessage(thrown)),
      ['text', '5', 'undefined', 'null', 'Symbol(s)', '5']
    )
    assert.equal(deepestMessage({ password: 'hunter2' }), '[object Object]')
    assert.equal(deepestMessage({ message: 'said', password: 'hunter2' }), 'said')
    assert.equal(deepestMessage({ message: 5 }), '[object Object]')
    assert.equal(deepestMessage(Object.create(null)), '[object Object]')
  })
})

describe('the stack of an error of ours', () => {
  it('is that of the innermost error behind it, masked', () => {
    registerSecret('canary-stack-1')
    const inner = new RangeError('canary-stack-1')
    const stack = stackOf(new ReconcileError('INTERNAL', 'x', { cause: new Error('middle', { cause: inner }) }))
    assert.match(stack ?? '', /^RangeError: \*{6}\n +at .*errors\.test\.ts/)
  })

  it('is its own without a cause that is an error, and found in no time among causes without end', () => {
    assert.match(stackOf(new ReconcileError('INTERNAL', 'x', { cause: 'text' })) ?? '', /^ReconcileError: x\n/)
    const circle = Object.assign(new Error('circle'), {
      get cause() {
        return this
      }
    })
    assert.match(stackOf(new ReconcileError('INTERNAL', 'x', { cause: circle })) ?? '', /^Error: circle\n/)
  })

  it('is none where it cannot be told', () => {
    assert.equal(
      stackOf(new ReconcileError('INTERNAL', 'x', { cause: Object.assign(new Error('y'), { stack: 5 }) })),
      undefined
    )
    assert.equal(
      stackOf(
        new ReconcileError('INTERNAL', 'x', {
          cause: Object.defineProperty(new Error('y'), 'stack', { get: () => assert.fail() })
        })
      ),
      undefined
    )
  })
})

describe('any throwable', () => {
  it('becomes an error of ours once, with its code, its message and itself as the cause', () => {
    const error = toReconcileError(refused)
    assert.deepEqual([error.code, error.message, error.cause], ['UNREACHABLE', refused.message, refused])
    assert.equal(toReconcileError(error), error)
    assert.equal(toReconcileError(new Error('bug')).code, 'INTERNAL')
  })

  const odd: readonly (readonly [name: string, thrown: unknown])[] = [
    ['an object without a prototype', Object.create(null)],
    ['an object that cannot become text', { toString: () => assert.fail() }],
    ['an object whose properties throw', new Proxy({}, { get: () => assert.fail(), has: () => assert.fail() })],
    ['an object whose prototype throws', new Proxy({}, { getPrototypeOf: () => assert.fail() })],
    ['an error whose message is no text', Object.assign(new Error('x'), { message: 5 })],
    ['an error whose name is a symbol', Object.assign(new Error(''), { name: Symbol('s') })],
    ['an error whose code throws', Object.defineProperty(new Error('x'), 'code', { get: () => assert.fail() })],
    ['an error whose cause throws', Object.defineProperty(new Error('x'), 'cause', { get: () => assert.fail() })],
    ['an error for several without a list', Object.assign(new AggregateError([]), { errors: 5 })],
    [
      'an error that is its own cause',
      Object.assign(new Error('x'), {
        get cause() {
          return this
        }
      })
    ],
    ['a function', () => 5],
    ['half of a character', '\ud800'],
    ['a symbol', Symbol('s')]
  ]
  for (const [name, thrown] of odd) {
    it(`is described or said not to be: ${name}`, () => {
      const error = toReconcileError(thrown)
      assert.ok(error instanceof ReconcileError && error.message.length > 0)
      assert.equal(error.cause, thrown)
      assert.ok(error.hint.length > 0)
    })
  }

  it('never makes this throw', () => {
    const thrown = fc.letrec<{ any: unknown }>((tie) => ({
      any: fc.oneof(
        { maxDepth: 4 },
        fc.anything({ withNullPrototype: true, withBigInt: true, withSparseArray: true }),
        fc.tuple(fc.string(), tie('any')).map(([message, cause]) => new Error(message, { cause })),
        fc
          .tuple(fc.array(tie('any'), { maxLength: 3 }), fc.string())
          .map(([errors, message]) => new AggregateError(errors, message)),
        fc
          .record({
            code: fc.oneof(fc.constantFrom('ECONNREFUSED', 'constructor', 'toString'), fc.anything()),
            name: fc.anything(),
            message: fc.anything()
          })
          .map((fields) => Object.assign(new Error('x'), fields))
      )
    })).any
    fc.assert(
      fc.property(thrown, (error) => {
        const known = toReconcileError(error)
        assert.ok(ReconcileError.isCode(known.code))
        assert.equal(typeof known.message, 'string')
        assert.deepEqual(Object.keys(known.toRecord()), ['code', 'message', 'hint'])
      }),
      { numRuns: 300 }
    )
  })
})
