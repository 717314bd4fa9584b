/**
 * Which npm packages a bundle is made of, and under which terms.
 * @module
 */
import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { z } from 'zod'
import { root } from './bundle.ts'

/** One version of one package. */
export interface BundledPackage {
  readonly name: string
  readonly version: string
  /** What its package.json says: an SPDX id or expression. */
  readonly licence: string
  /** Its licence and notice files one after the other, else what its README says; empty when there is neither. */
  readonly terms: string
  readonly homepage: string | undefined
}

const manifestShape = z.object({
  name: z.string(),
  version: z.string(),
  license: z.string().optional(),
  homepage: z.string().optional()
})

/** A package's own folder: the innermost one, where packages are nested. */
const packageFolder = /^(?:.*\/)?node_modules\/(?:@[^/]+\/)?[^/]+(?=\/)/

/** The packages that these files (relative to the root of the tree) belong to, each once, by name and version. Only reads. */
export async function packagesOf(inputs: readonly string[]): Promise<readonly BundledPackage[]> {
  const folders = new Set(inputs.flatMap((path) => packageFolder.exec(path) ?? []))
  const found = await Promise.all([...folders].map(readPackage))
  const unique = new Map(found.map((one) => [`${one.name}@${one.version}`, one]))
  return [...unique].toSorted(([a], [b]) => (a < b ? -1 : 1)).map(([, one]) => one)
}

async function readPackage(folder: string): Promise<BundledPackage> {
  const path = join(root, folder)
  const { name, version, license, homepage } = manifestShape.parse(JSON.parse(await readFile(join(path, 'package.json'), 'utf8')))
  if (license === undefined) throw new Error(`${folder}/package.json: expected a "license", found none: find out its terms before it is shipped`)
  return { name, version, licence: license, terms: await termsIn(path), homepage }
}

async function termsIn(path: string): Promise<string> {
  const entries = await readdir(path, { withFileTypes: true })
  const names = entries.filter((entry) => entry.isFile()).map((entry) => entry.name)
  const files = names.filter((name) => /^(?:(?:un)?licen[cs]e|copying|notice)\b/i.test(name)).toSorted()
  if (files.length > 0) return (await Promise.all(files.map((name) => readFile(join(path, name), 'utf8')))).map((text) => text.trim()).join('\n\n')
  const readme = names.find((name) => /^readme\b/i.test(name))
  return readme === undefined ? '' : licenceSection(await readFile(join(path, readme), 'utf8'))
}

/** What stands below the heading of that name, up to the end or the definitions of links. */
function licenceSection(readme: string): string {
  const [, section = ''] = /^(?:#+ *licen[cs]e *#*|licen[cs]e\n[-=]+)\n([^]*?)(?=^#|^\[[^\]]+\]:|(?![^]))/im.exec(readme) ?? []
  return section.trim()
}
