/** Answers after which nothing can be known of a real NiFi, and nothing may be written to it. */
import assert from 'node:assert/strict'
import { answer, json, page, type Fault } from '../../servers/faults.ts'
import { answersAstray, assertBlind, writesOf } from './astray.ts'
import { nifiDocuments } from './documents.ts'
import { eventually, Scene, temporaryDirectory } from './harness.ts'
import { told } from './line.ts'
import { pair } from './pair.ts'

const text = (status: number, words: string): Fault => answer(status, words, { 'content-type': 'text/plain' })

describe('a NiFi whose answers go astray', function () {
  this.timeout(180_000)
  const astray = answersAstray()
  const { declare, groups, assertRunning } = astray

  it('is blind, and writes nothing, while NiFi has not loaded its flow', async () => {
    const { proxy, line } = astray
    declare(pair())
    proxy.fail({ path: /^\/nifi-api\// }, text(409, 'The Flow Controller is initializing the Data Flow.'))
    assertBlind(await line.cycle(), 'UNAVAILABLE')
    assert.deepEqual(writesOf(proxy), [])
    proxy.reset()
    assert.equal((await line.apply()).status, 'in-sync')
    await assertRunning()
  })

  it('never takes a parent that may not be read, or is not there, for an empty one', async () => {
    const { outer, proxy, line } = astray
    declare(pair())
    const paths = [
      `/flow/process-groups/${outer.parent}`,
      `/process-groups/${outer.parent}/download`,
      `/flow/process-groups/${outer.parent}/controller-services`
    ]
    for (const path of paths.map((each) => `/nifi-api${each}`)) {
      proxy.fail({ path }, text(403, 'No applicable policies could be found. Contact the system administrator.'))
      assertBlind(await line.cycle(), 'NOT_PERMITTED')
      proxy.fail({ path }, text(404, `Unable to locate group with id '${outer.parent}'.`))
      assertBlind(await line.cycle(), 'VARIABLE_INVALID')
      assert.deepEqual(writesOf(proxy), [])
      proxy.reset()
    }
    assert.equal((await line.cycle()).status === 'blind', false)
  })

  it('tells pages and texts of whoever is in between from what NiFi says', async () => {
    const { proxy, scene, line } = astray
    declare(pair())
    for (const [fault, code] of [
      [page(502, 'Bad Gateway'), 'UNAVAILABLE'],
      [page(200, 'Please log in'), 'UNAVAILABLE'],
      [page(404, 'Not Found'), 'UNAVAILABLE'],
      [page(403, 'Forbidden'), 'NOT_PERMITTED'],
      [answer(503, 'no healthy upstream', { 'content-type': 'text/plain' }), 'UNAVAILABLE']
    ] as const) {
      proxy.fail({ path: /\/flow\/process-groups\// }, fault)
      assertBlind(await line.cycle(), code)
      assert.deepEqual(writesOf(proxy), [])
      proxy.reset()
    }
    proxy.fail({ method: 'POST', path: /\/import$/ }, page(502, 'Bad Gateway'), 1)
    assert.match(told(await line.cycle(), scene.name('flow')).join(), /^create failed UNAVAILABLE: [^<]*Bad Gateway/)
    assert.deepEqual(await groups(), [])
  })

  it('writes nothing while a node of the cluster is not connected', async () => {
    const { outer, proxy, scene, line } = astray
    const declared = {
      'parameter-contexts': { [scene.name('context')]: { parameters: { size: '1KB' } } },
      flows: { [scene.name('flow')]: pair() }
    }
    line.declare(declared)
    proxy.fail(
      { path: '/nifi-api/flow/cluster/summary' },
      json(200, {
        clusterSummary: { clustered: true, connectedToCluster: true, connectedNodeCount: 2, totalNodeCount: 3 }
      })
    )
    const report = await line.cycle()
    for (const short of ['context', 'flow'])
      assert.match(told(report, scene.name(short)).join(), /failed UNAVAILABLE: only 2 of 3 nodes/)
    assert.deepEqual(writesOf(proxy), [])
    assert.deepEqual(await groups(), [])
    proxy.reset()
    assert.equal((await line.apply()).status, 'in-sync')
    await outer.hand.clear(outer.parent)
    await outer.hand.clearContexts(scene.prefix)
  })

  it('is blind by its own deadline while NiFi is paused, and makes nothing', async () => {
    const { node, outer } = astray
    const paused = new Scene(await temporaryDirectory(), node, outer.parent)
    await paused.declare({ flows: { flow: pair() } })
    await node.pause()
    try {
      const { code, stdout } = await paused.run('apply', ['--timeout', '3s'])
      assert.equal(code, 2, stdout)
      assert.equal(nifiDocuments.readFailure(stdout).error.code, 'TIMEOUT')
    } finally {
      node.resume()
    }
    assert.deepEqual(await eventually(groups), [])
  })
})
