/**
 * All problems of all files, in one run.
 */
import assert from 'node:assert/strict'
import { z } from 'zod'
import { problemsOf } from '../../src/cli/problems.ts'
import type { AnyKind, Desired, Kind, Remark } from '../../src/contract.ts'
import { settingsKind, configOf, type Files } from '../parse/box-kind.ts'

const crateSchema = z.strictObject({
  size: z.int().min(1),
  label: z.string().optional(),
  inside: z.string().optional()
})
type Crate = z.output<typeof crateSchema>

/** Names in small letters, one size each, and inside of one that is declared. */
function checkCrates(desired: readonly Desired<Crate>[]): readonly Remark[] {
  const names = new Set(desired.map(({ name }) => name))
  return desired.flatMap(({ name, spec }): Remark[] => {
    const twin = desired.find((other) => other.name !== name && other.spec.size === spec.size)
    return [
      ...(/[A-Z]/.test(name)
        ? [
            {
              name,
              verdict: 'invalid',
              code: 'NAME',
              path: [],
              message: 'expected small letters, found others'
            } as const
          ]
        : []),
      ...(desired.some((other) => other.name !== name && other.name.toLowerCase() === name.toLowerCase())
        ? [
            {
              name,
              verdict: 'invalid',
              code: 'NAME_COLLISION',
              path: [],
              message: 'expected a name of its own, found another'
            } as const
          ]
        : []),
      ...(twin === undefined
        ? []
        : [
            {
              name,
              verdict: 'invalid',
              code: 'SIZE_TWICE',
              path: ['size'],
              message: `expected a size of its own, found that of ${twin.name}`
            } as const
          ]),
      ...(spec.inside === undefined || names.has(spec.inside)
        ? []
        : [
            { name, verdict: 'warn', code: 'UNKNOWN_REFERENCE', path: ['inside'], message: 'expected a crate' } as const
          ]),
      ...(spec.label === undefined
        ? [{ name, verdict: 'warn', code: 'NO_LABEL', path: [], message: 'expected a label, found none' } as const]
        : []),
      ...(spec.label === 'fragile'
        ? [{ name, verdict: 'warn', code: 'FRAGILE', path: ['label'], message: 'expected something solid' } as const]
        : [])
    ]
  })
}

const crateKind: Kind<Crate, undefined> = {
  kind: 'crate',
  file: 'crates',
  schema: crateSchema,
  compare: () => [],
  check: checkCrates
}
const listed = (files: Files, kinds: readonly AnyKind[] = [crateKind, settingsKind]): readonly string[] =>
  problemsOf(configOf(files), { name: 'shop', kinds }).map(
    ({ code, file, path }) => `${code} ${file}${path === '' ? '' : ` ${path}`}`
  )

describe('all problems', () => {
  it('of one item are listed at once: an unknown field, a wrong one, its name, and what a rule says of a third field', () => {
    assert.deepEqual(listed({ 'crates.yaml': 'Big: {sise: 3, size: large, label: fragile}\n' }), [
      'TYPE crates.yaml Big.size',
      'UNKNOWN_FIELD crates.yaml Big.sise',
      'NAME crates.yaml Big',
      'FRAGILE crates.yaml Big.label'
    ])
  })

  it('of an item and of the field `reconcile` are listed at once', () => {
    assert.deepEqual(listed({ 'crates.yaml': 'a: {size: x, label: l, reconcile: {pause: true, ignore: 7}}\n' }), [
      'TYPE crates.yaml a.size',
      'TYPE crates.yaml a.reconcile.ignore',
      'UNKNOWN_FIELD crates.yaml a.reconcile.pause'
    ])
  })

  it('of other items do not wait for a broken one, and those about names count it', () => {
    assert.deepEqual(
      listed({
        'crates.yaml':
          'a: {size: 1, sise: 1, label: l}\nA: {size: 2, label: l}\nb: {size: 3, label: l}\nc: {size: 3, label: l}\n'
      }),
      [
        'UNKNOWN_FIELD crates.yaml a.sise',
        'NAME crates.yaml A',
        'NAME_COLLISION crates.yaml A',
        'SIZE_TWICE crates.yaml b.size',
        'SIZE_TWICE crates.yaml c.size',
        'NAME_COLLISION crates.yaml a'
      ]
    )
  })

  it('are none that follow from a broken item: neither of it, nor of others', () => {
    const broken = (rest: string): readonly string[] =>
      listed({
        'crates.yaml': `a: {size: 1, ${rest}}\nb: {size: 1, label: l, inside: a}\n`
      })
    assert.deepEqual(broken('labl: l'), ['UNKNOWN_FIELD crates.yaml a.labl', 'SIZE_TWICE crates.yaml a.size'])
    assert.deepEqual(listed({ 'crates.yaml': 'a: {size: many, label: l}\nb: {size: 1, label: l, inside: a}\n' }), [
      'TYPE crates.yaml a.size'
    ])
    assert.deepEqual(listed({ 'crates.yaml': 'a: {size: many, inside: 5, label: 7}\n' }), [
      'TYPE crates.yaml a.size',
      'TYPE crates.yaml a.label',
      'TYPE crates.yaml a.inside'
    ])
  })

  it('of several files that cannot be read, of the policy and of the items beside them are listed at once', () => {
    assert.deepEqual(
      listed({
        'crates.yaml': 'a: {size: [}\n',
        'crates.prod.yaml': 'B: {sise: 1}\n',
        'settings.json': '{"values": {"x": "one"}}',
        'policy.yaml': 'mod: observe\nguard: {maxChanges: x}\n',
        'other.txt': ''
      }),
      [
        'SYNTAX crates.yaml',
        'TYPE policy.yaml guard.maxChanges',
        'UNKNOWN_FIELD policy.yaml mod',
        'UNKNOWN_FILE other.txt',
        'UNKNOWN_FIELD crates.prod.yaml B.sise',
        'TYPE settings.json values.x',
        'NAME crates.prod.yaml B'
      ]
    )
  })

  it('of all layers are told, with the file of each', () => {
    assert.deepEqual(
      listed({
        'crates.yaml': 'a: {size: x, label: l}\n',
        'crates.1.yaml': 'a: {sise: 1}\n',
        'crates.2.yaml': 'a: {inside: 7}\n'
      }),
      ['TYPE crates.yaml a.size', 'TYPE crates.2.yaml a.inside', 'UNKNOWN_FIELD crates.1.yaml a.sise']
    )
  })

  it('are those of the policy as well where no file of the service is there', () => {
    assert.deepEqual(listed({ 'policy.yaml': 'mod: observe\n' }), ['NO_FILE ', 'UNKNOWN_FIELD policy.yaml mod'])
  })

  it('are none of a configuration that is valid but its warnings', () => {
    assert.deepEqual(listed({ 'crates.yaml': 'a: {size: 1, inside: z}\n', 'settings.json': '{}' }), [
      'UNKNOWN_REFERENCE crates.yaml a.inside',
      'NO_LABEL crates.yaml a'
    ])
    assert.deepEqual(listed({ 'crates.yaml': '{}', 'policy.yaml': 'mod: x\n' }), [
      'UNKNOWN_FIELD policy.yaml mod',
      'NOTHING_DECLARED crates.yaml'
    ])
  })

  it('are the same from a kind that is made by a class', () => {
    class CrateKind {
      readonly kind = 'crate'
      readonly file = 'crates'
      readonly schema = crateSchema
      readonly #rules = checkCrates
      compare(): readonly [] {
        return []
      }
      check(desired: readonly Desired<Crate>[]): readonly Remark[] {
        return this.#rules(desired)
      }
    }
    assert.deepEqual(
      listed({ 'crates.yaml': 'Big: {sise: 3, label: l}\n' }, [new CrateKind()]),
      listed({ 'crates.yaml': 'Big: {sise: 3, label: l}\n' })
    )
  })
})
