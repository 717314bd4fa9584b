import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { z } from 'zod'
import { deadLinks, linksIn } from './links.ts'

const root = fileURLToPath(new URL('../..', import.meta.url))
const { files } = z
  .object({ files: z.array(z.string()) })
  .parse(JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')))

const isPacked = (path: string): boolean =>
  /^(?:README\.md|LICENSE|package\.json)$/.test(path) ||
  files.some((each) => path === each || path.startsWith(`${each}/`))

describe('the links of the docs', () => {
  const links = linksIn(root)

  it('lead to files and headings that are there', () => {
    assert.ok(links.length > 50)
    assert.deepEqual(deadLinks(root, links), [])
  })

  it('lead to nothing outside the package, from what is in the package', () => {
    const outside = links.filter(({ page, path }) => isPacked(page) && !isPacked(path))
    assert.deepEqual(
      outside.map(({ page, target }) => `${page}: ${target}`),
      []
    )
  })
})
