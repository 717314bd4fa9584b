/**
 * Random bodies.
 */
import fc from 'fast-check'
import type { Json } from '../../../../src/records.ts'
import type { Body } from '../../../../reconcilers/elasticsearch/body.ts'

const key = fc.constantFrom('a', 'b', 'c', 'a.b', 'type', 'constructor')
const scalar = fc.oneof(fc.boolean(), fc.integer({ min: -3, max: 3 }), fc.constantFrom('', '1', 'x'))

const { value } = fc.letrec<{ value: Json }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 3 },
    scalar,
    fc.constant(null),
    fc.array(tie('value'), { maxLength: 2 }),
    fc.dictionary(key, tie('value'), { maxKeys: 3 })
  )
}))

/** Objects with few keys, so that two of them share some; deep enough to have nulls and lists anywhere. */
export const anyBody: fc.Arbitrary<Body> = fc.dictionary(key, value, { maxKeys: 4 })
