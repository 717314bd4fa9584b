/**
 * Which npm packages a bundle is made of, and under which terms.
 * @module
 */
import { readdir, readFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { z } from 'zod'

/** The terms of one package. */
export interface Terms {
  /** What its package.json says: an SPDX id or expression, or other words; undefined when it says nothing. */
  readonly licence: string | undefined
  /** Its licence and notice files one after the other, else what its README says; empty when there is neither. */
  readonly terms: string
  readonly homepage: string | undefined
}

/** One version of one package. */
export interface BundledPackage extends Terms {
  readonly name: string
  readonly version: string
}

/** A package somebody works on, which need not have a version. */
export interface OwnPackage extends Terms {
  readonly name: string
  readonly version: string | undefined
  /** Absolute path of its package.json. */
  readonly manifest: string
}

const manifestShape = z.object({
  name: z.string(),
  version: z.string().optional(),
  // An object is what old packages have.
  license: z
    .union([z.string(), z.object({ type: z.string() }).transform(({ type }) => type)])
    .optional()
    .catch(undefined),
  homepage: z.string().optional().catch(undefined)
})

/** A package's own folder: the innermost one, where packages are nested. */
const packageFolder = /^.*[\\/]node_modules[\\/](?:@[^\\/]+[\\/])?[^\\/]+(?=[\\/])/

/** The packages that these files (absolute paths) were installed with, each once, by name and version. Only reads. */
export async function packagesOf(inputs: readonly string[]): Promise<readonly BundledPackage[]> {
  const folders = new Set(inputs.flatMap((path) => packageFolder.exec(path) ?? []))
  const found = await Promise.all([...folders].map(readPackage))
  const unique = new Map(found.map((one) => [`${one.name}@${one.version}`, one]))
  return [...unique].toSorted(([a], [b]) => (a < b ? -1 : 1)).map(([, one]) => one)
}

/** The package a file belongs to: the nearest package.json with a name. Throws when there is none. Only reads. */
export async function packageAround(file: string): Promise<OwnPackage> {
  for (let folder = dirname(file); ; folder = dirname(folder)) {
    const manifest = join(folder, 'package.json')
    const text = await readFile(manifest, 'utf8').catch(() => undefined)
    const found = manifestShape.safeParse(text === undefined ? undefined : JSON.parse(text))
    if (found.success) return { ...(await described(folder, found.data)), version: found.data.version, manifest }
    if (folder === dirname(folder))
      throw new TypeError(`${file}: expected a package.json with a name in its folder or above, found none`)
  }
}

async function readPackage(folder: string): Promise<BundledPackage> {
  const manifest = manifestShape.parse(JSON.parse(await readFile(join(folder, 'package.json'), 'utf8')))
  return { ...(await described(folder, manifest)), version: manifest.version ?? '0.0.0' }
}

async function described(
  folder: string,
  { name, license, homepage }: z.output<typeof manifestShape>
): Promise<Terms & { readonly name: string }> {
  return { name, licence: license, terms: await termsIn(folder), homepage }
}

async function termsIn(path: string): Promise<string> {
  const entries = await readdir(path, { withFileTypes: true })
  const names = entries.filter((entry) => entry.isFile()).map((entry) => entry.name)
  const files = names.filter((name) => /^(?:(?:un)?licen[cs]e|copying|notice)\b/i.test(name)).toSorted()
  if (files.length > 0)
    return (await Promise.all(files.map((name) => readFile(join(path, name), 'utf8'))))
      .map((text) => text.trim())
      .join('\n\n')
  const readme = names.find((name) => /^readme\b/i.test(name))
  return readme === undefined ? '' : licenceSection(await readFile(join(path, readme), 'utf8'))
}

/** What stands below the heading of that name, up to the end or the definitions of links. */
function licenceSection(readme: string): string {
  const [, section = ''] =
    /^(?:#+ *licen[cs]e *#*|licen[cs]e\n[-=]+)\n([^]*?)(?=^#|^\[[^\]]+\]:|(?![^]))/im.exec(readme) ?? []
  return section.trim()
}
