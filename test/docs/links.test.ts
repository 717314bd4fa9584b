import assert from 'node:assert/strict'
import { existsSync, globSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { z } from 'zod'

const root = fileURLToPath(new URL('../..', import.meta.url))
const pages = globSync(['*.md', '{docs,manifests,environments,examples}/**/*.md'], { cwd: root })
const { files } = z.object({ files: z.array(z.string()) }).parse(JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')))

interface Link {
  readonly page: string
  /** As the page has it. */
  readonly target: string
  /** From the root. */
  readonly path: string
  readonly anchor: string | undefined
}

/** Links to files, without those in fenced code. */
function linksOf(page: string): readonly Link[] {
  const text = readFileSync(join(root, page), 'utf8').replaceAll(/^```.*?^```/gms, '')
  return [...text.matchAll(/\]\(([^)\s]+)\)/g)].flatMap(([, target = '']) => {
    if (/^[a-z]+:/.test(target)) return []
    const [path = '', anchor] = target.split('#')
    return [{ page, target, path: path === '' ? page : join(dirname(page), path), anchor }]
  })
}

/** The anchor that GitHub gives a heading. */
function anchorOf(heading: string): string {
  return heading.trim().toLowerCase().replaceAll(/[^\p{L}\p{N}\s_-]/gu, '').replaceAll(' ', '-')
}

function isThere({ path, anchor }: Link): boolean {
  if (!existsSync(join(root, path))) return false
  if (anchor === undefined) return true
  const headings = readFileSync(join(root, path), 'utf8').matchAll(/^#+ (.*)$/gm)
  return [...headings].some(([, heading = '']) => anchorOf(heading) === anchor)
}

const isPacked = (path: string): boolean => /^(?:README\.md|LICENSE|package\.json)$/.test(path) || files.some((each) => path === each || path.startsWith(`${each}/`))

describe('the links of the docs', () => {
  const links = pages.flatMap(linksOf)

  it('lead to files and headings that are there', () => {
    assert.ok(links.length > 50)
    assert.deepEqual(links.filter((link) => !isThere(link)).map(({ page, target }) => `${page}: ${target}`), [])
  })

  it('lead to nothing outside the package, from what is in the package', () => {
    const outside = links.filter(({ page, path }) => isPacked(page) && !isPacked(path))
    assert.deepEqual(outside.map(({ page, target }) => `${page}: ${target}`), [])
  })
})
