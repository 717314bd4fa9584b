/**
 * The calls to the API of Kubernetes, over HTTP. The same calls run on a real API server in test/e2e; what a server
 * cannot be made to answer there is ordered here.
 */
import assert from 'node:assert/strict'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { BookedEvent } from '../../src/kubernetes/event-book.ts'
import { KubernetesConfigMaps } from '../../src/kubernetes/kubernetes-config-maps.ts'
import { KubernetesEvents } from '../../src/kubernetes/kubernetes-events.ts'
import { KubernetesLeases } from '../../src/kubernetes/kubernetes-leases.ts'
import { KubernetesReports } from '../../src/kubernetes/kubernetes-reports.ts'
import { openKubernetes, type Kubernetes } from '../../src/kubernetes/kubernetes.ts'
import { runKubernetesElection } from '../../src/kubernetes/kubernetes-election.ts'
import { namespaceOfPod } from '../../src/kubernetes/namespace.ts'
import { openConfigMaps } from '../../src/kubernetes/open-config-maps.ts'
import { openReporting } from '../../src/kubernetes/open-reporting.ts'
import type { CycleReport } from '../../src/line.ts'
import type { ErrorCode } from '../../src/errors.ts'
import type { LeadershipEvent } from '../../src/report/observer.ts'
import { silentObserver } from '../../src/report/observer.ts'
import { countVerbs } from '../../src/report/cycle-report.ts'
import { systemClock } from '../../src/time/clock.ts'
import { page, hang, json, reset } from '../servers/faults.ts'
import { ApiServer } from './api-server.ts'
import { leasesContract } from './leases-contract.ts'

const { signal } = new AbortController()

describe('over the API of Kubernetes', () => {
  let server: ApiServer
  let kubernetes: Kubernetes

  before(async function () {
    this.timeout(20_000)
    server = await ApiServer.start()
    kubernetes = await server.within(openKubernetes)
  })

  after(() => server.stop())

  afterEach(() => server.http.reset())

  /** How each call fails, by what the server does. */
  const failures: readonly (readonly [
    what: string,
    fault: Parameters<ApiServer['http']['fail']>[1],
    code: ErrorCode,
    message: RegExp
  ])[] = [
    ['a right is missing', json(403, { message: 'forbidden: no' }), 'NOT_PERMITTED', /^Kubernetes: forbidden: no/],
    [
      'the token is not known',
      json(401, { message: 'Unauthorized' }),
      'AUTHENTICATION',
      /^Kubernetes: HTTP 401 without a reason/
    ],
    [
      'the object has changed',
      json(409, { message: 'has been modified' }),
      'CONFLICT',
      /^Kubernetes: has been modified/
    ],
    ['it is too large', json(413, { message: 'too large' }), 'REJECTED', /too large/],
    ['it is refused', json(422, { message: 'Invalid value' }), 'REJECTED', /Invalid value/],
    ['there are too many calls', json(429, { message: 'slow down' }), 'UNAVAILABLE', /slow down/],
    ['the server is in trouble', json(500, { message: 'etcd: no leader' }), 'UNAVAILABLE', /etcd: no leader/],
    ['a proxy answers', page(502, 'Bad Gateway'), 'UNAVAILABLE', /^Kubernetes: HTTP 502 without a reason/],
    ['the connection breaks', reset(), 'UNREACHABLE', /^http:\/\/127\.0\.0\.1:\d+: /]
  ]

  const calls: Readonly<Record<string, () => Promise<unknown>>> = {
    'reads a lease': () => new KubernetesLeases(kubernetes, { namespace: server.namespace, name: 'l' }).read(signal),
    'creates a lease': () =>
      new KubernetesLeases(kubernetes, { namespace: server.namespace, name: 'l' }).create(
        { holder: 'a', transitions: 0, durationMs: 1, acquiredAt: 0, renewedAt: 0 },
        signal
      ),
    'replaces a lease': () =>
      new KubernetesLeases(kubernetes, { namespace: server.namespace, name: 'l' }).replace(
        { holder: '', version: 'u 1', transitions: 0, durationMs: undefined },
        { holder: 'a', transitions: 0, durationMs: 1, acquiredAt: 0, renewedAt: 0 },
        signal
      ),
    'reads a ConfigMap': () => new KubernetesConfigMaps(kubernetes, server.namespace).read('m', signal),
    'reads a reported ConfigMap': () => new KubernetesReports(kubernetes, server.namespace).read('m', signal),
    'annotates a ConfigMap': () =>
      new KubernetesReports(kubernetes, server.namespace).annotate(
        'm',
        { version: '1', content: {}, annotations: {}, ownAt: 0, othersAt: 0 },
        {},
        signal
      ),
    'creates an event': () => events().create(eventOf(1), signal),
    'counts an event': () => events().recount(eventOf(2), signal)
  }

  for (const [what, fault, code, message] of failures) {
    it(`a call that fails because ${what} is ${code}, in the words of the server where it has some`, async () => {
      for (const [name, call] of Object.entries(calls)) {
        server.http.fail({}, fault, 1)
        await assert.rejects(call(), (error: { readonly code: unknown; readonly message: string }) => {
          assert.deepEqual([error.code, message.test(error.message)], [code, true], `${name}: ${error.message}`)
          return true
        })
      }
    })
  }

  it('a call that is not answered ends with its signal', async () => {
    for (const [name, call] of Object.entries({
      lease: (until: AbortSignal) =>
        new KubernetesLeases(kubernetes, {
          namespace: server.namespace,
          name: 'l'
        }).read(until),
      map: (until: AbortSignal) => new KubernetesConfigMaps(kubernetes, server.namespace).read('m', until),
      event: (until: AbortSignal) => events().recount(eventOf(2), until)
    })) {
      server.http.fail({}, hang(), 1)
      await assert.rejects(call(AbortSignal.timeout(50)), { code: 'TIMEOUT' }, name)
    }
  })

  function events(): KubernetesEvents {
    return new KubernetesEvents(kubernetes, {
      regarding: { apiVersion: 'v1', kind: 'Pod', name: 'pod', namespace: server.namespace },
      instance: 'host'
    })
  }

  function eventOf(count: number): BookedEvent {
    return {
      name: 'e',
      type: 'Normal',
      reason: 'Created',
      action: 'Create',
      note: 'made',
      count,
      firstAt: 1_700_000_000_000,
      lastAt: 1_700_000_001_500
    }
  }

  describe('a lease', () => {
    let leases = 0
    leasesContract(async () => {
      const name = `lease-${(leases += 1)}`
      const adapter = new KubernetesLeases(kubernetes, { namespace: server.namespace, name })
      return { leases: adapter, remove: () => Promise.resolve(server.delete('leases', name)) }
    })

    it('is written with times in microseconds and a duration in whole seconds', async () => {
      const adapter = new KubernetesLeases(kubernetes, { namespace: server.namespace, name: 'times' })
      await adapter.create(
        { holder: 'a', transitions: 3, durationMs: 3_500, acquiredAt: 1_700_000_000_000, renewedAt: 1_700_000_000_250 },
        signal
      )
      const stored = server.all('leases').find(({ metadata }) => metadata.name === 'times')
      assert.deepEqual(stored?.['spec'], {
        holderIdentity: 'a',
        leaseTransitions: 3,
        leaseDurationSeconds: 4,
        acquireTime: '2023-11-14T22:13:20.000000Z',
        renewTime: '2023-11-14T22:13:20.250000Z'
      })
    })

    it('in a namespace that does not exist names the variable', async () => {
      const adapter = new KubernetesLeases(kubernetes, { namespace: 'nowhere', name: 'l' })
      assert.equal(await adapter.read(signal), undefined)
      await assert.rejects(
        adapter.create({ holder: '', transitions: 0, durationMs: 1, acquiredAt: 0, renewedAt: 0 }, signal),
        { code: 'VARIABLE_INVALID', message: /POD_NAMESPACE/ }
      )
    })

    it('that may not be used names the rights and what else is needed', async () => {
      const adapter = new KubernetesLeases(kubernetes, { namespace: server.namespace, name: 'l' })
      server.http.fail({}, json(403, { message: 'no' }), 1)
      await assert.rejects(adapter.read(signal), { message: /get, update and create of leases are needed/ })
      server.http.fail({}, json(401, { message: 'no' }), 1)
      await assert.rejects(adapter.read(signal), { message: /automountServiceAccountToken/ })
    })

    it('without a version is no lease', async () => {
      server.http.fail({}, json(200, { kind: 'Lease', apiVersion: 'coordination.k8s.io/v1', metadata: {} }), 1)
      await assert.rejects(new KubernetesLeases(kubernetes, { namespace: server.namespace, name: 'l' }).read(signal), {
        code: 'UNAVAILABLE'
      })
    })
  })

  describe('one of several replicas', () => {
    const standing = (
      identity: string,
      seen: string[],
      stopping: AbortSignal,
      namespace: string | undefined = server.namespace
    ): Promise<void> =>
      server.within(() =>
        runKubernetesElection(
          {
            lease: 'leader',
            namespace,
            observer: {
              ...silentObserver,
              leadership: (event: LeadershipEvent) =>
                void (event.event === 'tried' || seen.push(`${identity} ${event.event}`))
            },
            lead: async ({ stopping: ending }) => {
              if (!ending.aborted)
                await new Promise((resolve) => ending.addEventListener('abort', resolve, { once: true }))
            }
          },
          stopping
        )
      )

    it('leads, and another one after it has let go', async () => {
      server.applyConfigMap('unused', {})
      const seen: string[] = []
      const [a, b] = [new AbortController(), new AbortController()]
      const until = async (line: string): Promise<void> => {
        for (const end = Date.now() + 8_000; !seen.includes(line);) {
          assert.ok(Date.now() < end, `not seen: ${line}; ${seen.join(', ')}`)
          await new Promise((resolve) => setTimeout(resolve, 5))
        }
      }
      // A free lease, so that nobody has to wait for one that may have been deleted from under somebody who leads.
      const adapter = new KubernetesLeases(kubernetes, { namespace: server.namespace, name: 'leader' })
      await adapter.create({ holder: '', transitions: 0, durationMs: undefined, acquiredAt: 0, renewedAt: 0 }, signal)
      const first = standing('a', seen, a.signal)
      await until('a leading')
      const second = standing('b', seen, b.signal)
      await until('b following')
      a.abort()
      await first
      await until('b leading')
      b.abort()
      await second
      const spec = server.all('leases').find(({ metadata }) => metadata.name === 'leader')?.['spec']
      assert.deepEqual(Object.keys(Object(spec)).includes('leaseDurationSeconds'), false)
    }).timeout(20_000)

    it('outside of a pod needs POD_NAMESPACE', async () => {
      await assert.rejects(
        runKubernetesElection(
          { lease: 'leader', namespace: undefined, observer: silentObserver, lead: () => Promise.resolve() },
          AbortSignal.abort()
        ),
        { code: 'VARIABLE_INVALID', message: /^POD_NAMESPACE: expected the namespace of the Lease/ }
      )
    })
  })

  describe('a ConfigMap', () => {
    it('that is not there is none', async () => {
      assert.equal(await new KubernetesConfigMaps(kubernetes, server.namespace).read('nothing', signal), undefined)
      assert.equal(await new KubernetesReports(kubernetes, server.namespace).read('nothing', signal), undefined)
    })

    it('is a source of configuration, in the order of the volume', async () => {
      server.applyConfigMap('first', { 'a.json': '1', 'b.json': '1' })
      server.applyConfigMap('second', { 'b.json': '2' })
      const references = [
        { name: 'first', optional: false },
        { name: 'second', optional: true },
        { name: 'third', optional: true }
      ]
      const { source, namespace } = await server.within(() => openConfigMaps(references, server.namespace, systemClock))
      const { files } = await source.read()
      assert.deepEqual(
        [namespace, ...[...files].map(([name, content]) => `${name} ${Buffer.from(content).toString()}`)],
        [server.namespace, 'a.json 1', 'b.json 2']
      )
    })

    it('shows who wrote it last, and stores the report as annotations', async () => {
      const reports = new KubernetesReports(kubernetes, server.namespace)
      const applied = new Date('2026-01-02T03:04:05Z')
      server.applyConfigMap('reported', { 'a.json': '1' }, applied)
      const seen = (await reports.read('reported', signal)) ?? assert.fail('no ConfigMap')
      assert.deepEqual(
        [seen.content.data, seen.annotations, seen.ownAt, seen.othersAt],
        [{ 'a.json': '1' }, {}, 0, applied.getTime()]
      )
      const written = await reports.annotate('reported', seen, { 'infometis.io/status': 'converged' }, signal)
      assert.deepEqual(
        [written.annotations, written.othersAt, written.ownAt > applied.getTime()],
        [{ 'infometis.io/status': 'converged' }, applied.getTime(), true]
      )
      await assert.rejects(reports.annotate('reported', seen, {}, signal), { code: 'CONFLICT' })
      const { headers, query } = server.http.requests.findLast(({ method }) => method === 'PATCH') ?? assert.fail()
      assert.match(`${headers['content-type']} ${query}`, /^application\/merge-patch\+json.*fieldManager=infometis/)
    })

    it('without a version is none', async () => {
      server.http.fail({}, json(200, { kind: 'ConfigMap', apiVersion: 'v1', metadata: {} }), 1)
      await assert.rejects(new KubernetesReports(kubernetes, server.namespace).read('m', signal), {
        code: 'UNAVAILABLE'
      })
    })
  })

  describe('an event', () => {
    it('is about the pod, and is a series from its second time on', async () => {
      await events().create({ ...eventOf(1), name: 'once' }, signal)
      await events().create({ ...eventOf(3), name: 'often' }, signal)
      await events().recount({ ...eventOf(7), name: 'once' }, signal)
      const [once, often] = ['once', 'often'].map((name) =>
        server.all('events').find(({ metadata }) => metadata.name === name)
      )
      assert.deepEqual(often?.['series'], { count: 3, lastObservedTime: '2023-11-14T22:13:21.500000Z' })
      assert.deepEqual(once?.['series'], { count: 7, lastObservedTime: '2023-11-14T22:13:21.500000Z' })
      const { eventTime, regarding, reportingController, reportingInstance, note } = Object(once)
      assert.deepEqual(
        { eventTime, regarding, reportingController, reportingInstance, note },
        {
          eventTime: '2023-11-14T22:13:20.000000Z',
          regarding: { apiVersion: 'v1', kind: 'Pod', name: 'pod', namespace: server.namespace },
          reportingController: 'infometis.io/reconciler',
          reportingInstance: 'host',
          note: 'made'
        }
      )
    })

    it('of a name that is taken, or that is gone, is a conflict', async () => {
      await events().create({ ...eventOf(1), name: 'twice' }, signal)
      await assert.rejects(events().create({ ...eventOf(1), name: 'twice' }, signal), { code: 'CONFLICT' })
      await assert.rejects(events().recount({ ...eventOf(2), name: 'gone' }, signal), { code: 'CONFLICT' })
    })
  })

  describe('what happens', () => {
    const report: CycleReport = {
      runId: 'r',
      service: 'shop',
      target: '',
      scope: 'all',
      startedAt: 0,
      durationMs: 1,
      status: 'blind',
      configDigest: '',
      counts: {
        create: 0,
        update: 0,
        keep: 0,
        orphan: 0,
        hold: 0,
        invalid: 0
      },
      outcomes: [],
      undeclared: [],
      warnings: [],
      error: {
        code: 'UNREACHABLE',
        message: 'no shop',
        hint: ''
      },
      problems: [],
      known: { outcomes: [], counts: countVerbs([]), status: 'blind' }
    }

    it('is written as Events and as a report, as configured', async () => {
      server.applyConfigMap('boxes', {})
      const ask = {
        namespace: server.namespace,
        eventsAbout: { kind: 'Pod', name: 'teller', uid: 'u' },
        reportOn: ['boxes']
      } as const
      const reporting = await server.within(() => openReporting(ask, systemClock, () => undefined))
      reporting.observer.cycleFinished(report)
      reporting.observer.leadership({ event: 'leading' })
      await reporting.close()
      const seen = server.all('events').filter(({ metadata }) => metadata.name.startsWith('teller.'))
      assert.deepEqual(
        seen.map(({ reason, regarding }) => [reason, Object(regarding).uid]),
        [
          ['CycleFailed', 'u'],
          ['LeaderElected', 'u']
        ]
      )
    })

    it('is written nowhere when nothing is configured', async () => {
      const reporting = await server.within(() =>
        openReporting(
          { namespace: server.namespace, eventsAbout: undefined, reportOn: [] },
          systemClock,
          () => undefined
        )
      )
      reporting.observer.cycleFinished(report)
      await reporting.close()
      assert.deepEqual(server.http.requests, [])
    })
  })
})

describe('the cluster a process runs in', () => {
  let home = ''
  let before: string | undefined

  beforeEach(async () => {
    home = await mkdtemp(join(tmpdir(), 'infometis-kubeconfig-'))
    before = process.env['KUBECONFIG']
    process.env['KUBECONFIG'] = join(home, 'kubeconfig')
  })

  afterEach(async () => {
    if (before === undefined) delete process.env['KUBECONFIG']
    else process.env['KUBECONFIG'] = before
    await rm(home, { recursive: true, force: true })
  })

  it('is refused where the file does not name one', async () => {
    await assert.rejects(openKubernetes(), {
      code: 'VARIABLE_INVALID',
      message: /^KUBECONFIG: expected a file that says how to reach the cluster/
    })
    await writeFile(
      join(home, 'kubeconfig'),
      JSON.stringify({
        apiVersion: 'v1',
        kind: 'Config',
        clusters: [],
        contexts: [],
        users: [],
        'current-context': 'gone'
      })
    )
    await assert.rejects(openKubernetes(), {
      code: 'VARIABLE_INVALID',
      message: /^KUBECONFIG: expected a cluster, found none/
    })
  })

  it('mounts the namespace of the pod, which is asked for where it is not', async () => {
    await writeFile(join(home, 'namespace'), 'infometis-prod\n')
    assert.equal(await namespaceOfPod('the Lease', join(home, 'namespace')), 'infometis-prod')
    await assert.rejects(namespaceOfPod('the events', join(home, 'gone')), {
      message: /^POD_NAMESPACE: expected the namespace of the events, since no account of a pod is mounted/
    })
  })
})
