/**
 * A sidecar's loop on a real server behind a proxy that never answers one write.
 */
import assert from 'node:assert/strict'
import { setTimeout as sleep } from 'node:timers/promises'
import { ClientLink } from '../../../reconcilers/elasticsearch/connection/client-link.ts'
import { readConnectionSettings } from '../../../reconcilers/elasticsearch/connection/settings.ts'
import { elasticsearchService } from '../../../reconcilers/elasticsearch/index.ts'
import { Environment } from '../../../src/connect/environment.ts'
import type { Outcome } from '../../../src/line.ts'
import { systemClock } from '../../../src/time/clock.ts'
import { FaultProxy, type FaultServer } from '../../servers/fault-server.ts'
import { hang } from '../../servers/faults.ts'
import { LoopInMemory } from '../stepped.ts'
import { eventually, openScene, sharedNodeOrSkip, variablesFor, type DeclaredFiles, type Scene } from './harness.ts'

/** Of a call that writes: long enough for all others on a busy machine. */
const deadlineMs = 10_000

const pipeline = (field: string) => ({ processors: [{ set: { field, value: 1 } }] })
const numbered = <T>(name: string, item: T): Readonly<Record<string, T>> =>
  Object.fromEntries(Array.from({ length: 25 }, (_, index) => [`${name}${index}`, item]))

const first = {
  'component-templates': numbered('ct', { template: { settings: { number_of_replicas: 0 } } }),
  'ingest-pipelines': numbered('p', pipeline('a')),
  indices: { hung: { settings: { number_of_replicas: 0 } } }
} satisfies DeclaredFiles

describe('a write that Elasticsearch never answers', function () {
  this.timeout(120_000)
  let proxy: FaultServer
  let scene: Scene
  let loop: LoopInMemory

  before(async function () {
    const node = await sharedNodeOrSkip(this)
    proxy = await FaultProxy.start(node.url)
    scene = await openScene(node)
    const variables = { ...variablesFor({ url: proxy.url }), REQUEST_TIMEOUT: '60s' }
    const link = new ClientLink(readConnectionSettings(new Environment(variables)))
    loop = new LoopInMemory(elasticsearchService(link, 'infometis'), systemClock, { cycleTimeoutMs: deadlineMs })
  })

  after(async () => {
    await loop?.stop()
    await proxy?.stop()
  })

  function declare(files: DeclaredFiles): void {
    const texts = Object.entries(scene.filesOf(files)).map(([name, content]): [string, string] => [
      `${name}.json`,
      JSON.stringify(content)
    ])
    loop.write({ ...Object.fromEntries(texts), 'policy.yaml': scene.policyYaml() })
  }

  /** Outcomes of one result, and of all kinds but this one. */
  const others = (result: Outcome['result']) =>
    loop.outcomes.filter((outcome) => outcome.kind !== 'index' && outcome.result === result)
  const hung = (reason: Outcome['reason']) =>
    loop.outcomes.filter((outcome) => outcome.kind === 'index' && outcome.reason === reason)

  /** How often each path was written. */
  const puts = () =>
    Map.groupBy(
      proxy.requests.filter(({ method }) => method === 'PUT'),
      ({ path }) => path
    )
  const putsOfHung = () => puts().get(`/${scene.name('hung')}`)?.length

  it('holds up neither others nor a newer configuration, ends by its own deadline, and is retried alone', async () => {
    proxy.fail({ method: 'PUT', path: `/${scene.name('hung')}` }, hang(), 1)
    declare(first)
    const start = performance.now()
    loop.start()
    await eventually(async () => assert.equal(others('done').length, 50))
    const took = { fifty: Math.round(performance.now() - start), change: 0 }

    await sleep(1_000)
    const changed = performance.now()
    declare({ ...first, 'ingest-pipelines': { ...first['ingest-pipelines'], p0: pipeline('b') } })
    await eventually(async () => assert.equal(others('done').length, 51))
    took.change = Math.round(performance.now() - changed)
    // All of that while the write is out.
    assert.deepEqual([hung('tried'), putsOfHung()], [[], 1], JSON.stringify(took))

    await eventually(async () => assert.equal(hung('tried').length, 1), deadlineMs)
    assert.deepEqual(
      hung('tried').map(({ error }) => error?.code),
      ['TIMEOUT']
    )
    await eventually(async () => assert.equal(loop.reports.at(-1)?.known.status, 'in-sync'))
    assert.deepEqual([putsOfHung(), others('failed')], [2, []])
    const often = [...puts()].flatMap(([path, { length }]) => (length > 1 ? [`${path} ${length}`] : []))
    assert.deepEqual(
      often.toSorted(),
      [`/${scene.name('hung')} 2`, `/_ingest/pipeline/${scene.name('p0')} 2`].toSorted()
    )
  })
})
