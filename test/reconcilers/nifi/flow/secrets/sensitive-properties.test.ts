import assert from 'node:assert/strict'
import type { ItemResult } from '../../../../../src/contract.ts'
import type { Json } from '../../../../../src/records.ts'
import { sensitiveIn } from '../../../../../reconcilers/nifi/flow/secrets/sensitive-properties.ts'
import { content, declare, heartbeat, processor, spec } from '../flows.ts'
import { World } from '../write/world.ts'

const generator = 'org.apache.nifi.processors.standard.GenerateFlowFile'
const manifest: Json = {
  processors: [
    {
      type: generator,
      propertyDescriptors: {
        'generate-ff-custom-text': { name: 'generate-ff-custom-text', displayName: 'Custom Text', sensitive: true },
        'File Size': { name: 'File Size', displayName: 'File Size', sensitive: false }
      }
    },
    { type: 'org.example.Bare' }
  ],
  controllerServices: [
    { type: 'org.example.Service', propertyDescriptors: { Password: { name: 'Password', sensitive: true } } }
  ]
}
const answerOf = (componentManifest: Json): Json => ({
  runtimeManifest: { bundles: [{ componentManifest }, { group: 'of no components' }] }
})

/** A flow whose generator has these properties. */
function flowWith(properties: Readonly<Record<string, string>>, also: readonly ReturnType<typeof processor>[] = []) {
  const processors = [processor('gen', { 'File Size': '1KB', ...properties }), processor('log'), ...also]
  return declare('heartbeat', spec({ state: 'STOPPED', content: content({ ...heartbeat, processors }) }))
}

function assertRefused(result: ItemResult | undefined, path: string): void {
  assert.ok(result?.result === 'failed')
  assert.equal(result.error.code, 'REJECTED')
  assert.ok(
    result.error.message.startsWith(`${path}: expected a reference to a sensitive parameter`),
    result.error.message
  )
  assert.doesNotMatch(result.error.message, /canary/)
}

describe('what a NiFi tells of sensitive properties', () => {
  it('is by type, under both names of a property', () => {
    assert.deepEqual(
      sensitiveIn(answerOf(manifest)),
      new Map([
        [generator, new Set(['generate-ff-custom-text', 'Custom Text'])],
        ['org.example.Service', new Set(['Password'])]
      ])
    )
    assert.deepEqual(sensitiveIn({ runtimeManifest: {} }), new Map())
    assert.throws(() => sensitiveIn('<html>'), /expected the manifest of what this NiFi can run/)
  })

  it('keeps a secret out of the first import, under either name', async () => {
    for (const property of ['Custom Text', 'generate-ff-custom-text']) {
      const world = new World()
      world.nifi.manifest = manifest
      const [result] = await world.create(flowWith({ [property]: 'canary' }))
      assertRefused(result, `processors.gen.properties.${property}`)
      assert.deepEqual([world.nifi.root.groups.length, world.nifi.of('POST', /./).length], [0, 0])
      assert.ok(!JSON.stringify(world.nifi.asked).includes('canary'))
    }
  })

  it('lets a reference to a parameter pass, and everything that is no secret', async () => {
    const world = new World()
    world.nifi.manifest = manifest
    const [result] = await world.create(flowWith({ 'Custom Text': '#{password}' }))
    assert.equal(result?.result, 'done')
  })

  it('keeps a secret out of a change that brings the first component of its type', async () => {
    const world = new World()
    world.nifi.manifest = {
      processors: [
        {
          type: 'org.apache.nifi.processors.standard.PutFile',
          propertyDescriptors: { Secret: { name: 'Secret', sensitive: true } }
        }
      ]
    }
    await world.create(flowWith({}))
    const before = JSON.stringify(world.nifi.root)
    const added = processor(
      'set',
      { Secret: 'canary' },
      { type: 'org.apache.nifi.processors.standard.PutFile', autoTerminatedRelationships: ['success'] }
    )
    assertRefused(await world.cycle(flowWith({}, [added])), 'processors.set.properties.Secret')
    assert.equal(JSON.stringify(world.nifi.root), before)
    assert.ok(!JSON.stringify(world.nifi.asked).includes('canary'))
  })
})
