import assert from 'node:assert/strict'
import type { FieldChange } from '../../../../../src/contract.ts'
import { readComments } from '../../../../../reconcilers/nifi/flow/identity/marker.ts'
import { NifiModel } from '../../nifi-model.ts'
import { errorOf, flow, heartbeat, of, processor, withProcessors, World } from './world.ts'

const changed = withProcessors(processor('gen', { 'File Size': '2KB' }), processor('log'))

async function running(version: '2.3.0' | '1.18.0' = '2.3.0'): Promise<World> {
  const world = new World(new NifiModel(version))
  await world.create(flow())
  world.nifi.asked.length = 0
  return world
}

for (const version of ['2.3.0', '1.18.0'] as const) {
  describe(`updating a flow on ${version}`, () => {
    it('stops the processor that changes and no other', async () => {
      const world = await running(version)
      assert.equal((await world.cycle(flow(changed)))?.result, 'done')
      assert.equal(world.nifi.property('gen', 'File Size'), '2KB')
      assert.equal(world.nifi.component('gen').bounces, 1)
      assert.equal(world.nifi.component('log').bounces, 0)
      assert.equal(world.nifi.component('gen').state, 'RUNNING')
      assert.equal(await world.cycle(flow(changed)), undefined)
      assert.equal(world.nifi.leftRequests, 0, 'the request was taken away')
    })

    it('starts what it added, which NiFi leaves stopped', async () => {
      const world = await running(version)
      const more = withProcessors(processor('gen', { 'File Size': '1KB' }), processor('log'), processor('extra'))
      await world.converge(flow(more))
      assert.equal(world.nifi.component('extra').state, 'RUNNING')
      assert.equal(world.nifi.component('gen').bounces + world.nifi.component('log').bounces, 0)
    })

    it('keeps marker, context and what people wrote through a replacement', async () => {
      const world = new World(new NifiModel(version))
      const context = world.nifi.addContext('prod')
      await world.create(flow(heartbeat, { parameterContext: 'prod', comments: 'proof of life' }))
      await world.converge(flow(changed, { parameterContext: 'prod', comments: 'proof of life' }))
      const [group] = world.nifi.named('heartbeat')
      assert.equal(group?.context, context.id)
      const { text, marker } = readComments(group?.comments ?? '')
      assert.equal(text, 'proof of life')
      assert.ok(marker?.live)
    })

    it('renames and comments without replacing anything', async () => {
      const world = await running(version)
      const [group] = world.nifi.named('heartbeat')
      assert.ok(group)
      group.name = 'renamed by hand'
      assert.equal((await world.cycle(flow(heartbeat, { comments: 'new' })))?.result, 'done')
      assert.equal(group.name, 'heartbeat')
      assert.equal(readComments(group.comments ?? '').text, 'new')
      assert.equal(world.nifi.of('POST', /./).length, 0)
      assert.equal(await world.cycle(flow(heartbeat, { comments: 'new' })), undefined)
    })

    it('binds another context, stopping the flow only when NiFi asks for it', async () => {
      const world = new World(new NifiModel(version))
      world.nifi.addContext('a', { size: '1KB' })
      const other = world.nifi.addContext('b', { size: '2KB' })
      const group = withProcessors(processor('gen', { 'File Size': '#{size}' }), processor('log'))
      await world.create(flow(group, { parameterContext: 'a' }))
      await world.converge(flow(group, { parameterContext: 'b' }))
      assert.equal(world.nifi.named('heartbeat')[0]?.context, other.id)
      assert.equal(world.nifi.component('gen').state, 'RUNNING')
    })
  })
}

describe('updating a flow', () => {
  it('writes only the fields it may write', async () => {
    const world = await running()
    const both = withProcessors(processor('gen', { 'File Size': '2KB' }), processor('log', { 'File Size': '3KB' }))
    await world.cycle(flow(both), ({ path }) => path.startsWith('processors.gen'))
    assert.equal(world.nifi.property('gen', 'File Size'), '2KB')
    assert.equal(world.nifi.property('log', 'File Size'), '0B')
    const { marker } = readComments(world.nifi.named('heartbeat')[0]?.comments ?? '')
    assert.equal(marker?.live, undefined, 'the definition is not live as a whole')
    await world.converge(flow(both))
    assert.equal(world.nifi.property('log', 'File Size'), '3KB')
  })

  it('changes the rest where a type cannot be changed, and never takes that for done', async () => {
    const world = await running()
    const other = withProcessors(processor('gen', { 'File Size': '2KB' }), of('LogMessage', 'log'))
    const mayWrite = ({ risk }: FieldChange): boolean => risk !== 'unsupported'
    assert.equal((await world.cycle(flow(other), mayWrite))?.result, 'done')
    assert.equal(world.nifi.property('gen', 'File Size'), '2KB')
    assert.equal(await world.cycle(flow(other), mayWrite), undefined)
    await world.cycle(flow(other), () => true)
    assert.deepEqual(
      world.fields.map(({ path, risk }) => [path, risk]),
      [['processors.log.type', 'unsupported']]
    )
  })

  it('does not take for done what NiFi accepted and did not change, and makes the flow again what it was', async () => {
    const world = await running('1.18.0')
    const connections = (heartbeat.connections ?? []).map((connection) => ({
      ...connection,
      source: { id: 'other', type: 'PROCESSOR' }
    }))
    const other = flow({ ...withProcessors(processor('gen'), processor('log'), processor('other')), connections })
    const error = errorOf(await world.cycle(other))
    assert.equal(error.code, 'REJECTED')
    assert.match(error.message, /connections\.other:success -> log\.source; applied only in part, and rolled back$/)
    assert.ok(!world.nifi.has('other'))
    assert.equal(world.nifi.component('gen').state, 'RUNNING')
    assert.equal(errorOf(await world.cycle(other)).code, 'REJECTED', 'nor in the next cycle')
    assert.equal(await world.cycle(flow()), undefined, 'what was in force before is in sync')
  })

  it('answers CONFLICT when the group is no longer what the plan was made from', async () => {
    const world = await running()
    world.nifi.faults.before = ({ path }) => {
      if (!/^\/process-groups\/.*-.*-.*\/download$/.test(path)) return
      const gen = world.nifi.component('gen')
      gen.body = { ...gen.body, schedulingPeriod: '99 sec' }
    }
    const error = errorOf(await world.cycle(flow(changed)))
    assert.equal(error.code, 'CONFLICT')
    assert.match(error.message, /its definition changed/)
    assert.equal(world.nifi.of('POST', /./).length, 0)
  })

  it('looks and plans again once when its revision is stale', async () => {
    const world = await running()
    let refusals = 1
    world.nifi.faults.answer = ({ method }) => {
      if (method !== 'POST' || refusals === 0) return undefined
      refusals -= 1
      return {
        status: 400,
        body: '[2, client-1, x] is not the most up-to-date revision. This component appears to have been modified'
      }
    }
    assert.equal((await world.cycle(flow(changed)))?.result, 'done')
    assert.equal(world.nifi.property('gen', 'File Size'), '2KB')
  })

  it('does not write over what somebody else did when its revision is stale', async () => {
    const world = await running()
    world.nifi.faults.answer = ({ method }) => {
      if (method !== 'POST') return undefined
      const gen = world.nifi.component('gen')
      gen.body = { ...gen.body, schedulingPeriod: '99 sec' }
      return {
        status: 400,
        body: '[2, client-1, x] is not the most up-to-date revision. This component appears to have been modified'
      }
    }
    assert.match(errorOf(await world.cycle(flow(changed))).message, /its definition changed/)
    assert.equal(world.nifi.of('POST', /./).length, 1)
  })

  it('gives up with CONFLICT when its revision is stale twice', async () => {
    const world = await running()
    world.nifi.faults.answer = ({ method }) =>
      method === 'POST' ? { status: 400, body: 'x is not the most up-to-date revision' } : undefined
    assert.equal(errorOf(await world.cycle(flow(changed))).code, 'CONFLICT')
  })

  it('refuses an unknown type before anything is stopped', async () => {
    const world = await running()
    const error = errorOf(
      await world.cycle(flow(withProcessors(processor('gen', { 'File Size': '2KB' }), of('LogAttributes', 'log'))))
    )
    assert.equal(error.code, 'REJECTED')
    assert.match(error.message, /did you mean "LogAttribute"/)
    assert.equal(world.nifi.component('gen').bounces, 0)
  })

  it('does not touch a group that has come under version control', async () => {
    const world = await running()
    world.nifi.faults.before = ({ path }) => {
      const [group] = world.nifi.named('heartbeat')
      if (group !== undefined && path.endsWith(`${group.id}/download`)) group.versioned = true
    }
    world.nifi.faults.before({
      method: 'GET',
      path: `/process-groups/${world.nifi.named('heartbeat')[0]?.id}/download`
    })
    assert.equal(errorOf(await world.cycle(flow(changed))).code, 'UNSUPPORTED')
    assert.equal(world.nifi.of('POST', /./).length, 0)
  })

  it('goes back to what it was when NiFi does a replacement half, says so, and lets it run', async () => {
    const world = await running()
    const both = withProcessors(processor('gen', { 'File Size': '2KB' }), processor('log', { 'File Size': '3KB' }))
    world.nifi.faults.halfReplacements = 1
    const error = errorOf(await world.cycle(flow(both)))
    assert.equal(error.code, 'REJECTED')
    assert.match(error.message, /Failed to perform.*processors\.gen; applied only in part, and rolled back/)
    assert.equal(world.nifi.property('gen', 'File Size'), '1KB')
    assert.equal(world.nifi.component('gen').state, 'RUNNING')
    assert.equal(world.nifi.component('log').state, 'RUNNING')
    assert.ok(readComments(world.nifi.named('heartbeat')[0]?.comments ?? '').marker?.live, 'with the marker it had')
  })

  it('gives the marker back too when NiFi has written nothing but that', async () => {
    const world = await running()
    const [group] = world.nifi.named('heartbeat')
    const before = group?.comments
    world.nifi.faults.halfReplacements = 1
    const connections = (heartbeat.connections ?? []).map((connection) => ({
      ...connection,
      backPressureObjectThreshold: 5
    }))
    assert.match(
      errorOf(await world.cycle(flow({ ...heartbeat, connections }))).message,
      /applied only in part, and rolled back/
    )
    assert.equal(group?.comments, before)
    assert.equal(await world.cycle(flow()), undefined)
  })

  it('says so when going back fails too', async () => {
    const world = await running()
    const both = withProcessors(processor('gen', { 'File Size': '2KB' }), processor('log', { 'File Size': '3KB' }))
    world.nifi.faults.halfReplacements = 1
    let replacements = 0
    world.nifi.faults.answer = ({ method }) =>
      method === 'POST' && (replacements += 1) > 1 && replacements < 4 ? { status: 409, body: 'not now' } : undefined
    assert.match(
      errorOf(await world.cycle(flow(both))).message,
      /applied only in part, and the rollback failed too: not now/
    )
    assert.equal(world.nifi.component('gen').state, 'RUNNING')
    await world.converge(flow(both))
    assert.equal(world.nifi.property('log', 'File Size'), '3KB')
  })

  it('takes a replacement that was done and left things stopped for what it is, and starts them', async () => {
    const world = await running()
    world.nifi.faults.leavesStopped = true
    assert.equal((await world.cycle(flow(changed)))?.result, 'done')
    assert.equal(world.nifi.component('gen').state, 'RUNNING')
    assert.equal(world.nifi.of('POST', /replace/).length, 1)
    assert.equal(await world.cycle(flow(changed)), undefined)
  })

  it('never sends the same definition again because NiFi shows it differently', async () => {
    const world = await running()
    world.nifi.faults.before = ({ method }) => {
      // As a migration of properties does: what was declared is known by another name now.
      const gen = world.nifi.component('gen')
      const properties = gen.body['properties']
      if (method === 'GET' && world.nifi.property('gen', 'old name') !== null)
        gen.body = {
          ...gen.body,
          properties: { ...Object(properties), 'old name': null, 'generate-ff-custom-text': 'x' }
        }
    }
    const declared = flow(withProcessors(processor('gen', { 'File Size': '1KB', 'old name': 'x' }), processor('log')))
    assert.equal((await world.cycle(declared))?.result, 'done')
    assert.equal(world.nifi.of('POST', /replace/).length, 1)
    assert.equal(await world.cycle(declared), undefined)
  })

  it('cancels a replacement that does not end, and starts again what NiFi stopped for it', async () => {
    const world = await running()
    world.nifi.faults.stuck = true
    const error = errorOf(await world.cycle(flow(changed)))
    assert.equal(error.code, 'UNAVAILABLE')
    assert.match(error.message, /not replace the definition within 5 s \(Stopping Affected Processors\); cancelled/)
    assert.equal(world.nifi.component('gen').state, 'RUNNING')
    assert.equal(world.nifi.leftRequests, 0)
  })

  it('starts again after a cancelled replacement what ran, also where the run state is left to people', async () => {
    const world = await running()
    world.nifi.component('log').state = 'STOPPED'
    world.nifi.faults.stuck = true
    assert.equal(errorOf(await world.cycle(flow(changed, { state: 'IGNORE' }))).code, 'UNAVAILABLE')
    assert.equal(world.nifi.component('gen').state, 'RUNNING')
    assert.equal(world.nifi.component('log').state, 'STOPPED')
  })

  for (const state of ['RUNNING', 'IGNORE'] as const) {
    it(`stops the flow itself where NiFi waits for a stop that was lost, and replaces it at once (${state})`, async () => {
      const world = await running()
      world.nifi.faults.stuck = true
      world.nifi.faults.before = ({ method, path, body }) => {
        const isStop = method === 'PUT' && path.includes('/flow/process-groups/') && Object(body).state === 'STOPPED'
        if (isStop) world.nifi.faults.stuck = false
      }
      assert.equal((await world.converge(flow(changed, { state }))).at(-1)?.result, 'done')
      assert.equal(world.nifi.property('gen', 'File Size'), '2KB')
      assert.equal(world.nifi.of('POST', /replace-requests/).length, 2)
      for (const name of ['gen', 'log']) assert.equal(world.nifi.component(name).state, 'RUNNING')
      assert.equal(world.nifi.leftRequests, 0)
    })

    it(`starts again what it stopped for a lost stop, where somebody else writes before the next try (${state})`, async () => {
      const world = await running()
      world.nifi.faults.stuck = true
      let tries = 0
      world.nifi.faults.answer = ({ method, path }) => {
        if (method !== 'POST' || !path.endsWith('/replace-requests')) return undefined
        tries += 1
        return tries > 1 ? { status: 409, body: '[v] is not the most up-to-date revision.' } : undefined
      }
      const declared = flow(changed, { state })
      let result = await world.cycle(declared)
      if (result?.result === 'waiting') result = await world.cycle(declared)
      assert.equal(errorOf(result).code, 'CONFLICT')
      for (const name of ['gen', 'log']) assert.equal(world.nifi.component(name).state, 'RUNNING')
    })

    it(`starts again what was stopped when NiFi and we were killed in a replacement (${state})`, async () => {
      const { nifi } = await running()
      nifi.faults.stuck = true
      nifi.faults.refuseConnection = ({ method }) => nifi.component('gen').state === 'STOPPED' && method !== 'POST'
      const declared = flow(changed, { state })
      assert.equal(errorOf(await new World(nifi).cycle(declared)).code, 'UNREACHABLE')
      assert.equal(nifi.component('gen').state, 'STOPPED')
      nifi.crash()
      nifi.faults.stuck = false
      nifi.faults.refuseConnection = () => false
      await new World(nifi).converge(declared)
      assert.equal(nifi.property('gen', 'File Size'), '2KB')
      for (const name of ['gen', 'log']) assert.equal(nifi.component(name).state, 'RUNNING')
    })

    it(`does so too where its definition is no longer to be replaced (${state})`, async () => {
      const { nifi } = await running()
      nifi.faults.stuck = true
      nifi.faults.refuseConnection = ({ method }) => nifi.component('gen').state === 'STOPPED' && method !== 'POST'
      await new World(nifi).cycle(flow(changed, { state }))
      nifi.crash()
      nifi.faults.refuseConnection = () => false
      await new World(nifi).converge(flow(heartbeat, { state }))
      for (const name of ['gen', 'log']) assert.equal(nifi.component(name).state, 'RUNNING')
    })

    it(`waits for what still stops after a cancelled replacement, and starts it with its neighbours (${state})`, async () => {
      const world = await running()
      world.nifi.faults.stuck = true
      const declared = flow(
        withProcessors(processor('gen', { 'File Size': '2KB' }), processor('log', { 'Log Level': 'warn' })),
        { state }
      )
      world.nifi.faults.before = ({ method, path }) => {
        if (method === 'POST' && path.endsWith('/replace-requests'))
          world.nifi.component('gen').busyUntil = world.nifi.clock.now() + 60_000
      }
      assert.match(errorOf(await world.cycle(declared)).message, /cancelled/)
      assert.equal(world.nifi.component('log').state, 'RUNNING')
      world.nifi.faults.before = () => undefined
      world.nifi.faults.stuck = false
      const saidMeanwhile = await world.converge(declared)
      assert.match(JSON.stringify(saidMeanwhile), /still stopping/)
      for (const name of ['gen', 'log']) assert.equal(world.nifi.component(name).state, 'RUNNING')
    })
  }

  it('leaves run states alone where they are left to people', async () => {
    const world = await running()
    world.nifi.component('log').state = 'STOPPED'
    assert.equal((await world.cycle(flow(changed, { state: 'IGNORE' })))?.result, 'done')
    assert.equal(world.nifi.component('log').state, 'STOPPED')
    assert.equal(world.nifi.component('gen').state, 'RUNNING')
  })

  it('does not write comments again and again that NiFi makes something else of', async () => {
    const world = await running()
    world.nifi.faults.before = ({ method }) => {
      const [group] = world.nifi.named('heartbeat')
      if (method === 'GET' && group?.comments != null) group.comments = group.comments.replaceAll('  ', ' ')
    }
    assert.equal((await world.cycle(flow(heartbeat, { comments: 'two  spaces' })))?.result, 'done')
    assert.equal(world.nifi.of('PUT', /./).length, 1)
  })

  it('takes over a group nobody has marked, in place', async () => {
    const world = await running()
    const [group] = world.nifi.named('heartbeat')
    assert.ok(group)
    group.comments = 'made by hand'
    await world.converge(flow(changed, { adopt: true }))
    assert.equal(world.nifi.root.groups.length, 1)
    const { text, marker } = readComments(group.comments)
    assert.equal(text, 'made by hand')
    assert.equal(marker?.flow, 'heartbeat')
  })
})
