/**
 * The public face: what the services in the tree use of `src` is what a plugin outside of it can use, and each name is
 * documented.
 */
import assert from 'node:assert/strict'
import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import * as face from '../src/index.ts'

const root = join(import.meta.dirname, '..')
const readText = (path: string): Promise<string> => readFile(join(root, path), 'utf8')

/** The names in braces of `import` and `export` statements that name a module, without their aliases. */
function namesIn(text: string, keyword: 'import' | 'export', module: RegExp): readonly string[] {
  const statements = text.matchAll(new RegExp(`^${keyword} (?:type )?\\{([^}]*)\\} from '([^']+)'`, 'gm'))
  return [...statements].flatMap(([, list = '', from = '']) =>
    module.test(from)
      ? list
          .split(',')
          .map((name) =>
            name
              .trim()
              .replace(/^type /, '')
              .replace(/ as .*/, '')
          )
          .filter((name) => name !== '')
      : []
  )
}

describe('the public names', () => {
  it('are all that the services use of the framework', async () => {
    const files = (await readdir(join(root, 'reconcilers'), { recursive: true })).filter(
      (name) => name.endsWith('.ts') && !name.endsWith('main.ts')
    )
    const sources = await Promise.all(files.map((name) => readText(join('reconcilers', name))))
    const used = new Set(sources.flatMap((text) => namesIn(text, 'import', /\/src\/plugin\.ts$/)))
    assert.ok(used.size > 40)
    assert.deepEqual(
      sources.flatMap((text) => namesIn(text, 'import', /\/src\/(?!plugin\.ts$)/)),
      []
    )
    const declared = await Promise.all(['src/contract.ts', 'src/line.ts', 'src/records.ts'].map(readText))
    const contract = [...declared.join('\n').matchAll(/^export (?:type|interface|const) (\w+)/gm)].map(
      ([, name]) => name
    )
    const offered = new Set([...namesIn(await readText('src/plugin.ts'), 'export', /./), ...contract])
    assert.deepEqual([...used].filter((name) => !offered.has(name)).toSorted(), [])
  })

  it('are each on the page on writing a reconciler', async () => {
    const page = await readText('docs/write-a-reconciler.md')
    const names = Object.keys(face)
    assert.ok(names.length > 30)
    assert.deepEqual(
      names.filter((name) => !page.includes(`\`${name}\``)),
      []
    )
  })
})
