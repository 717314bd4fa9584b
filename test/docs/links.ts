/**
 * Links between the pages of a tree.
 * @module
 */
import { existsSync, globSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'

export interface Link {
  readonly page: string
  /** As the page has it. */
  readonly target: string
  /** From the root. */
  readonly path: string
  readonly anchor: string | undefined
}

/** Links to files on all pages below a directory, without those in fenced code. Reads files. */
export function linksIn(root: string): readonly Link[] {
  const pages = globSync(['*.md', '{docs,manifests,environments,examples,reconcilers}/**/*.md'], { cwd: root })
  return pages.flatMap((page) => linksOf(root, page))
}

function linksOf(root: string, page: string): readonly Link[] {
  const text = readFileSync(join(root, page), 'utf8').replaceAll(/^```.*?^```/gms, '')
  return [...text.matchAll(/\]\(([^)\s]+)\)/g)].flatMap(([, target = '']) => {
    if (/^[a-z]+:/.test(target)) return []
    const [path = '', anchor] = target.split('#')
    return [{ page, target, path: path === '' ? page : join(dirname(page), path), anchor }]
  })
}

/** Those of the links that lead to no file or heading, as `page: target`. Reads files. */
export function deadLinks(root: string, links: readonly Link[]): readonly string[] {
  return links.filter((link) => !isThere(root, link)).map(({ page, target }) => `${page}: ${target}`)
}

/** The anchor that GitHub gives a heading. */
function anchorOf(heading: string): string {
  return heading
    .trim()
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N}\s_-]/gu, '')
    .replaceAll(' ', '-')
}

function isThere(root: string, { path, anchor }: Link): boolean {
  if (!existsSync(join(root, path))) return false
  if (anchor === undefined) return true
  const headings = readFileSync(join(root, path), 'utf8').matchAll(/^#+ (.*)$/gm)
  return [...headings].some(([, heading = '']) => anchorOf(heading) === anchor)
}
