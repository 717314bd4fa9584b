import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'

/** Makes a link in a process of its own, runs `statement`, and gives the packages that were loaded. */
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
    const { ClientLink } = await import('./reconcilers/nifi/client-link.ts')
    const { readConnectionSettings } = await import('./reconcilers/nifi/connection.ts')
    const { Readings } = await import('./reconcilers/nifi/readings.ts')
    const { Environment } = await import('./src/run/environment.ts')
    const link = new ClientLink(readConnectionSettings(new Environment({ NIFI_URL: 'http://127.0.0.1:9' })))
    const readings = new Readings(link, 'root')
    ${statement}
    await link.close()
    console.log([...loaded].join())`
  const root = fileURLToPath(new URL('../../..', import.meta.url))
  const { stdout } = await promisify(execFile)(process.execPath, ['--input-type=module', '--eval', program], { cwd: root })
  return stdout.trim()
}

describe('the client of NiFi', function () {
  this.timeout(30_000)

  it('is not loaded by making a link', async () => {
    const loaded = await packagesAfter('')
    assert.match(loaded, /\bp-limit\b/)
    assert.doesNotMatch(loaded, /axios|form-data|follow-redirects/)
  })

  it('is loaded by the first request', async () => {
    assert.match(await packagesAfter('await readings.rootGroupId(AbortSignal.timeout(5000)).catch(() => undefined)'), /\baxios\b/)
  })
})
