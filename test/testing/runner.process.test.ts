import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { mkdtemp, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'

const root = join(import.meta.dirname, '../..')

describe('the conformance suite in a package of its own', function () {
  this.timeout(60_000)
  let folder: string
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'author-'))
    await writeFile(join(folder, 'package.json'), '{"type": "module"}')
    await symlink(join(root, 'node_modules'), join(folder, 'node_modules'))
    const subject = `oddSubject({ verbs: ['create'] })`
    await writeFile(
      join(folder, 'suite.test.ts'),
      `
      import { setTimeout as sleep } from 'node:timers/promises'
      import { conformance, JumpingClock } from ${JSON.stringify(join(root, 'src/testing/index.ts'))}
      import { oddSubject } from ${JSON.stringify(join(root, 'test/testing/odd-kinds.ts'))}
      conformance({
        kind: 'thing', clock: new JumpingClock(), valid: { size: 2 }, changed: { size: 3 },
        open: async () => (await sleep(60), ${subject}),
        skips: { 'one bad item fails alone': 'the service takes everything' }
      })`
    )
  })
  after(() => rm(folder, { recursive: true }))

  it('has more time than the runner gives by itself, and says why a rule does not apply', async () => {
    const mocha = join(root, 'node_modules/mocha/bin/mocha.js')
    const { stdout } = await promisify(execFile)(
      process.execPath,
      [mocha, '--no-config', '--timeout', '30', 'suite.test.ts'],
      { cwd: folder }
    )
    assert.match(stdout, /14 passing/)
    assert.match(stdout, /- an update changes the named field and no other \(does not apply: the kind has no update\)/)
    assert.match(stdout, /- one bad item fails alone \(does not apply: the service takes everything\)/)
  })

  it('runs under the runner of Node as well', async () => {
    await writeFile(
      join(folder, 'node.ts'),
      `
      import { describe, it } from 'node:test'
      Object.assign(globalThis, { describe, it })
      await import('./suite.test.ts')`
    )
    // Else it would report to the runner that runs this one.
    const { NODE_TEST_CONTEXT: _, ...variables } = process.env
    const { stdout } = await promisify(execFile)(process.execPath, ['--test-reporter=tap', 'node.ts'], {
      cwd: folder,
      env: variables
    })
    assert.match(stdout, /^# fail 0$/m)
    assert.match(stdout, /an update changes the named field and no other # SKIP the kind has no update/)
  })
})
