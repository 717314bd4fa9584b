/**
 * The command line as a process: what only a process of its own shows. The verbs themselves are tested without one.
 */
import assert from 'node:assert/strict'
import { spawn, type ChildProcessWithoutNullStreams } from 'node:child_process'
import { once } from 'node:events'
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('../..', import.meta.url))

/** A plugin that prints where only documents may stand. */
const noisy = `import { plugin as quiet } from ${JSON.stringify(join(root, 'examples/directory/index.ts'))}
console.log('loaded')
export const plugin = { ...quiet, open: (environment) => (console.info('opened'), quiet.open(environment)) }
`

describe('the process of the command line', function () {
  this.timeout(30_000)
  let home = ''

  before(async () => {
    home = await mkdtemp(join(tmpdir(), 'infometis-process-'))
    for (const folder of ['config', 'served']) await mkdir(join(home, folder))
    await writeFile(join(home, 'config/files.yaml'), 'a.txt: {content: x}\n')
    await writeFile(join(home, 'noisy.ts'), noisy)
  })

  after(() => rm(home, { recursive: true, force: true }))

  const start = (
    words: readonly string[],
    variables: Readonly<Record<string, string>> = {}
  ): ChildProcessWithoutNullStreams =>
    spawn(process.execPath, [join(root, 'src/cli/main.ts'), ...words], {
      cwd: home,
      env: {
        ...process.env,
        INFOMETIS_PLUGIN: join(root, 'examples/directory/index.ts'),
        CONFIG_DIR: join(home, 'config'),
        DIRECTORY_PATH: join(home, 'served'),
        LOG_FORMAT: 'json',
        HTTP_PORT: 'off',
        ...variables
      }
    })

  const codeOf = async (child: ChildProcessWithoutNullStreams): Promise<unknown> => (await once(child, 'close'))[0]

  it('prints the document and nothing else on stdout, whatever libraries and plugins print', async () => {
    const child = start(['apply', 'directory', '--output', 'json'], { INFOMETIS_PLUGIN: './noisy.ts', DEBUG: '*' })
    const [stdout, stderr, code] = await Promise.all([text(child.stdout), text(child.stderr), codeOf(child)])
    assert.equal(JSON.parse(stdout).status, 'in-sync', stdout)
    assert.match(stderr, /^loaded$/m)
    assert.match(stderr, /^opened$/m)
    assert.equal(code, 0)
  })

  it('reads manifests from stdin', async () => {
    const child = start(['validate', 'directory', '--config', '-', '--output', 'json'])
    child.stdin.end(
      'kind: ConfigMap\nmetadata: {name: served, labels: {infometis.component: directory}}\ndata:\n  files.yaml: "a: {content: 5}"\n'
    )
    const [stdout, code] = await Promise.all([text(child.stdout), codeOf(child)])
    assert.deepEqual([JSON.parse(stdout).problems[0].file, code], ['served/files.yaml', 1])
  })

  it('ends normally when the reader of its output has gone', async () => {
    const child = start(['schema', 'directory'])
    child.stdout.destroy()
    const [stderr, code] = await Promise.all([text(child.stderr), codeOf(child)])
    assert.deepEqual([stderr, code], ['', 0])
  })

  it('stops with 0 at SIGTERM, and prints its log on stdout', async () => {
    const child = start(['run', 'directory'])
    const closed = codeOf(child)
    let log = ''
    for await (const chunk of child.stdout.setEncoding('utf8')) {
      log += String(chunk)
      if (!child.killed && log.includes('"in-sync"')) child.kill('SIGTERM')
    }
    assert.equal(await closed, 0)
    for (const line of log.trim().split('\n')) assert.equal(typeof JSON.parse(line).message, 'string')
  })
})
