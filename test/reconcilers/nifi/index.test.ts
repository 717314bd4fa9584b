import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { nifiService, plugin } from '../../../reconcilers/nifi/index.ts'
import { Environment } from '../../../src/run/environment.ts'
import { ScriptedLink } from './scripted-link.ts'

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
    const { plugin } = await import('./reconcilers/nifi/index.ts')
    const { Environment } = await import('./src/run/environment.ts')
    ${statement}
    console.log([...loaded].join())`
  const root = fileURLToPath(new URL('../../..', import.meta.url))
  const { stdout } = await promisify(execFile)(process.execPath, ['--input-type=module', '--eval', program], { cwd: root })
  return stdout.trim()
}

describe('the NiFi plugin', () => {
  it('has its kinds in the order in which they must be applied', () => {
    assert.deepEqual(plugin.kinds.map(({ kind, file }) => `${file} → ${kind}`), ['parameter-contexts → parameter-context', 'flows → flow', 'cluster → controller'])
  })

  it('acts on the kinds it declares, in their order, and removes nothing', async () => {
    const link = new ScriptedLink()
    const service = nifiService(link, { owner: 'infometis', parentGroup: 'root' })
    assert.deepEqual(service.resources.map(({ kind }) => kind), plugin.kinds.map(({ kind }) => kind))
    assert.ok(service.resources.every((resource) => !('remove' in resource)))
    await service.close()
    assert.deepEqual([link.asked, link.isClosed], [[], true])
  })

  it('is pinned by the root group, wherever its parent group is', async () => {
    const link = new ScriptedLink()
    assert.equal(await nifiService(link, { owner: 'infometis', parentGroup: 'root' }).identity(new AbortController().signal), 'root-id')
  })

  it('sees a NiFi in sync in six requests, whatever it declares', async () => {
    const link = new ScriptedLink({ 'GET /controller/config': { revision: { version: 0 }, component: { maxTimerDrivenThreadCount: 10 } } })
    const service = nifiService(link, { owner: 'infometis', parentGroup: 'root' })
    const { signal } = new AbortController()
    await Promise.all(service.resources.map((resource) => resource.observe([], { full: false, everything: false, signal })))
    await service.identity(signal)
    assert.ok(link.asked.length <= 6, link.lines.join('\n'))
  })

  it('names the variable that is missing', () => {
    assert.throws(() => plugin.open(new Environment({})), { code: 'VARIABLE_INVALID', message: /NIFI_URL/ })
  })

  it('loads its client with the first request, not before', async function () {
    this.timeout(30_000)
    const opened = await packagesAfter(`await plugin.open(new Environment({ NIFI_URL: 'http://127.0.0.1:9' })).close()`)
    assert.match(opened, /\bzod\b/)
    assert.doesNotMatch(opened, /axios/)
    const asked = await packagesAfter(`
      const service = plugin.open(new Environment({ NIFI_URL: 'http://127.0.0.1:9' }))
      await service.identity(AbortSignal.timeout(5000)).catch(() => undefined)
      await service.close()`)
    assert.match(asked, /axios/)
  })
})
