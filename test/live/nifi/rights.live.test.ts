import assert from 'node:assert/strict'
import { Guest, plain, type Wish } from './guest.ts'
import { eventually, nodeOrSkip, type NifiNode } from './harness.ts'
import { missingRights } from './missing-rights.ts'
import type { Right } from './policies.ts'

const drift: Wish = { every: '2 hours', host: '127.0.0.1', threads: 12 }

describe('the rights of a reconciler of NiFi 2.3.0, over mutual TLS', function () {
  this.timeout(120_000)
  let node: NifiNode | undefined
  let guest: Guest

  before(async function () {
    node = await nodeOrSkip(this, { security: 'managed' })
    guest = await Guest.open(node)
  })

  after(() => node?.stop())

  it('are missing: nothing is seen, and nothing taken for absent', async () => {
    await guest.assertBlind(
      guest.files(drift),
      /Unable to view (?:the user interface|Process Group with ID).*: grant "view the /
    )
  })

  it('as documented are enough to make everything, and to find it in sync', async () => {
    await guest.policies.grant(...guest.documented)
    await guest.settle()
    const orders = await guest.group('orders')
    await eventually(async () =>
      assert.deepEqual(await guest.admin.group(orders).then((group) => [group?.running, group?.invalid]), [4, 0])
    )
    assert.deepEqual(
      (await guest.admin.services(orders)).map(({ state }) => state),
      ['ENABLED']
    )
    assert.equal(await guest.admin.threads(), 11)
  })

  it('as documented are enough to change it in place', async () => {
    const before = await Promise.all(['orders', 'plain'].map((name) => guest.group(name)))
    await guest.settle(guest.files(drift))
    await guest.settle()
    assert.deepEqual(await Promise.all(['orders', 'plain'].map((name) => guest.group(name))), before)
  })

  it('as documented are enough to repair what a person did', async () => {
    const [orders, group] = [await guest.group('orders'), await guest.group('plain')]
    const context = await guest.admin.context(guest.scene.name('ctx'))
    const before = await guest.picture()
    await guest.admin.setService((await guest.admin.services(orders))[0]?.id ?? '', 'DISABLED')
    await guest.admin.setState(group, 'STOPPED')
    await guest.admin.configure((await guest.admin.processor(group, 'gen')).id, { schedulingPeriod: '7 hours' })
    await guest.admin.rename(group, 'renamed')
    await guest.admin.setParameters(context?.id ?? '', { host: 'elsewhere' })
    await guest.admin.setThreads(13)
    await guest.settle()
    assert.equal((await guest.admin.processor(group, 'gen')).every, '1 hour')
    assert.deepEqual(await guest.picture(), before)
  })

  for (const { right, said, done } of missingRights) {
    it(`without "${right}" say so of what needs it, and do not keep the others`, async () => {
      await guest.without([right], async () => {
        const { report } = await guest.cycle(guest.files(drift))
        for (const [name, words] of Object.entries(said)) assert.match(guest.said(report, name), words)
        for (const name of done) assert.equal(guest.said(report, name), 'update done')
      })
      await guest.settle()
    })
  }

  it('without that to view the user interface or the parent leave the cycle blind', async () => {
    await guest.without(['read /flow'], () =>
      guest.assertBlind(
        guest.files(drift),
        /Unable to view the user interface.*: grant "view the user interface" \(read \/flow\)$/
      )
    )
    await guest.without([`read /process-groups/${guest.parent}`], () =>
      guest.assertBlind(
        guest.files(drift),
        /(?:Unable|may not) (?:to )?view (?:the )?process group .*: grant "view the component" on it \(read \/process-groups\//i
      )
    )
  })

  it('without that to modify the parent make no group, and touch none', async () => {
    const before = await guest.picture()
    await guest.without([`write /process-groups/${guest.parent}`], async () => {
      const { report } = await guest.cycle({ ...guest.files({ ...drift, threads: 11, more: { extra: plain() } }) })
      const words =
        /^hold held .*(?:may not be modified|may be made here): grant "modify the component" on it \(write \/process-groups\//
      for (const name of ['plain', 'extra']) assert.match(guest.said(report, name), words)
      assert.match(
        guest.said(report, 'ctx'),
        /NOT_PERMITTED: Unable to modify (?:Controller Service|Processor) with ID .*: grant "modify the component" on the process group around it/
      )
    })
    assert.deepEqual(await guest.picture(), before)
  })

  it('without that to modify one group repair its neighbours', async () => {
    const group = await guest.group('plain')
    await guest.without([`write /process-groups/${group}`], async () => {
      const { report } = await guest.cycle(guest.files(drift))
      assert.match(
        guest.said(report, 'plain'),
        /^hold held the process group .* may not be modified: grant "modify the component"/
      )
      assert.deepEqual(
        ['ctx', 'settings'].map((name) => guest.said(report, name)),
        ['update done', 'update done']
      )
    })
    await guest.settle()
  })

  it('without that to view the contexts hold the flows that use one, and keep the others', async () => {
    await guest.without(['read /parameter-contexts'], async () => {
      const { report } = await guest.cycle(guest.files({ every: '2 hours' }))
      assert.match(
        guest.said(report, 'orders'),
        /^hold held not permitted: Unable to view Parameter Context with ID .*: grant "access parameter contexts", view \(read \/parameter-contexts\)/
      )
      assert.equal(guest.said(report, 'plain'), 'update done')
    })
    await guest.settle()
  })

  it('to view must hold for everything in a flow: one part that may not be viewed hides that flow, and no other', async () => {
    const [orders, group] = [await guest.group('orders'), await guest.group('plain')]
    const [store] = await guest.admin.groups(orders)
    const [service] = await guest.admin.services(orders)
    const hidden: readonly (readonly [Right, string, string])[] = [
      [`read /process-groups/${group}`, 'plain', 'orders'],
      [`read /process-groups/${store?.id}`, 'orders', 'plain'],
      [`read /processors/${(await guest.admin.processor(group, 'gen')).id}`, 'plain', 'orders'],
      [`read /controller-services/${service?.id}`, 'orders', 'plain']
    ]
    for (const [right, lost, kept] of hidden) {
      await guest.without([right], async () => {
        const { report, writes } = await guest.cycle(guest.files())
        assert.match(
          guest.said(report, lost),
          /^hold held (?:not permitted: Unable to view (?:Process Group|Processor|Controller Service) with ID .*: grant "view the component" on |.*may be this flow; grant)/
        )
        assert.deepEqual([guest.said(report, kept), writes], ['', []])
      })
    }
    await guest.settle()
  })

  it('to view groups of somebody else in the parent are not needed', async () => {
    const empty = await guest.admin.createGroup(guest.parent, 'of somebody else')
    await guest.without([`read /process-groups/${empty}`], () => guest.settle())
    await guest.admin.remove(empty)
  })

  it('to operate are enough to start what a person stopped', async () => {
    const group = await guest.group('plain')
    await guest.policies.grant(`write /operation/process-groups/${group}`)
    await guest.without([`write /process-groups/${group}`], async () => {
      await guest.admin.setState(group, 'STOPPED')
      await guest.settle()
    })
    await guest.policies.forget(`write /operation/process-groups/${group}`)
  })

  it('to neither modify nor operate are told of a flow that is to run, which NiFi would leave as it is', async () => {
    const group = await guest.group('plain')
    await guest.without([`write /process-groups/${group}`], async () => {
      await guest.admin.setState(group, 'STOPPED')
      const { report, writes } = await guest.cycle(guest.files())
      assert.match(
        guest.said(report, 'plain'),
        /^update failed.* NOT_PERMITTED: processors\.gen may not be started or stopped: grant "operate the component", or /
      )
      assert.deepEqual(writes, [])
    })
    await guest.settle()
  })

  it('to neither modify nor operate are told of a service that was disabled', async () => {
    const orders = await guest.group('orders')
    await guest.without([`write /process-groups/${orders}`], async () => {
      await guest.admin.setService((await guest.admin.services(orders))[0]?.id ?? '', 'DISABLED')
      const { report } = await guest.cycle(guest.files())
      assert.match(
        guest.said(report, 'orders'),
        /^update failed.* NOT_PERMITTED: No applicable policies could be found.*: grant "modify the component", or "operate the component"/
      )
    })
    await guest.settle()
  })

  it('to a context that is declared and may not be read: no twin of it is made, and no flow is made without it', async () => {
    const context = await guest.admin.createContext(guest.scene.name('hidden'), { a: 'b' })
    await guest.without([`read /parameter-contexts/${context}`], async () => {
      const flows = guest.files({ more: { new: plain('1 hour', { parameterContext: guest.scene.name('hidden') }) } })
      const held = await guest.cycle(flows)
      assert.match(guest.said(held.report, 'new'), /^hold held .*neither declared nor to be seen on the server/)
      assert.deepEqual(held.writes, [])
      const declared = guest.scene.named({
        ctx: { parameters: { host: 'localhost' } },
        hidden: { parameters: { a: 'c' } }
      })
      const { report } = await guest.cycle({ ...guest.files(), 'parameter-contexts': declared })
      assert.match(
        guest.said(report, 'hidden'),
        /^create failed.* CONFLICT: Cannot create Parameter Context with name .* already exists/
      )
    })
    assert.deepEqual(
      (await guest.admin.contexts()).filter(({ name }) => name === guest.scene.name('hidden')).map(({ id }) => id),
      [context]
    )
    await guest.admin.deleteContext(context)
  })

  it('to modify a context are needed to bind a flow to it', async () => {
    await guest.forget('bound')
    const bound = guest.files({ more: { bound: plain('1 hour', { parameterContext: guest.scene.name('ctx') }) } })
    await guest.without(['write /parameter-contexts'], async () => {
      const { report } = await guest.cycle(bound)
      assert.match(
        guest.said(report, 'bound'),
        /^hold held the parameter context .* may not be modified, .*: grant "access parameter contexts", modify/
      )
    })
    assert.equal((await guest.admin.groups(guest.parent)).length, 2)
    const context = await guest.admin.context(guest.scene.name('ctx'))
    await guest.policies.grant(`read /parameter-contexts/${context?.id}`, `write /parameter-contexts/${context?.id}`)
    await guest.without(['read /parameter-contexts', 'write /parameter-contexts'], () => guest.settle(bound))
    await guest.policies.forget(`read /parameter-contexts/${context?.id}`, `write /parameter-contexts/${context?.id}`)
  })

  it('to restricted components are asked for by name, and nothing is left behind without them', async () => {
    await guest.forget('command')
    await guest.policies.withhold('write /restricted-components')
    const runs = {
      type: 'ExecuteStreamCommand',
      properties: { 'Command Path': '/bin/true' },
      terminate: ['original', 'output stream', 'nonzero status']
    }
    const files = guest.files({
      more: {
        command: {
          processors: { gen: { type: 'GenerateFlowFile', every: '1 hour' }, runs },
          connections: ['gen:success -> runs']
        }
      }
    })
    const { report } = await guest.cycle(files)
    assert.match(
      guest.said(report, 'command'),
      /NOT_PERMITTED: Unable to modify Components requiring additional permission: execute code.*: grant "access restricted components" \(write \/restricted-components\)$/
    )
    assert.ok((await guest.admin.groups(guest.parent)).every(({ name }) => !name.includes('command')))
    await guest.policies.grant('write /restricted-components')
    await guest.settle(files)
  })

  it('to the data, and to what comes after, are needed to drop what is queued in a connection that is removed', async () => {
    const queue = {
      processors: {
        gen: { type: 'GenerateFlowFile', every: '1 hour' },
        log: { type: 'LogAttribute', terminate: 'success', disabled: true }
      },
      connections: ['gen:success -> log']
    }
    await guest.settle(guest.files({ more: { queue } }))
    const group = await guest.group('queue')
    await eventually(async () => assert.equal((await guest.admin.group(group))?.queued, 1))
    const files = guest.files({ more: { queue: plain('1 hour', { onRemovedQueues: 'drop' }) } })
    await guest.policies.grant(`write /data/process-groups/${guest.parent}`)
    await guest.without([`write /process-groups/${group}`], async () => {
      const { report, writes } = await guest.cycle(files)
      assert.match(
        guest.said(report, 'queue'),
        /^hold held the process group .* may not be modified: grant "modify the component" on it/
      )
      assert.deepEqual([writes, (await guest.admin.group(group))?.queued], [[], 1])
    })
    await guest.policies.forget(`write /data/process-groups/${guest.parent}`)
    const { report } = await guest.cycle(files)
    assert.match(
      guest.said(report, 'queue'),
      /NOT_PERMITTED: Unable to modify the data for Processor with ID .*: grant "modify the data" on the process group around it/
    )
    assert.ok(((await guest.admin.group(group))?.queued ?? 0) > 0)
    await guest.policies.grant(`write /data/process-groups/${guest.parent}`)
    await guest.settle(files)
  })
})
