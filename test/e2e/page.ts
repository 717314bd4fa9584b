/**
 * Runs the commands of a page of the documentation, and compares what they print with what the page says.
 * @module
 */
import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { repository } from '../manifests/build.ts'

/** A command and what it prints; or a file, named in the first line of its text. */
export type Step =
  | { readonly command: string; readonly expected: string }
  | { readonly file: string; readonly text: string }

export interface Page {
  readonly steps: readonly Step[]
  /** Blocks of commands that nothing runs and of which the page does not say so. */
  readonly unmarked: readonly string[]
}

const limitMs = 10 * 60_000

/** The page docs/gitops/<name>.md. */
export async function pageNamed(name: string): Promise<Page> {
  const text = await readFile(join(repository, 'docs/gitops', `${name}.md`), 'utf8')
  const blocks = [...text.matchAll(/^```(\w+)\n(.*?)^```$/gms)].map(({ 1: language = '', 2: content = '', index }) => ({
    language,
    content,
    index
  }))
  const steps = blocks.flatMap(({ language, content }) =>
    language === 'console' ? commandsOf(content) : language === 'yaml' ? fileOf(content) : []
  )
  const isMarked = (index: number): boolean => /not executed by our tests/i.test(text.slice(0, index))
  return {
    steps,
    unmarked: blocks
      .filter(({ language, index }) => language === 'sh' && !isMarked(index))
      .map(({ content }) => content)
  }
}

function commandsOf(block: string): readonly Step[] {
  const [first = '', ...parts] = block.split(/^\$ /m)
  assert.equal(first, '', 'a block begins with a command')
  return parts.map((part) => ({
    command: part.slice(0, part.indexOf('\n')),
    expected: part.slice(part.indexOf('\n') + 1).trimEnd()
  }))
}

function fileOf(block: string): readonly Step[] {
  const name = /^# (\S+\.yaml)\n/.exec(block)?.[1]
  return name === undefined ? [] : [{ file: name, text: block }]
}

/** Runs a step in `directory`. Throws with both texts when they differ. */
export async function runStep(step: Step, directory: string, env: Readonly<Record<string, string>>): Promise<void> {
  if ('file' in step) {
    await mkdir(dirname(join(directory, step.file)), { recursive: true })
    return writeFile(join(directory, step.file), step.text)
  }
  const printed = await outputOf(step.command, directory, env)
  assert.match(printed, patternOf(step.expected), `$ ${step.command}\nexpected:\n${step.expected}\nfound:\n${printed}`)
}

async function outputOf(command: string, cwd: string, env: Readonly<Record<string, string>>): Promise<string> {
  const child = spawn('bash', ['-o', 'pipefail', '-c', command], {
    cwd,
    env,
    stdio: ['ignore', 'pipe', 'pipe'],
    timeout: limitMs
  })
  let printed = ''
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding('utf8').on('data', (text: string) => (printed += text))
  const [code]: (number | null)[] = await once(child, 'close')
  return `${printed.trimEnd()}${code === 0 ? '' : `\n(exit code ${code})`}`.trim()
}

/** `…` stands for anything: within a line, or for any number of lines when it stands alone. */
function patternOf(expected: string): RegExp {
  const lines = expected.split('\n').map((line) =>
    line.trim() === '…'
      ? '(?:.*\\n)*?.*'
      : line
          .split('…')
          .map((text) => text.replaceAll(/[\\^$.*+?()[\]{}|/]/g, '\\$&'))
          .join('.*')
  )
  return new RegExp(`^${lines.join('\\n')}$`)
}
