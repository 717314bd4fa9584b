/**
 * With `DEBUG=*` in the environment, winston printed its own lines to stdout before the document of `apply`, and
 * clients their requests to stderr.
 */
import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'

const root = join(import.meta.dirname, '../..')

describe('variables by which libraries print what they do', function () {
  this.timeout(60_000)
  let directory: string
  before(async () => {
    directory = await mkdtemp(join(tmpdir(), 'debug-'))
  })
  after(() => rm(directory, { recursive: true }))

  const documentOf = async (
    program: string,
    words: readonly string[]
  ): Promise<{ readonly stdout: string; readonly stderr: string }> => {
    const variables = { DEBUG: '*', DIAGNOSTICS: '*', DIRECTORY_PATH: directory, LOG_FORMAT: 'json' }
    return promisify(execFile)(process.execPath, [join(root, program), ...words], {
      env: { ...process.env, ...variables },
      timeout: 50_000
    })
  }

  it('are no business of the command line: a document is all there is on stdout, and log lines on stderr', async () => {
    const config = join(root, 'examples/directory/config')
    const plugin = join(root, 'examples/directory/index.ts')
    const { stdout, stderr } = await documentOf('src/cli/main.ts', [
      'apply',
      'directory',
      '--plugin',
      plugin,
      '--config',
      config,
      '--output',
      'json'
    ])
    assert.match(stdout, /^\{/)
    assert.equal(Reflect.get(Object(JSON.parse(stdout)), 'status'), 'in-sync')
    for (const line of stderr.trim().split('\n')) assert.match(line, /^\{"timestamp":/)
  })

  it('are gone before the libraries of a container are loaded', async () => {
    const program = `await import(${JSON.stringify(join(root, 'src/sidecar/container.ts'))}); console.log(process.env.DEBUG, process.env.DIAGNOSTICS)`
    const { stdout } = await promisify(execFile)(process.execPath, ['--input-type=module', '--eval', program], {
      env: { ...process.env, DEBUG: '*', DIAGNOSTICS: '*' }
    })
    assert.equal(stdout, 'undefined undefined\n')
  })
})
