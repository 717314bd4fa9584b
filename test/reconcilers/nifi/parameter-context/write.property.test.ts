import assert from 'node:assert/strict'
import fc from 'fast-check'
import { Scene, declared, keyFile } from './scene.ts'
import { ContextServer, type HeldParameter } from './context-server.ts'

const names = ['size', 'a.b', 'a', 'a.b.description', 'with space', '_x-']
const text = fc.constantFrom('', '1', '1KB', 'canary-one', 'canary-two', '#{size}')
const words = fc.option(fc.constantFrom('', 'first', 'second\nline'), { nil: undefined })

const held = fc.record({
  value: fc.option(text),
  sensitive: fc.boolean(),
  description: fc.option(fc.constantFrom('', 'first'))
})
const written = fc
  .record({ value: fc.option(text), sensitive: fc.boolean(), description: words })
  .map(({ description, ...rest }) => ({ ...rest, ...(description !== undefined && { description }) }))
const byName = <T>(value: fc.Arbitrary<T>): fc.Arbitrary<Record<string, T>> =>
  fc.dictionary(fc.constantFrom(...names), value)
const context = fc.record({ description: words, parameters: byName(fc.option(written)) })
const key = keyFile('a key of more than 16 letters')

/** A NiFi whose running components use every parameter they can. */
function serverWith(
  parameters: Readonly<Record<string, HeldParameter>>,
  isUsed: (name: string) => boolean
): ContextServer {
  const server = new ContextServer()
  server.isPrompt = true
  server.hold('a', structuredClone(parameters))
  for (const name of Object.keys(parameters)) if (isUsed(name)) server.running.set(`a/${name}`, [`user of ${name}`])
  return server
}

describe('a delta', () => {
  it('makes the live context as declared in one step, whatever runs, and leaves the rest as it was', async () => {
    await fc.assert(
      fc.asyncProperty(byName(held), context, fc.boolean(), async (live, desired, isKeyed) => {
        // What is removed while it runs is refused, and whether a parameter is sensitive stays as it is.
        const server = serverWith(live, (name) => desired.parameters[name] !== null)
        const before = structuredClone(server.named('a').parameters)
        const scene = new Scene({ server, ...(isKeyed && { key }) })
        const items = declared({ a: desired })
        const results = await scene.apply(items)
        assert.ok(
          results.every((result) => result === 'a done'),
          results.join()
        )
        const left = (await scene.differences(items)).filter((line) => !line.endsWith('(unsupported)'))
        assert.deepEqual(left, [])
        const now = server.named('a').parameters
        for (const [name, parameter] of before) {
          const wanted = desired.parameters[name]
          const isUntouched = wanted === undefined || (wanted !== null && wanted.sensitive !== parameter.sensitive)
          if (isUntouched) assert.deepEqual(now.get(name), parameter, `"${name}" was touched`)
          else if (wanted !== null && (isKeyed || !wanted.sensitive))
            assert.equal(now.get(name)?.value, wanted.value, `"${name}" has another value`)
        }
      }),
      { numRuns: 150 }
    )
  })

  it('is never sent where nothing differs, and never holds a value that is the same', async () => {
    await fc.assert(
      fc.asyncProperty(byName(held), context, async (live, desired) => {
        const server = serverWith(live, () => false)
        const scene = new Scene({ server })
        const items = declared({ a: desired })
        await scene.apply(items)
        const sent = server
          .of(/^POST/)
          .flatMap(({ body }) => JSON.stringify(body).match(/"parameter":\{[^}]*\}/g) ?? [])
        for (const [name, parameter] of Object.entries(live)) {
          if (!parameter.sensitive && parameter.value !== null)
            assert.ok(
              !sent.some(
                (entry) =>
                  entry.includes(`"name":${JSON.stringify(name)},`) &&
                  entry.includes(`"value":${JSON.stringify(parameter.value)}`)
              ),
              name
            )
        }
        const writes = server.of(/^POST/).length
        await scene.apply(items)
        assert.equal(server.of(/^POST/).length, writes)
      }),
      { numRuns: 150 }
    )
  })

  it('shows no secret to anybody but NiFi', async () => {
    await fc.assert(
      fc.asyncProperty(
        byName(held.map((parameter) => ({ ...parameter, sensitive: true, value: 'live-canary' }))),
        byName(fc.constant({ value: 'new-canary', sensitive: true })),
        async (live, parameters) => {
          const scene = new Scene({ server: serverWith(live, () => false), key })
          const items = declared({ a: { parameters }, b: { parameters } })
          const observed = await scene.observe(items)
          const shown = JSON.stringify(
            [...observed.items].map(([, sighting]) =>
              'state' in sighting ? [...sighting.state.parameters, ...sighting.state.findings] : sighting
            )
          )
          const said = [
            shown,
            ...(await scene.differences(items)),
            ...(await scene.remarks(items)),
            ...(await scene.apply(items)),
            ...scene.server.contexts.flatMap(({ description, parameters: now }) => [
              description,
              ...[...now.values()].map((each) => each.description)
            ])
          ]
          assert.ok(!said.join('\n').includes('canary'))
        }
      ),
      { numRuns: 50 }
    )
  })
})
