import assert from 'node:assert/strict'
import fc from 'fast-check'
import {
  bindingsOf,
  parametersIn,
  parametersOf,
  type Surroundings
} from '../../../../../reconcilers/nifi/flow/references/parameters.ts'
import { content, heartbeat, processor, factsOf } from '../flows.ts'

describe('references to parameters', () => {
  const cases: readonly (readonly [value: string, names: readonly string[]])[] = [
    ['#{size}', ['size']],
    ['#{ size } and #{a b.c-d_1}', ['size', 'a b.c-d_1']],
    ["#{'a name'}", ['a name']],
    ['${now():plus(#{shift})}', ['shift']],
    ['##{size}', []],
    ['###{size}', ['size']],
    ['size', []],
    ['#{}', []],
    ['# {size}', []]
  ]
  for (const [value, names] of cases) {
    it(`in ${JSON.stringify(value)} are ${names.length === 0 ? 'none' : names.join(', ')}`, () =>
      assert.deepEqual(parametersIn(value), names))
  }

  it('are found around any text', () => {
    fc.assert(
      fc.property(
        fc.string().filter((text) => !text.includes('#')),
        (text) => assert.deepEqual(parametersIn(`${text}#{size}${text}`), ['size'])
      )
    )
  })

  it('count for the context of their own group; groups inside get none from the one around them', () => {
    const inner = { identifier: 'i', name: 'inner', processors: [processor('p', { a: '#{inside}' })] }
    const group = {
      ...heartbeat,
      processors: [processor('q', { a: '#{outside}' })],
      processGroups: [inner, { ...inner, identifier: 'j', parameterContextName: 'own' }]
    }
    assert.deepEqual(bindingsOf(group, 'ctx'), [
      { context: 'ctx', parameters: new Set(['outside']) },
      { context: 'own', parameters: new Set(['inside']) }
    ])
  })
})

describe('parameters a context gives', () => {
  const live = new Map([
    ['base', { parameters: new Set(['size']), inherits: ['loop'] }],
    ['loop', { parameters: new Set(['speed']), inherits: ['base'] }],
    ['odd', { parameters: new Set(['x']), inherits: ['gone'] }]
  ])
  const around: Surroundings = {
    declared: new Map(),
    observed: { items: new Map(), facts: factsOf({ contexts: live }) }
  }

  it('are its own and those it inherits, however contexts inherit from each other', () => {
    assert.deepEqual(parametersOf('base', content(), around), new Set(['size', 'speed']))
  })

  it('are not known when one of the contexts is not', () => {
    assert.equal(parametersOf('odd', content(), around), undefined)
    assert.equal(parametersOf('none', content(), around), undefined)
  })

  it('may be brought along by the definition', () => {
    const brought = {
      own: { name: 'own', parameters: [{ name: 'size', value: '1' }], inheritedParameterContexts: ['base'] }
    }
    assert.deepEqual(
      parametersOf('own', content(heartbeat, { parameterContexts: brought }), around),
      new Set(['size', 'speed'])
    )
  })
})
