import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { mkdtemp, readFile, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

const root = join(import.meta.dirname, '../..')
const example = join(root, 'examples/directory')
const command = 'npm run --silent infometis -- '

const readText = (path: string): Promise<string> => readFile(path, 'utf8')

/** The contents of the page's fenced blocks of one language. */
const blocksOf = async (language: string): Promise<readonly string[]> => {
  const page = await readText(join(root, 'docs/write-a-reconciler.md'))
  const blocks = [...page.matchAll(/^```(\w+)\n(.*?)^```$/gms)]
  return blocks.flatMap(([, found, content = '']) => (found === language ? [content] : []))
}

const exitCodeOf = (args: readonly string[], variables: NodeJS.ProcessEnv): Promise<unknown> =>
  new Promise((resolve) => {
    const options = { cwd: root, env: { ...process.env, ...variables } }
    execFile(process.execPath, [join(root, 'src/cli/main.ts'), ...args], options, (error) =>
      resolve(error === null ? 0 : error.code)
    )
  })

describe('the page on writing a reconciler', () => {
  let directory: string
  before(async () => {
    directory = await mkdtemp(join(tmpdir(), 'directory-'))
  })
  after(() => rm(directory, { recursive: true }))

  it('shows only code of the example', async () => {
    const sources = await Promise.all(['index.ts', 'index.test.ts'].map((name) => readText(join(example, name))))
    const blocks = await blocksOf('ts')
    assert.ok(blocks.length > 8)
    assert.deepEqual(
      blocks.filter((block) => !sources.some((source) => source.includes(block))),
      []
    )
  })

  it('shows the configuration of the example', async () => {
    const blocks = (await blocksOf('yaml')).filter((block) => !block.startsWith('# manifests/'))
    assert.deepEqual(blocks, [await readText(join(example, 'config/files.yaml'))])
  })

  it('gives commands that do what it says', async () => {
    const lines = (await blocksOf('sh'))
      .flatMap((block) => block.split('\n'))
      .filter((line) => line.startsWith(command))
    const codes: unknown[] = []
    for (const line of lines)
      codes.push(await exitCodeOf(line.slice(command.length).split(' '), { DIRECTORY_PATH: directory }))
    assert.deepEqual(codes, [0, 1, 0, 0])
    assert.deepEqual((await readdir(directory)).toSorted(), ['maintenance.html', 'motd.txt'])
  }).timeout(60_000)
})
