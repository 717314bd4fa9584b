/** Numbers of definitions and of text that is written as a number: NiFi gets and shows what the author wrote. */
import assert from 'node:assert/strict'
import type { Json } from '../../../src/records.ts'
import { contextsOn, valuesOf } from './contexts.ts'
import { groundOn } from './ground.ts'
import { connectionOf, infometis, nifiVersions, processorOf } from './harness.ts'

/** The last digit is beyond what a double can tell from its neighbours. */
const threshold = '9007199254740993'

function counting(most: Json, y: Json = 0): Json {
  const processors = [
    processorOf('gen', 'GenerateFlowFile', { schedulingPeriod: '1 day' }),
    {
      ...processorOf('log', 'LogAttribute', { autoTerminatedRelationships: ['success'] }),
      position: { x: JSON.rawJSON('-0.50'), y }
    }
  ]
  const connection = connectionOf('gen', 'success', 'log', { backPressureObjectThreshold: most })
  return { flowContents: { name: 'counting', processors, connections: [connection] } }
}

for (const version of nifiVersions) {
  describe(`numbers on NiFi ${version}`, function () {
    this.timeout(60_000)
    const ground = groundOn(version, { makesContexts: true })
    const { name, apply, declare, paths, verbs, assertAtRest } = ground
    const { live } = contextsOn(ground)

    const download = async (): Promise<string> =>
      ground.hand.text(`/process-groups/${await ground.scene.groupOf('it')}/download`)
    const holds = async (): Promise<string | undefined> =>
      /"backPressureObjectThreshold":\s*([^,}]*)/.exec(await download())?.[1]

    it('of a definition keep every digit, from a file and inside the item; the last digit by hand is drift', async () => {
      const { hand, scene } = ground
      const big = JSON.rawJSON(threshold)
      declare(
        { it: { definition: 'it.flow.json', state: 'STOPPED' } },
        { 'it.flow': counting(big, JSON.rawJSON('1.0e2')) }
      )
      assert.deepEqual(await apply('it'), ['create done'])
      assert.equal(await holds(), threshold)
      await assertAtRest()

      declare({ it: { definition: counting(big), state: 'STOPPED' } })
      assert.deepEqual(await verbs('it'), ['keep'])

      const [{ id, revision }] = Object(
        await hand.must('GET', `/process-groups/${await scene.groupOf('it')}/connections`)
      ).connections
      await hand.must('PUT', `/connections/${id}`, {
        revision,
        component: { id, backPressureObjectThreshold: 9_007_199_254_740_992 }
      })
      assert.deepEqual(await paths('it'), ['connections.gen:success -> log.backPressureObjectThreshold'])
      const [change] = await ground.line.diff(name('it'))
      assert.deepEqual(
        change !== undefined && 'fields' in change ? change.fields.map(({ before, after }) => [before, after]) : [],
        [[9_007_199_254_740_992, threshold]]
      )
      assert.deepEqual(await apply('it'), ['update done'])
      assert.equal(await holds(), threshold)
      await assertAtRest()

      const exported = await infometis(['export', 'nifi', '--kind', 'flow', '--output', 'json'], { env: scene.env })
      assert.equal(exported.code, 0, exported.stderr)
      assert.match(exported.stdout, new RegExp(`"backPressureObjectThreshold": ${threshold}\\b`))
      assert.match(exported.stdout, /"y": 100\.0\b/)
    })

    it('count by their value where NiFi keeps no notation of them', async () => {
      declare({ it: { definition: 'it.flow.json' } }, { 'it.flow': counting(JSON.rawJSON('2.0e4')) })
      assert.deepEqual(await apply('it'), ['create done'])
      assert.equal(await holds(), '20000')
      await assertAtRest()
    })

    it('are text as they are written in a parameter and in a property', async () => {
      const values = {
        plain: 10,
        decimal: JSON.rawJSON('1.50'),
        whole: JSON.rawJSON('1.0'),
        long: JSON.rawJSON(threshold),
        short: JSON.rawJSON('1e3')
      }
      ground.line.declare({
        'parameter-contexts': ground.scene.named({ p: { parameters: values } }),
        flows: ground.scene.named({
          it: {
            processors: {
              gen: {
                type: 'GenerateFlowFile',
                properties: { ratio: JSON.rawJSON('1.50'), 'Batch Size': 2 },
                terminate: 'success',
                tasks: JSON.rawJSON('2.0')
              }
            }
          }
        })
      })
      await ground.line.applied(name('it'))
      await assertAtRest()
      assert.deepEqual(valuesOf(await live('p')), {
        plain: '10',
        decimal: '1.50',
        whole: '1.0',
        long: threshold,
        short: '1000'
      })
      assert.match(await download(), /"ratio":\s*"1\.50"/)
    })
  })
}
