/** Secrets in parameter contexts on real servers: written when they are new or others, and never told. */
import assert from 'node:assert/strict'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Request } from '../../../reconcilers/nifi/connection/link.ts'
import { contextsOn } from './contexts.ts'
import { groundOn } from './ground.ts'
import { nifiVersions } from './harness.ts'
import { told, type LineOptions } from './line.ts'

const canary = 'canary-7c1f0a'
const otherCanary = 'canary-b52e91'

for (const version of nifiVersions) {
  describe(`parameter contexts on NiFi ${version}`, function () {
    this.timeout(180_000)
    const ground = groundOn(version, { makesContexts: true })
    const { name } = ground
    const { declare, live, bound } = contextsOn(ground)

    for (const withKey of [true, false]) {
      it(`take secrets from files and show them nowhere; another one is found${withKey ? ', after a restart too' : ' while we run'}`, async () => {
        const { scene, hand } = ground
        const file = join(scene.dir, 'password')
        const keyFile = join(scene.dir, 'digest-key')
        await writeFile(keyFile, 'a key of more than sixteen letters\n')
        await writeFile(file, `${canary}\n`)
        const said: unknown[] = []
        const bodies: Request[] = []
        const options: LineOptions = {
          ...(withKey && { digestKeyFile: keyFile }),
          before: (request) => Promise.resolve(void bodies.push(request))
        }
        const open = async (): Promise<void> => {
          await ground.reopen(options)
          declare(
            {
              c: {
                parameters: { size: '1KB', password: { valueFrom: { file } }, none: { value: null, sensitive: true } }
              }
            },
            { f: { ...Object(bound('c')), comments: 'c' } }
          )
        }
        const see = async (): Promise<readonly string[]> => {
          const { line } = ground
          said.push(await line.plan())
          const report = await line.cycle()
          said.push(report, await line.apply())
          return told(report, name('c')).map((text) => text.split(' ').slice(0, 2).join(' '))
        }
        await open()
        assert.deepEqual(await see(), ['create done'])
        const { parameters } = await live('c')
        assert.deepEqual([parameters['password']?.value, parameters['password']?.sensitive], ['********', true])
        assert.deepEqual([parameters['none']?.value, parameters['none']?.sensitive], [null, true])
        assert.deepEqual(await see(), ['keep unchanged'])
        await writeFile(file, otherCanary)
        if (withKey) await open()
        assert.deepEqual(await see(), ['update done'])
        assert.deepEqual(await see(), ['keep unchanged'])
        const carrying = bodies.filter((request) => JSON.stringify(request).includes('canary-'))
        assert.deepEqual(
          carrying.map(({ method }) => method),
          ['POST', 'POST'],
          'sent when it was made, and when it changed'
        )
        const groups = await hand.groups(scene.parent)
        for (const text of [said, await hand.contexts(), groups, await hand.download(scene.parent)])
          assert.doesNotMatch(JSON.stringify(text), /canary-/)
      })
    }
  })
}
