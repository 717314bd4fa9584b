import assert from 'node:assert/strict'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { gunzipSync } from 'node:zlib'
import { FaultProxy } from '../../servers/fault-server.ts'
import { hold } from '../../servers/faults.ts'
import { MortalSidecar, type Death } from '../mortal.ts'
import { rounds } from '../../rounds.ts'
import {
  eventually,
  nifiVersions,
  openScene,
  serverOrSkip,
  sharedNodeOrSkip,
  variablesFor,
  type Access,
  type LiveGroup,
  type NifiNode,
  type NifiVersion,
  type Scene
} from './harness.ts'

/** 1.18.0 has no services here. */
const services = (version: NifiVersion): object =>
  version === '2.3.0'
    ? { services: { cache: { type: 'MapCacheClientService', properties: { 'Server Hostname': '127.0.0.1' } } } }
    : {}

interface Variant {
  readonly state?: string
  readonly text?: string
  readonly comments?: string
  readonly withMark?: boolean
}

/** `Custom Text` is called another way inside, which only a live processor can tell: it takes an import and a replacement. */
const flowOf = (
  version: NifiVersion,
  { state = 'RUNNING', text = 'one', comments = '', withMark = false }: Variant
): object => ({
  ...services(version),
  state,
  comments,
  processors: {
    gen: { type: 'GenerateFlowFile', every: '1 sec', properties: { 'Custom Text': text } },
    ...(withMark && { mark: { type: 'LogMessage' } }),
    log: { type: 'LogAttribute', terminate: ['success'] }
  },
  connections: withMark ? ['gen:success -> mark', 'mark:success -> log'] : ['gen:success -> log']
})

/** The write as it was done to any component. */
function shown([moment, write]: Death): string {
  return `${moment} ${write.replace('/nifi-api', '').replaceAll(/[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12}/g, ':id')}`
}

const [imported, replaced, dressed] = [
  'POST /process-groups/:id/process-groups/import',
  'POST /process-groups/:id/replace-requests',
  'PUT /process-groups/:id'
]
const [enabled, started, takenAway] = [
  'PUT /controller-services/:id/run-status',
  'PUT /flow/process-groups/:id',
  'DELETE /process-groups/replace-requests/:id'
]

for (const version of nifiVersions) {
  describe(`a sidecar of NiFi ${version} that is killed with kill -9`, function () {
    this.timeout(600_000)
    // Before one write is after the one before it, and a life takes seconds: both are tried on one version.
    const moments = version === '2.3.0' ? ['after', 'before'].slice(0, rounds(1, 2)) : ['after']
    let server: Access
    let scene: Scene

    before(async function () {
      server = await serverOrSkip(this, version)
      scene = await openScene(server)
    })

    const declare = (variant: Variant): Promise<void> =>
      scene.declare({ flows: { mortal: JSON.parse(JSON.stringify(flowOf(version, variant))) } })

    /** Whether it runs as declared and is remembered so; throws as soon as there are two. */
    const isDone = async (processors: number, comments: string): Promise<boolean> => {
      const groups = await scene.hand.groups(scene.parent)
      assert.ok(groups.length < 2, `twins: ${groups.map(({ name }) => name).join(', ')}`)
      const [group] = groups
      if (group === undefined || group.name !== scene.name('mortal') || group.running !== processors) return false
      if (
        !group.comments.startsWith(`${comments}[`) ||
        !/ live=/.test(group.comments) ||
        / stopped=/.test(group.comments)
      )
        return false
      return (await scene.hand.services(group.id)).every(({ state }) => state === 'ENABLED')
    }

    /** Lives until all is done, dying each of these deaths once. Those it has died. */
    const dieAt = async (planned: readonly string[], done: () => Promise<boolean>): Promise<readonly string[]> => {
      const env = (url: string) => ({ ...variablesFor({ ...server, url }), NIFI_PARENT_GROUP: scene.parent })
      const sidecar = await MortalSidecar.behind({
        service: 'nifi',
        url: server.url,
        dir: scene.dir,
        env,
        isWrite: ({ method }) => method !== 'GET'
      })
      const deaths: string[] = []
      try {
        for (;;) {
          const end = await sidecar.live(
            (...death) => planned.includes(shown(death)) && !deaths.includes(shown(death)),
            done
          )
          if (end === undefined) return deaths.toSorted()
          deaths.push(shown(end))
        }
      } finally {
        await sidecar.stop()
      }
    }

    const everyDeath = (writes: readonly string[]): readonly string[] =>
      moments.flatMap((moment) => writes.map((write) => `${moment} ${write}`)).toSorted()

    const assertInSync = async (): Promise<void> => {
      const { code, document } = await scene.diff()
      assert.equal(code, 0, JSON.stringify(document))
    }

    /** Applied without a death, where an earlier test has not left it so. */
    const given = async (variant: Variant): Promise<void> => {
      await declare(variant)
      await eventually(async () => assert.equal((await scene.apply()).code, 0))
    }

    const second = { text: 'two', comments: 'the second', withMark: true }
    const third = { text: 'three', comments: 'the third', withMark: true }

    it('finishes what was being created, whichever write was the last, and makes no twin', async () => {
      await scene.hand.clear(scene.parent)
      await declare({})
      const writes = [imported, replaced, dressed, ...(version === '2.3.0' ? [enabled] : []), started]
      assert.deepEqual(await dieAt(everyDeath(writes), () => isDone(2, '')), everyDeath(writes))
      await assertInSync()
    })

    it('finishes what was being replaced, and everything runs', async () => {
      await given({})
      await declare(second)
      const writes = [replaced, dressed, started]
      assert.deepEqual(await dieAt(everyDeath(writes), () => isDone(3, 'the second\n')), everyDeath(writes))
      await assertInSync()
    })

    it('leaves a request behind, which is in nobody’s way', async () => {
      await given(second)
      await declare(third)
      const planned = [`before ${takenAway}`]
      assert.deepEqual(await dieAt(planned, () => isDone(3, 'the third\n')), planned, 'it was replaced by then')
      await assertInSync()
    })

    it('leaves nothing stopped, also where the run state is left to people', async () => {
      await given(third)
      await declare({ state: 'IGNORE', text: 'four', comments: 'the fourth', withMark: true })
      const writes = [dressed, replaced]
      assert.deepEqual(await dieAt(everyDeath(writes), () => isDone(3, 'the fourth\n')), everyDeath(writes))
      await assertInSync()
    })
  })
}

/** What a kill leaves of the flow. */
async function onDisk({ home }: NifiNode): Promise<string> {
  return gunzipSync(await readFile(join(home, 'conf', 'flow.json.gz'))).toString()
}

describe('a NiFi that is killed with kill -9', function () {
  this.timeout(600_000)
  let node: NifiNode
  let scene: Scene

  before(async function () {
    node = await sharedNodeOrSkip(this)
    scene = await openScene(node)
  })

  /** It takes its time to stop. */
  const slow = (text: string): object => ({
    state: 'IGNORE',
    processors: {
      gen: { type: 'GenerateFlowFile', every: '1 sec', properties: { 'Custom Text': text } },
      sleep: {
        type: 'ExecuteStreamCommand',
        yield: text === 'one' ? '1 sec' : '2 sec',
        terminate: ['original', 'output stream', 'nonzero status'],
        properties: { 'Command Path': 'sleep', 'Command Arguments': '5', 'Ignore STDIN': 'true' }
      }
    },
    connections: ['gen:success -> sleep']
  })

  const declare = (flows: object): Promise<void> => scene.declare({ flows: JSON.parse(JSON.stringify(flows)) })

  const groupOf = async (short: string): Promise<LiveGroup> =>
    (await scene.hand.group(await scene.groupOf(short))) ?? assert.fail(`no ${short}`)

  /** Kills it while the sidecar waits for this answer and the flow is saved, and starts it again. */
  const killAt = async (
    method: string,
    path: RegExp,
    isSaved: (flow: string) => boolean,
    check: () => Promise<void>
  ): Promise<void> => {
    const proxy = await FaultProxy.start(node.url)
    const { promise: killed, resolve: release } = Promise.withResolvers<void>()
    proxy.fail({ method, path }, hold(killed))
    try {
      const sidecar = scene.sidecar({ NIFI_URL: proxy.url, RECONCILE_INTERVAL: '1s', REQUEST_TIMEOUT: '60s' })
      await eventually(() =>
        Promise.resolve(
          assert.ok(proxy.requests.some((request) => request.method === method && path.test(request.path)))
        )
      )
      await eventually(async () => assert.ok(isSaved(await onDisk(node))))
      await node.kill()
      proxy.reset()
      const since = sidecar.lines().length
      release()
      await node.restart()
      await eventually(check, 90_000)
      await sidecar.waitForLine(({ status }) => status === 'in-sync', { since, ms: 60_000 })
      assert.equal(await sidecar.stop(), 0)
    } finally {
      release()
      await proxy.stop()
    }
  }

  afterEach(() => scene.hand.clear(scene.parent))

  it('right after an import is given no twin, and what was begun is finished', async () => {
    await declare({ made: flowOf('2.3.0', {}) })
    await killAt(
      'POST',
      /\/replace-requests$/,
      (flow) => flow.includes(`${scene.name('made')} [infometis import]`),
      async () => {
        assert.equal((await scene.hand.groups(scene.parent)).length, 1)
        const { running, invalid } = await groupOf('made')
        assert.deepEqual([running, invalid], [2, 0])
      }
    )
  })

  it('in the middle of a replacement runs what ran before, where the run state is left to people', async () => {
    await declare({ slow: slow('one') })
    assert.equal((await scene.apply()).code, 0)
    const { id } = await groupOf('slow')
    await eventually(async () => assert.equal((await scene.hand.group(id))?.invalid, 0))
    await scene.hand.setState(id, 'RUNNING')
    await eventually(async () => assert.ok((await scene.hand.processor(id, 'sleep')).threads > 0))
    await declare({ slow: slow('two') })
    await killAt(
      'GET',
      /\/replace-requests\//,
      (flow) => flow.includes(' stopped='),
      async () => {
        const { running, comments } = await groupOf('slow')
        assert.equal(running, 2)
        assert.doesNotMatch(comments, / stopped=/)
        assert.equal((await scene.hand.processor(id, 'gen')).properties['generate-ff-custom-text'], 'two')
      }
    )
  })
})
