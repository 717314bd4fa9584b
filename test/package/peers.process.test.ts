/**
 * Who uses one service installs the client of that service and no other.
 */
import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { z } from 'zod'
import { clusterOrSkip } from '../reconcilers/kafka/adapters/harness.ts'
import { freePort } from '../servers/ports.ts'
import { installedMiB, userProject, type Ended, type Project } from './npm.ts'

const errorShape = z.object({ error: z.object({ code: z.string(), message: z.string() }) })
const planShape = z.object({ changes: z.array(z.object({ key: z.string(), verb: z.string() })) })
const manifestShape = z.object({ peerDependencies: z.record(z.string(), z.string()) })

interface Client {
  /** The package. */
  readonly name: string
  readonly service: string
  readonly variables: (address: string) => Readonly<Record<string, string>>
}

const clients: readonly Client[] = [
  { name: '@platformatic/kafka', service: 'kafka', variables: (address) => ({ KAFKA_BOOTSTRAP_SERVERS: address }) },
  {
    name: 'kafkajs',
    service: 'kafka',
    variables: (address) => ({ KAFKA_BOOTSTRAP_SERVERS: address, KAFKA_CLIENT: 'kafkajs' })
  },
  {
    name: '@elastic/elasticsearch',
    service: 'elasticsearch',
    variables: (address) => ({ ELASTICSEARCH_URL: `http://${address}` })
  },
  { name: 'axios', service: 'nifi', variables: (address) => ({ NIFI_URL: `http://${address}` }) }
]

describe('a project that installed the package alone', function () {
  this.timeout(180_000)
  const topic = `orders-${randomUUID().slice(0, 8)}`
  let project: Project
  /** Where nothing answers. */
  let nobody = ''

  before(async () => {
    project = await userProject()
    nobody = `127.0.0.1:${await freePort()}`
    await project.write({
      'kafka/topics.json': JSON.stringify({ [topic]: { partitions: 3 } }),
      'elasticsearch/indices.yaml': 'orders: {}',
      'nifi/flows.yaml': 'beat: {processors: {gen: {type: GenerateFlowFile, terminate: [success]}}}'
    })
  })

  const infometis = (words: string, variables: Readonly<Record<string, string>> = {}): Promise<Ended> =>
    project.npx('infometis', words.split(' '), { HTTP_PORT: '0', ...variables })

  /** What the message of PACKAGE_MISSING says to install: this package in the range of package.json. */
  const wantedBy = async (message: string, name: string): Promise<string> => {
    const manifest = await readFile(join(project.directory, 'node_modules/infometis-reconcilers/package.json'), 'utf8')
    const wanted = `${name}@${manifestShape.parse(JSON.parse(manifest)).peerDependencies[name]}`
    assert.equal(/npm install '([^']+)'/.exec(message)?.[1], wanted)
    return wanted
  }

  it('takes less than 50 MiB', () => {
    const size = installedMiB(project)
    assert.ok(size > 10 && size < 50, `${size} MiB`)
  })

  for (const service of ['kafka', 'elasticsearch', 'nifi']) {
    it(`validates ${service} and prints its schema`, async () => {
      for (const words of [`validate ${service} --config ${service}`, `schema ${service}`]) {
        const { code, stderr } = await infometis(words)
        assert.equal(code, 0, stderr)
      }
    })
  }

  for (const { name, service, variables } of clients) {
    it(`learns from diff ${service} to install ${name}, with which it connects`, async () => {
      const diff = (format: string) =>
        infometis(`diff ${service} --config ${service} --output ${format} --timeout 5s`, variables(nobody))
      const text = await diff('text')
      assert.equal(text.code, 2)
      assert.match(text.stderr, /PACKAGE_MISSING/)
      const wanted = await wantedBy(text.stderr, name)
      const { code, stdout } = await diff('json')
      assert.equal(code, 2)
      const { error } = errorShape.parse(JSON.parse(stdout))
      assert.equal(error.code, 'PACKAGE_MISSING')
      assert.equal(await wantedBy(error.message, name), wanted)
      await project.install(wanted)
      assert.equal(errorShape.parse(JSON.parse((await diff('json')).stdout)).error.code, 'UNREACHABLE')
    })

    if (name === '@platformatic/kafka') {
      it(`takes less than 60 MiB with ${name}, and plans against a real broker`, async function () {
        const size = installedMiB(project)
        assert.ok(size < 60, `${size} MiB`)
        const cluster = await clusterOrSkip(this)
        try {
          const { code, stdout, stderr } = await infometis(
            'diff kafka --config kafka --output json',
            variables(cluster.bootstrap)
          )
          assert.equal(code, 1, stdout + stderr)
          const { changes } = planShape.parse(JSON.parse(stdout))
          assert.deepEqual(
            changes.filter(({ verb }) => verb === 'create').map(({ key }) => key),
            [`kafka/topic/${topic}`]
          )
        } finally {
          await cluster.stop()
        }
      })
    }
  }

  it('learns from the sidecar to install the client of Kubernetes, where a variable needs it', async () => {
    const run = (variables: Readonly<Record<string, string>>) =>
      infometis('run kafka', {
        KAFKA_BOOTSTRAP_SERVERS: nobody,
        POD_NAMESPACE: 'somewhere',
        KUBECONFIG: 'none',
        ...variables
      })
    const asking = [
      { LEASE_NAME: 'kafka', CONFIG_DIR: 'kafka' },
      { CONFIG_MAPS: 'kafka-topics' },
      { KUBERNETES_EVENTS: 'on', POD_NAME: 'me', CONFIG_DIR: 'kafka' }
    ]
    let wanted = ''
    for (const variables of asking) {
      const { code, stderr } = await run(variables)
      assert.equal(code, 2)
      assert.match(stderr, /PACKAGE_MISSING/)
      wanted = await wantedBy(stderr, '@kubernetes/client-node')
    }
    await project.install(wanted)
    assert.match((await run(asking[0] ?? {})).stderr, /KUBECONFIG.*VARIABLE_INVALID/s)
  })
})
