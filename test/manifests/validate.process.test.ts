import assert from 'node:assert/strict'
import { infometis } from '../live/command-line.ts'
import { buildDirectory, environments, skipWithoutKubectl } from './build.ts'

const services = ['kafka', 'elasticsearch', 'nifi'] as const

describe('what kustomize prints', function () {
  this.timeout(60_000)

  before(async function () {
    await skipWithoutKubectl(this)
  })

  for (const directory of ['manifests', ...environments.map((name) => `environments/${name}`)]) {
    for (const service of services) {
      it(`of ${directory} is accepted by validate ${service} without a warning`, async () => {
        const { code, stdout, stderr } = await infometis(['validate', service, '--config', '-', '--output', 'json'], {
          input: await buildDirectory(directory)
        })
        assert.equal(code, 0, stdout + stderr)
        assert.deepEqual(JSON.parse(stdout), { valid: true, problems: [] })
      })
    }
  }
})
