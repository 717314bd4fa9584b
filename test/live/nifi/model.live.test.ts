/** The NiFi in memory that unit tests write flows to, and real ones: asked the same, they say the same. */
import assert from 'node:assert/strict'
import { Environment } from '../../../src/connect/environment.ts'
import { systemClock } from '../../../src/time/clock.ts'
import { ClientLink } from '../../../reconcilers/nifi/connection/client-link.ts'
import { readConnectionSettings } from '../../../reconcilers/nifi/connection/settings.ts'
import { NifiModel } from '../../reconcilers/nifi/nifi-model.ts'
import { nifiVersions, openScene, serverOrSkip, type NifiVersion, type Scene } from './harness.ts'
import { Play, type Stage } from './play.ts'
import { scenarios } from './scenarios.ts'

function inMemory(version: NifiVersion): Stage {
  const link = new NifiModel(version)
  return {
    link,
    parent: 'root',
    clock: link.clock,
    fill: (_group, count) => {
      link.component('gen-success-log').queued = count
      return Promise.resolve()
    },
    makeContext: (name, parameters) => Promise.resolve(link.addContext(name, parameters).id)
  }
}

for (const version of nifiVersions) {
  describe(`a NiFi ${version} in memory and a real one`, function () {
    this.timeout(120_000)
    let scene: Scene
    let link: ClientLink

    before(async function () {
      scene = await openScene(await serverOrSkip(this, version))
      link = new ClientLink(readConnectionSettings(new Environment({ ...scene.env, REQUEST_TIMEOUT: '30s' })))
    })

    afterEach(async () => {
      await scene.hand.clear(scene.parent)
      await scene.hand.clearContexts(scene.prefix)
    })

    after(() => link?.close())

    const real = (): Stage => ({
      link,
      parent: scene.parent,
      clock: systemClock,
      fill: async (group, count) => scene.hand.generate((await scene.hand.processor(group, 'gen')).id, count),
      makeContext: (name, parameters) => scene.hand.createContext(scene.name(name), parameters)
    })

    for (const [title, scenario] of Object.entries(scenarios)) {
      it(title, async () => {
        const [first, second] = [inMemory(version), real()]
        const seen = await scenario(new Play(second), second, version)
        assert.deepEqual(await scenario(new Play(first), first, version), seen, `a real one: ${JSON.stringify(seen)}`)
      })
    }
  })
}
