/**
 * What holds of every mapping.
 */
import assert from 'node:assert/strict'
import fc from 'fast-check'
import { isBody, type Body } from '../../../../reconcilers/elasticsearch/body.ts'
import { canonicalMapping } from '../../../../reconcilers/elasticsearch/mapping/canonical.ts'
import { checkMapping } from '../../../../reconcilers/elasticsearch/mapping/check.ts'
import type { MappingChange } from '../../../../reconcilers/elasticsearch/mapping/change.ts'
import { compareMapping } from '../../../../reconcilers/elasticsearch/mapping/compare.ts'
import { mappingForCreate, mappingUpdate } from '../../../../reconcilers/elasticsearch/mapping/overlay.ts'
import { mappingSchema } from '../../../../reconcilers/elasticsearch/mapping/schema.ts'
import { undeclaredMapping } from '../../../../reconcilers/elasticsearch/mapping/undeclared.ts'
import { leafArbitrary, mappingArbitrary, reordered, withNulls } from './arbitrary.ts'
import { created, merged } from './server-model.ts'

const pair = fc.tuple(mappingArbitrary.chain(withNulls), mappingArbitrary)

function paths(changes: readonly MappingChange[]): string[] {
  return changes.map(({ field }) => field.path).toSorted()
}

function safe(changes: readonly MappingChange[]): readonly MappingChange[] {
  return changes.filter(({ field }) => field.risk === 'safe')
}

/** The mapping with fields nobody declared at every level. */
function extended(mapping: Body, extra: Body): Body {
  const below = Object.entries(isBody(mapping['properties']) ? mapping['properties'] : {}).map(
    ([name, field]): [string, Body] => {
      if (!isBody(field)) return [name, {}]
      const isObject = field['properties'] !== undefined
      return [
        name,
        isObject
          ? extended(field, extra)
          : {
              ...field,
              ...(field['type'] === 'text' && { fields: { ...(isBody(field['fields']) && field['fields']), extra } })
            }
      ]
    }
  )
  return { ...mapping, properties: { ...Object.fromEntries(below), extra } }
}

describe('every mapping', () => {
  it('passes the schema, and no rule finds it invalid', () => {
    fc.assert(
      fc.property(mappingArbitrary, (mapping) => {
        assert.deepEqual(mappingSchema.parse(mapping), mapping)
        assert.deepEqual(
          checkMapping(mapping, {}).filter(({ verdict }) => verdict === 'invalid'),
          []
        )
      })
    )
  })

  it('has one form', () => {
    fc.assert(
      fc.property(mappingArbitrary, (mapping) =>
        assert.deepEqual(canonicalMapping(canonicalMapping(mapping)), canonicalMapping(mapping))
      )
    )
  })

  it('equals itself, in whatever form and order', () => {
    fc.assert(
      fc.property(mappingArbitrary, (mapping) => {
        const other = reordered(mapping)
        assert.ok(isBody(other))
        for (const live of [mapping, other, canonicalMapping(mapping), created(mapping)]) {
          assert.deepEqual(compareMapping(mapping, live), [])
          assert.deepEqual(undeclaredMapping(mapping, live), [])
        }
      })
    )
  })

  it('is in sync after it was created', () => {
    fc.assert(
      fc.property(mappingArbitrary.chain(withNulls), (declared) => {
        const live = created(mappingForCreate(declared, 'me'))
        assert.deepEqual(compareMapping(declared, live), [])
        assert.deepEqual(undeclaredMapping(declared, live), [])
      })
    )
  })

  it('does not mind fields only the server has, which are listed as undeclared', () => {
    fc.assert(
      fc.property(mappingArbitrary, leafArbitrary, (mapping, extra) => {
        const live = created(extended(canonicalMapping(mapping), extra))
        assert.deepEqual(compareMapping(mapping, live), [])
        assert.ok(undeclaredMapping(mapping, live).length > 0)
        assert.ok(undeclaredMapping(mapping, live).every(({ steps }) => steps.at(-1) === 'extra'))
      })
    )
  })

  it('differs from another in the same fields, in whatever order both are written', () => {
    fc.assert(
      fc.property(pair, ([declared, live]) => {
        const [one, other] = [reordered(declared), reordered(live)]
        assert.ok(isBody(one) && isBody(other))
        assert.deepEqual(paths(compareMapping(one, other)), paths(compareMapping(declared, live)))
        const allowed = new Set(paths(compareMapping(declared, live)))
        assert.deepEqual(mappingUpdate(other, one, allowed), mappingUpdate(live, declared, allowed))
      })
    )
  })

  it('has no two changes of one path', () => {
    fc.assert(
      fc.property(pair, ([declared, live]) => {
        const all = paths([...compareMapping(declared, live), ...undeclaredMapping(declared, live)])
        assert.equal(new Set(all).size, all.length)
      })
    )
  })

  it('is written so that only what needs a new index is left', () => {
    fc.assert(
      fc.property(pair, ([declared, mapping]) => {
        const live = created(mapping)
        const changes = compareMapping(declared, live)
        const after = merged(live, mappingUpdate(live, declared, new Set(paths(changes))))
        assert.deepEqual(
          paths(compareMapping(declared, after)),
          paths(changes.filter(({ field }) => field.risk === 'unsupported'))
        )
      })
    )
  })

  it('is written where allowed, and nothing else changes', () => {
    fc.assert(
      fc.property(pair, fc.infiniteStream(fc.boolean()), ([declared, mapping], choice) => {
        const live = created(mapping)
        const changes = compareMapping(declared, live)
        const chosen = safe(changes).filter(() => choice.next().value)
        // A field below an object that is to be made is made with that object, or not at all.
        const open = changes.filter((change) => !chosen.includes(change))
        const waits = ({ steps }: MappingChange): boolean =>
          open.some(
            (parent) => parent.field.before === null && steps.join('.').startsWith(`${parent.steps.join('.')}.`)
          )
        const expected = changes.filter((change) => open.includes(change) || waits(change))
        const after = merged(live, mappingUpdate(live, declared, new Set(paths(chosen))))
        assert.deepEqual(paths(compareMapping(declared, after)), paths(expected))
        assert.deepEqual(paths(undeclaredMapping(declared, after)), paths(undeclaredMapping(declared, live)))
      })
    )
  })

  it('takes the place of everything that can be reset, when that is allowed', () => {
    fc.assert(
      fc.property(pair, ([declared, mapping]) => {
        const live = created(mapping)
        const resets = undeclaredMapping(declared, live)
        const after = merged(
          live,
          mappingUpdate(live, declared, new Set(paths([...compareMapping(declared, live), ...resets])))
        )
        assert.deepEqual(safe(undeclaredMapping(declared, after)), [])
        assert.deepEqual(safe(compareMapping(declared, after)), [])
      })
    )
  })
})
