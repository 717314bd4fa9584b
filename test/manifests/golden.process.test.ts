import assert from 'node:assert/strict'
import { readFile, writeFile } from 'node:fs/promises'
import { buildDirectory, buildEnvironment, environments, skipWithoutKubectl } from './build.ts'

const rewrite = 'UPDATE_GOLDEN=1 npx mocha test/manifests/golden.test.ts'

describe('a build', () => {
  before(async function () {
    await skipWithoutKubectl(this)
  })

  for (const name of environments) {
    it(`of ${name} is byte for byte what was reviewed`, async () => {
      const golden = new URL(`golden/${name}.yaml`, import.meta.url)
      const built = await buildEnvironment(name)
      if (process.env['UPDATE_GOLDEN'] === '1') await writeFile(golden, built)
      assert.equal(built, await readFile(golden, 'utf8'), `review the difference, then: ${rewrite}`)
    })
  }

  it('of the repository is the build of manifests', async () => {
    assert.equal(await buildDirectory('.'), await buildDirectory('manifests'))
  })
})
