/** Services that are not the flow's own, or that never come up: on a real server of the one version that has some. */
import assert from 'node:assert/strict'
import { once } from 'node:events'
import { createServer, type Server } from 'node:net'
import type { Json } from '../../../src/records.ts'
import { detect, host, mapCacheClient } from './caches.ts'
import { groundOn } from './ground.ts'
import { eventually, type LiveService } from './harness.ts'
import { gullible, told } from './line.ts'

const gen = (size = '1KB'): Json => ({ type: 'GenerateFlowFile', every: '1 day', properties: { 'File Size': size } })
const log: Json = { type: 'LogAttribute', terminate: ['success'] }

/** A port somebody else listens on. */
async function takenPort(): Promise<{ readonly port: number; readonly server: Server }> {
  const server = createServer()
  server.listen(0)
  await once(server, 'listening')
  const address = server.address()
  assert.ok(address !== null && typeof address === 'object')
  return { port: address.port, server }
}

describe('services that are not in the hand of a flow of NiFi 2.3.0', function () {
  this.timeout(180_000)
  const ground = groundOn('2.3.0')
  const { name, declare } = ground
  const service = async (id: string): Promise<LiveService> =>
    (await ground.hand.services(ground.scene.parent)).find((each) => each.id === id) ?? assert.fail(`no service ${id}`)

  /** NiFi looks at one that is ENABLING every 30 s, and only then at what became of that. */
  const assertServices = (group: string, states: Readonly<Record<string, string>>): Promise<void> =>
    eventually(
      async () =>
        assert.deepEqual(
          Object.fromEntries((await ground.hand.services(group)).map((each) => [each.name, each.state])),
          states
        ),
      90_000
    )

  it('those of the parent are neither enabled nor disabled, whatever becomes of the flow', async () => {
    const { scene, hand, line } = ground
    const id = await hand.createService(scene.parent, 'shared', mapCacheClient, host)
    const flow = (fields: { readonly [field: string]: Json } = {}, size = '1KB'): Json => ({
      processors: { gen: gen(size), detect: detect(id), log },
      connections: ['gen:success -> detect', 'gen:success -> log'],
      ...fields
    })
    const off = await service(id)
    declare({ f: flow() })
    await eventually(async () =>
      assert.match(told(await line.cycle(), name('f')).join(), /UNAVAILABLE: .*processors\.detect.*disabled/)
    )
    assert.deepEqual(await service(id), off)
    await hand.setService(id, 'ENABLED')
    const on = await service(id)
    for (const declared of [
      flow(),
      flow({}, '2KB'),
      flow({ state: 'STOPPED' }, '2KB'),
      flow({}, '2KB'),
      { processors: { gen: gen(), log }, connections: ['gen:success -> log'] }
    ]) {
      declare({ f: declared })
      assert.equal((await line.apply()).status, 'in-sync')
      assert.deepEqual(await service(id), on)
    }
  })

  it('one that never ends ENABLING is given up and put back, and the other flows are made meanwhile', async () => {
    const { scene, hand } = ground
    await ground.reopen({ timeouts: { service: 2000 } })
    const { line } = ground
    const { port, server } = await takenPort()
    try {
      const stuck: Json = {
        services: { server: { type: 'MapCacheServer', properties: { Port: String(port) } } },
        processors: { gen: gen(), log },
        connections: ['gen:success -> log']
      }
      declare({ stuck, fine: { processors: { gen: gen(), log }, connections: ['gen:success -> log'] } })
      const report = await line.cycle()
      assert.match(
        told(report, name('stuck')).join(),
        /^create failed UNAVAILABLE: .*services\.server still ENABLING after \d+ s, disabled again/
      )
      assert.match(told(report, name('fine')).join(), /^create (?:done|waiting)/)
      const [group, fine] = [await scene.groupOf('stuck'), await scene.groupOf('fine')]
      assert.deepEqual([(await hand.group(group))?.running, (await hand.group(fine))?.running], [2, 2])
      await assertServices(group, { server: 'DISABLED' })
    } finally {
      server.close()
      await once(server, 'close')
    }
  })

  it('one that cannot be enabled does not keep a replacement from starting what it has stopped', async () => {
    const { scene, hand } = ground
    await ground.reopen({ timeouts: gullible })
    const { line } = ground
    const flow = (timeout: string): Json => ({
      services: {
        broken: { type: 'MapCacheClientService', properties: { 'Server Hostname': null } },
        cache: { type: 'MapCacheClientService', properties: { ...host, 'Communications Timeout': timeout } }
      },
      processors: { gen: gen(), detect: detect('cache'), log },
      connections: ['gen:success -> detect', 'gen:success -> log']
    })
    declare({ f: flow('5 secs') })
    assert.match(told(await line.apply(), name('f')).join(), /REJECTED: .*services\.broken/)
    const group = await scene.groupOf('f')
    assert.equal((await hand.group(group))?.running, 3)
    const broken = (await hand.services(group)).find((each) => each.name === 'broken')
    // As the button on the canvas does.
    await hand.must('PUT', `/controller-services/${broken?.id ?? ''}/run-status`, {
      revision: { version: broken?.version ?? 0 },
      state: 'ENABLED'
    })
    await ground.reopen({ timeouts: gullible })
    declare({ f: flow('7 secs') })
    assert.match(told(await ground.line.apply(), name('f')).join(), /REJECTED: .*services\.broken/)
    assert.match(JSON.stringify(await hand.download(group)), /"7 secs"/)
    assert.equal((await hand.group(group))?.running, 3)
    await assertServices(group, { broken: 'DISABLED', cache: 'ENABLED' })
  })
})
