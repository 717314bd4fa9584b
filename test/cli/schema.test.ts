import assert from 'node:assert/strict'
import { Ajv } from 'ajv'
import { z } from 'zod'
import { fileSchema } from '../../src/cli/schema.ts'
import type { AnyKind } from '../../src/contract.ts'
import { parseDesired } from '../../src/parse/desired.ts'
import { queueKind } from '../../src/testing/fake-kinds.ts'
import { configOf } from '../parse/box-kind.ts'

const kindOf = (schema: z.ZodType, singleton?: string): AnyKind => ({
  kind: 'node',
  file: 'nodes',
  schema,
  compare: () => [],
  ...(singleton !== undefined && { singleton })
})

const node: z.ZodType = z.strictObject({
  size: z.int().optional(),
  get children() {
    return z.array(node).optional()
  }
})
const condition: z.ZodType = z.union([z.string(), z.strictObject({ and: z.array(z.lazy(() => condition)) })])
const filtered = z.strictObject({ where: z.lazy(() => condition).optional(), or: z.lazy(() => condition).optional() })

describe('the JSON Schema of a file', () => {
  /** Compiles only when every reference refers to something. */
  const validator = (kind: AnyKind): ((document: unknown) => boolean) => {
    const validate = new Ajv({ allowUnionTypes: true }).compile(fileSchema(kind, 'nodes'))
    return (document) => validate(document)
  }

  it('takes items by name, each with the reserved field', () => {
    const isValid = validator(queueKind)
    assert.equal(isValid({ a: { size: 1, reconcile: { paused: true } }, b: null }), true)
    assert.equal(isValid({ a: { sise: 1 } }), false)
    assert.equal(isValid({ a: { reconcile: { pause: true } } }), false)
  })

  for (const [name, singleton] of [
    ['items by name', undefined],
    ['one item', 'default']
  ] as const) {
    it(`of a recursive kind refers to what is in it, for ${name}`, () => {
      const isValid = validator(kindOf(node, singleton))
      const file = (item: object): object => (singleton === undefined ? { a: item } : item)
      assert.equal(
        isValid(file({ size: 1, children: [{ children: [{ size: 2 }] }], reconcile: { exact: true } })),
        true
      )
      assert.equal(isValid(file({ children: [{ children: [{ sise: 2 }] }] })), false)
      assert.equal(
        isValid(file({ children: [{ reconcile: { exact: true } }] })),
        false,
        'only an item has the reserved field'
      )
    })
  }

  it('of a kind with a recursive part refers to what is in it', () => {
    const isValid = validator(kindOf(filtered))
    assert.equal(isValid({ a: { where: { and: ['x', { and: [] }] }, or: 'y' } }), true)
    assert.equal(isValid({ a: { where: { and: [{ an: [] }] } } }), false)
  })
})

describe('a problem of a recursive kind', () => {
  const told = (schema: z.ZodType, item: object): string => {
    const { desired } = parseDesired(configOf({ 'nodes.json': JSON.stringify({ a: item }) }, 'd'), {
      name: 'shop',
      kinds: [kindOf(schema)]
    })
    return (
      desired?.kinds
        .flatMap(({ invalid }) =>
          invalid.flatMap(({ problems }) => problems.map(({ path, message }) => `${path}: ${message}`))
        )
        .join() ?? ''
    )
  }

  it('names the fields there are at every depth', () => {
    assert.equal(
      told(node, { children: [{ children: [{ sise: 2 }] }] }),
      'a.children[0].children[0].sise: expected one of size, children, found "sise"; did you mean "size"?'
    )
    assert.equal(
      told(node, { children: [{ size: '2' }] }),
      'a.children[0].size: expected an integer, found text "2"; remove the quotes'
    )
  })
})
