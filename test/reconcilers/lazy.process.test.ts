import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'

interface LazyCase {
  /** The folder below reconcilers/. */
  readonly service: string
  /** Its client package. */
  readonly client: string
  /** That one and what comes along with it. */
  readonly family: RegExp
  /** A server that nobody answers for. */
  readonly variables: Readonly<Record<string, string>>
}

const cases: readonly LazyCase[] = [
  {
    service: 'kafka',
    client: '@platformatic/kafka',
    family: /platformatic|kafkajs/,
    variables: { KAFKA_BOOTSTRAP_SERVERS: '127.0.0.1:9', REQUEST_TIMEOUT: '1s' }
  },
  {
    service: 'kafka',
    client: 'kafkajs',
    family: /platformatic|kafkajs/,
    variables: { KAFKA_BOOTSTRAP_SERVERS: '127.0.0.1:9', REQUEST_TIMEOUT: '1s', KAFKA_CLIENT: 'kafkajs' }
  },
  {
    service: 'elasticsearch',
    client: '@elastic/elasticsearch',
    family: /elastic|undici/,
    variables: { ELASTICSEARCH_URL: 'http://127.0.0.1:9' }
  },
  {
    service: 'nifi',
    client: 'axios',
    family: /axios|form-data|follow-redirects/,
    variables: { NIFI_URL: 'http://127.0.0.1:9' }
  }
]

/** Opens the plugin in a process of its own, runs `statement` on the service, and gives the packages that were loaded. */
async function packagesAfter({ service, variables }: LazyCase, statement = ''): Promise<string> {
  const program = `
    import { registerHooks } from 'node:module'
    const loaded = new Set()
    registerHooks({
      load(url, context, next) {
        const name = /.*\\/node_modules\\/((?:@[^/]+\\/)?[^/]+)/.exec(url)?.[1]
        if (name !== undefined) loaded.add(name)
        return next(url, context)
      }
    })
    const { plugin } = await import('./reconcilers/${service}/index.ts')
    const { Environment } = await import('./src/connect/environment.ts')
    const service = plugin.open(new Environment(${JSON.stringify(variables)}))
    ${statement}
    await service.close()
    console.log([...loaded].join())`
  const root = fileURLToPath(new URL('../..', import.meta.url))
  const { stdout } = await promisify(execFile)(process.execPath, ['--input-type=module', '--eval', program], {
    cwd: root
  })
  return stdout.trim()
}

describe('the client of a service', function () {
  this.timeout(30_000)

  for (const each of cases) {
    const { service, client, family } = each

    it(`${client} is not loaded by the ${service} plugin, nor by opening it`, async () => {
      const loaded = await packagesAfter(each)
      assert.match(loaded, /\bzod\b/)
      assert.doesNotMatch(loaded, family)
    })

    it(`${client} is loaded by the first request`, async () => {
      const loaded = await packagesAfter(
        each,
        `const { testCycle } = await import('./src/testing/cycle.ts')
         await service.identity(testCycle({ signal: AbortSignal.timeout(5000) })).catch(() => undefined)`
      )
      assert.ok(loaded.split(',').includes(client), loaded)
    })
  }
})
