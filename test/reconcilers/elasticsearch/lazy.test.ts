import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'

/** Loads the plugin in a process of its own, runs `statement`, and gives the packages that were loaded. */
async function packagesAfter(statement: string): Promise<string> {
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
    const { plugin } = await import('./reconcilers/elasticsearch/index.ts')
    const { Environment } = await import('./src/run/environment.ts')
    ${statement}
    console.log([...loaded].join())`
  const root = fileURLToPath(new URL('../../..', import.meta.url))
  const { stdout } = await promisify(execFile)(process.execPath, ['--input-type=module', '--eval', program], { cwd: root })
  return stdout.trim()
}

describe('the client of Elasticsearch', function () {
  this.timeout(30_000)

  it('is not loaded by the plugin, nor by opening it', async () => {
    const loaded = await packagesAfter(`await plugin.open(new Environment({ ELASTICSEARCH_URL: 'http://127.0.0.1:9' })).close()`)
    assert.match(loaded, /\bzod\b/)
    assert.doesNotMatch(loaded, /elastic|undici/)
  })

  it('is loaded by the first request', async () => {
    const loaded = await packagesAfter(`
      const service = plugin.open(new Environment({ ELASTICSEARCH_URL: 'http://127.0.0.1:9' }))
      await service.identity(AbortSignal.timeout(5000)).catch(() => undefined)
      await service.close()`)
    assert.match(loaded, /@elastic\/elasticsearch/)
  })
})
