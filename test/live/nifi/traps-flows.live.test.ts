/**
 * Ways to do harm to flows that no other file here is about, each once, on real servers: what belongs to others, what
 * cannot be read, and what only looks different.
 */
import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import type { Json } from '../../../src/records.ts'
import type { Request } from '../../../reconcilers/nifi/connection/link.ts'
import { pathsOf } from './ground.ts'
import { connectionOf, definitionOf, nifiVersions, processorOf } from './harness.ts'
import { outcomesOf, told, type Files } from './line.ts'
import { pair } from './pair.ts'
import { watchedLines } from './watched-lines.ts'

for (const version of nifiVersions) {
  describe(`traps on NiFi ${version}`, function () {
    this.timeout(180_000)
    const watched = watchedLines(version)
    const { name, open, declare, context, running } = watched

    it('an empty or unreadable configuration does not say that there is no flow', async () => {
      const line = open()
      const flow = { [name('f')]: pair() }
      line.declare({ flows: flow, 'parameter-contexts': {} })
      await line.apply()
      line.take()
      const empty: readonly Files[] = [
        {},
        { 'flows.yaml': Buffer.from('') },
        { 'flows.yaml': Buffer.from('f: [') },
        { 'parameter-contexts': {} }
      ]
      for (const files of empty) {
        line.declare(files)
        const report = await line.cycle()
        assert.equal(report.counts.orphan, 0, JSON.stringify(files))
      }
      const missing: Json = { definition: 'missing.flow.json' }
      line.declare({ flows: { [name('f')]: missing } })
      assert.match(told(await line.cycle(), name('f')).join(), /^invalid invalid/)
      line.declare({ flows: {} })
      const said = told(await line.cycle(), name('f'))
      assert.equal(said.length, 1)
      assert.match(said[0] ?? '', /^hold held guard: 1 of 1 declared .* are gone/)
      assert.deepEqual(line.takeWrites(), [])
      assert.equal(await running('f'), 2)
    })

    it('a parent that is not there does not say that there is no flow', async () => {
      const line = open({ parent: randomUUID() })
      line.declare({ flows: { [name('f')]: pair() } })
      const { status, outcomes, error } = await line.cycle()
      assert.deepEqual([status, outcomes], ['blind', []])
      assert.match(error?.message ?? '', /NIFI_PARENT_GROUP/)
      assert.deepEqual(line.takeWrites(), [])
    })

    it('what a person stopped stays stopped when a STOPPED, an IGNORE or a paused flow changes', async () => {
      const { scene, hand } = watched
      const line = open()
      const flows = (size: string): Readonly<Record<string, Json>> => ({
        stopped: pair({ state: 'STOPPED', size }),
        left: pair({ state: 'IGNORE', size }),
        ignored: pair({ reconcile: { ignore: ['state'] }, size }),
        paused: pair({ reconcile: { paused: true }, size })
      })
      declare(line, { ...flows('1KB'), ignored: pair(), paused: pair() })
      assert.equal((await line.apply()).status, 'in-sync')
      for (const short of ['ignored', 'paused']) await hand.setState(await scene.groupOf(short), 'STOPPED')
      declare(line, flows('2KB'))
      await line.apply()
      const seen = await Promise.all(
        ['stopped', 'left', 'ignored', 'paused'].map(async (short) => {
          const group = await scene.groupOf(short)
          return [(await hand.group(group))?.running, (await hand.processor(group, 'gen')).properties['File Size']]
        })
      )
      assert.deepEqual(seen, [
        [0, '2KB'],
        [0, '2KB'],
        [0, '2KB'],
        [0, '1KB']
      ])
    })

    it("two reconcilers with different owners: each keeps its own, and neither speaks of the other's", async () => {
      const [one, two] = [open({ owner: 'one' }), open({ owner: 'two' })]
      declare(one, { a: pair({ size: '1KB' }) }, { ca: { parameters: { size: '1KB' } } })
      declare(two, { b: pair({ size: '2KB' }) }, { cb: { parameters: { size: '2KB' } } })
      // 1.18 refuses to say what it has to two who ask at once.
      const begun = await Promise.all([one.cycle(), two.cycle()])
      assert.ok(begun.every(({ status }) => status !== 'blind'))
      await Promise.all([one.apply(), two.apply()])
      for (const [line, own] of [
        [one, 'a'],
        [two, 'b']
      ] as const) {
        const { status, counts } = await line.cycle()
        assert.deepEqual([status, counts.orphan], ['in-sync', 0])
        assert.equal(await running(own), 2)
        line.take()
      }
      declare(
        two,
        { a: pair({ adopt: true, size: '9KB' }), b: pair({ size: '2KB' }) },
        { ca: { parameters: { size: '9KB' } }, cb: { parameters: { size: '2KB' } } }
      )
      const report = await two.apply()
      for (const theirs of ['a', 'ca']) assert.match(told(report, name(theirs)).join(), /^hold held .*\bone\b/)
      assert.deepEqual(two.takeWrites(), [])
      assert.equal((await one.cycle()).status, 'in-sync')
    })

    it('nothing is started before NiFi has validated it', async () => {
      const { hand } = watched
      const seen: string[] = []
      const isStart = ({ method, path, body }: Request): boolean =>
        method === 'PUT' && path.startsWith('/flow/process-groups/') && Object(body).state === 'RUNNING'
      const line = open({
        before: async (request) => {
          if (isStart(request))
            seen.push(
              ...(await hand.processors(request.path.split('/').at(-1) ?? '')).map(({ validation }) => validation)
            )
        }
      })
      const processors = Object.fromEntries(
        Array.from({ length: 30 }, (_, index) => [
          `gen${index}`,
          { type: 'GenerateFlowFile', every: '1 day', terminate: ['success'] }
        ])
      )
      declare(line, { f: { processors } })
      assert.equal((await line.apply()).status, 'in-sync')
      assert.equal(await running('f'), 30)
      assert.deepEqual([seen.length, [...new Set(seen)]], [30, ['VALID']])
    })

    it('numbers and times are compared as NiFi keeps them, and not written again', async () => {
      const { scene, hand } = watched
      const definition = (every: string): Json => {
        const processors = [
          processorOf('gen', 'GenerateFlowFile', {
            position: { x: 1, y: -7 },
            schedulingPeriod: every,
            penaltyDuration: '30 secs',
            yieldDuration: '1 Sec'
          }),
          processorOf('log', 'LogAttribute', { autoTerminatedRelationships: ['success'], position: { x: 1.5, y: 200 } })
        ]
        return {
          ...Object(
            definitionOf('f', processors, [
              connectionOf('gen', 'success', 'log', {
                flowFileExpiration: '0 secs',
                backPressureDataSizeThreshold: '1024 MB',
                bends: [{ x: 3, y: 4 }]
              })
            ])
          )
        }
      }
      const line = open()
      declare(line, {
        f: { definition: definition('1 days') },
        g: pair({
          connections: [
            { from: 'gen', relationships: ['success'], to: 'log', maxObjects: 5, expire: '60 secs', maxSize: '1 KB' }
          ]
        })
      })
      assert.equal((await line.apply()).status, 'in-sync')
      line.take()
      assert.equal((await line.cycle()).status, 'in-sync')
      assert.deepEqual(line.takeWrites(), [])
      const text = JSON.stringify(await hand.download(await scene.groupOf('f')))
      for (const kept of ['"1 days"', '"30 secs"', '"1 Sec"', '"0 secs"', '"1024 MB"'])
        assert.ok(text.includes(kept), kept)
      declare(line, { f: { definition: definition('1 day') }, g: pair() })
      assert.deepEqual(await pathsOf(line, name('f')), ['processors.gen.schedulingPeriod'])
    })

    it('what cannot be done is told of one flow, and the others are made', async () => {
      const { scene, hand } = watched
      const line = open()
      const masked: Json = pair({ size: '********' })
      declare(
        line,
        { good: pair(), masked, unknown: { processors: { p: { type: 'NoSuchThing' } } } },
        { bad: { parameters: { p: '********' } }, fine: { parameters: { p: 'x' } } }
      )
      const report = await line.apply()
      for (const short of ['masked', 'bad'])
        assert.match(
          outcomesOf(report, name(short))
            .map(({ result, why, error }) => `${result} ${why ?? error?.message}`)
            .join(),
          /^invalid .*(?:the mask|\*{8})/
        )
      assert.equal(await running('good'), 2)
      assert.deepEqual(
        [(await context('fine')).parameters['p']?.value, await hand.context(name('bad'))],
        ['x', undefined]
      )
      assert.deepEqual(
        (await hand.groups(scene.parent)).map((group) => group.name),
        [name('good')]
      )
    })
  })
}
