import assert from 'node:assert/strict'
import fc from 'fast-check'
import { blocks, type ReindexMarker } from '../../../../../reconcilers/elasticsearch/index/reindex/marker.ts'
import { nextStep, type Begun, type Facts } from '../../../../../reconcilers/elasticsearch/index/reindex/steps.ts'

const marker: ReindexMarker = { from: 'shop-1', digest: 'now', block: 'ours' }
const blocked = new Set(['shop-1'])

const facts = (part: Partial<Facts> = {}): Facts => ({
  current: 'shop-1',
  wanted: true,
  digest: 'now',
  begun: [],
  blocked: new Set(),
  ...part
})
const begun = (part: Partial<ReindexMarker> = {}, misfit?: string, index = 'shop-2'): Begun => ({
  index,
  marker: { ...marker, ...part },
  ...(misfit !== undefined && { misfit })
})

/** Title → what the cluster holds, and the step with the generation and the reason where it has one. */
const table: Readonly<Record<string, readonly [Facts, string]>> = {
  'rests when nothing is declared that needs it': [facts({ wanted: false }), 'rest'],
  'makes the next generation first': [facts(), 'create'],
  'refuses writes before it copies': [facts({ begun: [begun()] }), 'block shop-2'],
  'copies once writes are refused': [facts({ begun: [begun()], blocked }), 'copy shop-2'],
  'copies at once when somebody else refuses writes': [
    facts({ begun: [begun({ block: 'theirs' })], blocked }),
    'copy shop-2'
  ],
  'copies at once when writers write to both': [facts({ begun: [begun({ block: 'none' })] }), 'copy shop-2'],
  'follows its task': [facts({ begun: [begun({ task: 'n:1' })], blocked }), 'copy shop-2'],
  'swaps when everything is copied': [facts({ begun: [begun({ copied: true })], blocked }), 'swap shop-2'],
  'clears up after the swap, whatever is declared by then': [
    facts({ wanted: false, current: 'shop-2', swapped: marker }),
    'clear'
  ],
  'gives up when the block is gone while documents are copied': [
    facts({ begun: [begun({ task: 'n:1' })] }),
    'give up shop-2: somebody lifted the write block of shop-1 while it was copied'
  ],
  'gives up when the block is gone before the swap': [
    facts({ begun: [begun({ copied: true, block: 'theirs' })] }),
    'give up shop-2: somebody lifted the write block of shop-1 while it was copied'
  ],
  'gives up when the declaration needs it no more': [
    facts({ wanted: false, begun: [begun()], blocked }),
    'give up shop-2: the declaration no longer needs it'
  ],
  'gives up when the declaration has changed': [
    facts({ begun: [begun({ digest: 'then' }, 'settings.x')], blocked }),
    'give up shop-2: the declaration has changed: settings.x'
  ],
  'continues when the declaration has changed elsewhere': [
    facts({ begun: [begun({ digest: 'then' })], blocked }),
    'copy shop-2'
  ],
  'gives up when the server made something else of it': [
    facts({ begun: [begun({}, 'settings.x')], blocked }),
    'give up shop-2: the server did not make it as declared: settings.x'
  ],
  'gives up what would replace another generation': [
    facts({ current: 'shop-3', begun: [begun()] }),
    'give up shop-2: shop-1 is no longer what it would replace'
  ],
  'gives up the older one of two': [
    facts({ begun: [begun({}, undefined, 'shop-3'), begun()], blocked }),
    'give up shop-2: shop-3 was begun after it'
  ],
  'lifts its block as soon as it has given up': [
    facts({ begun: [begun({ failed: 'why' })], blocked }),
    'release shop-2'
  ],
  'lifts its block although nothing is declared': [
    facts({ wanted: false, begun: [begun({ failed: 'why' })], blocked }),
    'release shop-2'
  ],
  'does not lift what somebody else blocks': [
    facts({ wanted: false, begun: [begun({ failed: 'why', block: 'theirs' })], blocked }),
    'rest'
  ],
  'does not try the same again': [facts({ begun: [begun({ failed: 'why', block: 'lifted' })] }), 'refuse shop-2: why'],
  'tries again when the declaration has changed': [
    facts({ begun: [begun({ failed: 'why', block: 'lifted', digest: 'then' })] }),
    'create'
  ],
  'tries again when another generation is in use': [
    facts({ current: 'shop-3', begun: [begun({ failed: 'why', block: 'lifted' })] }),
    'create'
  ]
}

const shown = (given: Facts): string => {
  const step = nextStep(given)
  return [step.step, 'target' in step ? ` ${step.target.index}` : '', 'why' in step ? `: ${step.why}` : ''].join('')
}

describe('the next step of a reindex', () => {
  for (const [title, [given, expected]] of Object.entries(table)) {
    it(title, () => {
      assert.equal(shown(given), expected)
    })
  }

  it('never copies or swaps while the source may be written, unless writers write to both (property)', () => {
    const anyMarker = fc.record({
      from: fc.constantFrom('shop-1', 'shop-0'),
      digest: fc.constantFrom('now', 'then'),
      block: fc.constantFrom(...blocks)
    })
    const progress = fc.constantFrom({}, { task: 'n:1' }, { copied: true } as const, { failed: 'why' })
    const generation = fc.record({
      index: fc.constantFrom('shop-2', 'shop-3'),
      marker: fc.tuple(anyMarker, progress).map(([base, rest]) => ({ ...base, ...rest }))
    })
    const any = fc.record({
      wanted: fc.boolean(),
      begun: fc.array(generation, { maxLength: 3 }),
      isBlocked: fc.boolean()
    })
    fc.assert(
      fc.property(any, ({ wanted, begun: all, isBlocked }) => {
        const step = nextStep(facts({ wanted, begun: all, blocked: isBlocked ? blocked : new Set() }))
        if (step.step !== 'copy' && step.step !== 'swap') return
        assert.ok(wanted && (isBlocked || step.target.marker.block === 'none'))
      })
    )
  })
})
