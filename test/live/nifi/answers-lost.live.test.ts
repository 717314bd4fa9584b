/** Answers that get lost on the way from a real NiFi, and whoever writes in between. */
import assert from 'node:assert/strict'
import { reset } from '../../servers/faults.ts'
import { answersAstray, writesOf } from './astray.ts'
import { openLine, told } from './line.ts'
import { pair } from './pair.ts'

describe('a NiFi whose answers go astray', function () {
  this.timeout(180_000)
  const astray = answersAstray()
  const { declare, assertRunning } = astray

  it('makes no twin when the answer to an import is lost', async () => {
    const { proxy, scene, line } = astray
    declare(pair())
    proxy.fail({ method: 'POST', path: /\/import$/ }, reset({ reached: true }), 1)
    assert.match(told(await line.cycle(), scene.name('flow')).join(), /^create failed UNREACHABLE/)
    assert.equal((await line.apply()).status, 'in-sync')
    assert.equal(writesOf(proxy).filter((write) => write.endsWith('/import')).length, 1)
    await assertRunning()
  })

  for (const [write, lost] of Object.entries({
    'beginning a replacement': /\/replace-requests$/,
    'taking a replacement away': /\/replace-requests\//,
    'marking the group': /^\/nifi-api\/process-groups\/[\da-f-]+$/,
    'starting the group': /^\/nifi-api\/flow\/process-groups\/[\da-f-]+$/
  })) {
    it(`comes to the same when the answer to ${write} is lost`, async () => {
      const { outer, proxy, line } = astray
      declare(pair())
      assert.equal((await line.apply()).status, 'in-sync')
      for (const method of ['POST', 'PUT', 'DELETE']) proxy.fail({ method, path: lost }, reset({ reached: true }), 1)
      declare(
        pair({
          processors: {
            gen: { type: 'GenerateFlowFile', every: '1 day' },
            log: { type: 'LogAttribute' },
            last: { type: 'LogMessage', terminate: ['success'] }
          },
          connections: ['gen:success -> log', 'log:success -> last']
        })
      )
      assert.equal((await line.apply()).status, 'in-sync')
      const [group] = await outer.hand.groups(outer.parent)
      assert.equal(group?.running, 3)
    })
  }

  it('plans again when somebody else writes between its look and its write', async () => {
    const { outer, scene } = astray
    let isSooner = false
    const before = async ({ method, path }: { readonly method: string; readonly path: string }): Promise<void> => {
      const id = /^\/process-groups\/([\da-f-]+)\/replace-requests$/.exec(path)?.[1]
      if (method !== 'POST' || id === undefined || isSooner) return
      isSooner = true
      await outer.hand.changeGroup(id, { position: { x: 700, y: 700 } })
    }
    const watched = openLine(scene, { before })
    watched.declare({ flows: { [scene.name('flow')]: pair() } })
    assert.equal((await watched.apply()).status, 'in-sync')
    watched.declare({ flows: { [scene.name('flow')]: pair({ size: '2KB' }) } })
    watched.take()
    assert.deepEqual(await watched.applied(scene.name('flow')), ['update done'])
    assert.equal(isSooner, true)
    assert.equal(
      watched.takeWrites().filter((write) => write.startsWith('POST') && write.endsWith('/replace-requests')).length,
      2
    )
    await assertRunning()
  })
})
