import assert from 'node:assert/strict'
import { testCycle } from '../../../../src/testing/cycle.ts'
import { parameterContextKind } from '../../../../reconcilers/nifi/parameter-context/index.ts'
import { declared, Scene, type Seen } from './scene.ts'

type Items = ReturnType<typeof declared>

const scoped = ({ resource }: Scene, items: Items): Promise<Seen> =>
  resource.observe(items, testCycle({ scope: new Set(items.map(({ key }) => key)) }))
const hasListed = ({ server }: Scene): boolean => server.of(/^GET \/flow\/parameter-contexts$/).length > 0

/** A process that has listed `base`, `child`, which inherits from it, and `count` others. */
async function listed(count = 1): Promise<Scene> {
  const scene = new Scene()
  const base = scene.server.hold('base', { size: '1', shared: '1' })
  scene.server.hold('child', { shared: '2' }, { inherits: [base.id] })
  for (let other = 0; other < count; other += 1) scene.server.hold(`other ${other}`, { own: 'x' })
  await scene.observe([])
  scene.server.asked.length = 0
  return scene
}

describe('a pass over single parameter contexts', () => {
  it('shows the same of them as a pass over everything, and nothing else, in one request each', async () => {
    for (const count of [1, 20]) {
      const scene = await listed(count)
      scene.server.named('child').description = 'by hand'
      const items = declared({ child: { parameters: { shared: null }, inherits: ['base'] } })
      const part = await scoped(scene, items)
      assert.equal(scene.server.asked.length, 1)
      const all = await scene.observe(items)
      assert.deepEqual([...part.items.keys()], ['child'])
      assert.deepEqual(part.items.get('child'), all.items.get('child'))
      assert.deepEqual(part.facts, all.facts)
    }
  })

  it('judges a declaration by parents that are not among them', async () => {
    const scene = await listed()
    const items = declared({
      child: { inherits: ['base', 'nowhere'], parameters: { size: { value: '1', sensitive: true } } }
    })
    const check = (observed: Seen) =>
      parameterContextKind.check?.(items, { observed, declared: new Map([['parameter-context', items]]) })
    const remarks = check(await scoped(scene, items))
    assert.deepEqual(remarks?.map(({ code }) => code).toSorted(), [
      'LITERAL_SECRET',
      'SECRET_ASSUMED',
      'SENSITIVITY',
      'UNKNOWN_CONTEXT'
    ])
    assert.deepEqual(remarks, check(await scene.observe(items)))
  })

  const surprises: Readonly<Record<string, (scene: Scene) => unknown>> = {
    'was not there': () => undefined,
    'is gone': ({ server }) => server.contexts.splice(0, 1),
    'was renamed': ({ server }) => Object.assign(server.named('base'), { name: 'else' })
  }
  for (const [title, surprise] of Object.entries(surprises)) {
    it(`reads everything where one ${title}`, async () => {
      const scene = await listed()
      surprise(scene)
      const items = declared({ [title === 'was not there' ? 'new' : 'base']: {} })
      const part = await scoped(scene, items)
      assert.ok(hasListed(scene))
      assert.equal(part.items.size, 0)
    })
  }

  it('reads everything at once where that costs less, and where nothing was listed yet', async () => {
    const scene = await listed(9)
    const many = declared(Object.fromEntries(Array.from({ length: 9 }, (_, index) => [`other ${index}`, {}])))
    assert.equal((await scoped(scene, many)).items.size, 9)
    assert.ok(hasListed(scene) && scene.server.asked.length === 1)
    const restarted = new Scene({ server: scene.server })
    scene.server.asked.length = 0
    await scoped(restarted, declared({ base: {} }))
    assert.ok(hasListed(scene))
  })
})
