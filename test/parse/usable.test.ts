import assert from 'node:assert/strict'
import fc from 'fast-check'
import { z } from 'zod'
import { parseDocument } from '../../src/parse/document.ts'
import { toValue } from '../../src/parse/node.ts'
import { checkSchema } from '../../src/parse/schema.ts'
import { boxSchema } from './box-kind.ts'

const nodeOf = (text: string) => parseDocument('boxes.yaml', new TextEncoder().encode(text)).root ?? assert.fail(text)
const usableOf = <T>(schema: z.ZodType<T>, text: string): T | undefined =>
  checkSchema(schema, nodeOf(text), []).usable?.value

describe('what can be used of a document that is wrong', () => {
  it('is the rest of it: fields that are unknown or wrong are left out', () => {
    assert.deepEqual(usableOf(boxSchema, '{sise: 3, weight: heavy, colour: red, tags: [a, 7]}'), { colour: 'red' })
  })

  it('has something in the place of what has to be there, so that rules about the rest can be looked at', () => {
    const schema = z.strictObject({
      name: z.string().min(2),
      count: z.int().min(3),
      kind: z.enum(['a', 'b']),
      of: z.strictObject({ list: z.array(z.string()), on: z.boolean() }),
      more: z.string().optional()
    })
    assert.deepEqual(usableOf(schema, '{nam: x, count: 1, of: {list: 5}, more: here}'), {
      name: 'xx',
      count: 3,
      kind: 'a',
      of: { list: [], on: false },
      more: 'here'
    })
  })

  it('is nothing where no value is known that might stand there', () => {
    assert.equal(usableOf(z.strictObject({ name: z.string().regex(/^a+$/) }), '{name: b}'), undefined)
    assert.equal(
      usableOf(
        z.strictObject({ a: z.int().optional() }).refine(() => false),
        '{a: 1}'
      ),
      undefined
    )
    assert.equal(usableOf(boxSchema, '7'), undefined)
  })

  it('is all of it but a field that could not be looked at', () => {
    assert.deepEqual(usableOf(boxSchema, '{__proto__: {size: 3}, size: 4}'), { size: 4 })
  })

  it('meets the schema, whatever is wrong, and keeps every field that is right', () => {
    fc.assert(
      fc.property(
        fc.dictionary(
          fc.constantFrom('size', 'weight', 'colour', 'labels', 'tags', 'lid', 'drawing', 'other'),
          fc.jsonValue({ maxDepth: 2 })
        ),
        (document) => {
          const node = parseDocument('boxes.json', new TextEncoder().encode(JSON.stringify(document))).root
          if (node === undefined) return
          const { value, usable } = checkSchema(boxSchema, node, [])
          const found = value ?? usable?.value
          assert.ok(found !== undefined)
          assert.equal(boxSchema.safeParse(found).success, true)
          for (const [key, given] of Object.entries(Object(toValue(node)))) {
            const alone = boxSchema.safeParse({ [key]: given })
            if (alone.success) assert.deepEqual(Reflect.get(found, key), Reflect.get(alone.data, key))
          }
        }
      )
    )
  })
})
