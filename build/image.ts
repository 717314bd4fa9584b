/**
 * `node build/image.ts <service> <directory>`: what the image of a service holds beside Node.
 *
 * The Dockerfile and the tests both use it, so what is tested is what is shipped. `VERSION` and `REVISION` of the
 * environment say what it is.
 * @module
 */
import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { bundle, packageVersion, root, type Bundle } from './bundle.ts'
import { packagesOf, type BundledPackage } from './packages.ts'
import { sbomOf } from './sbom.ts'

/** What it is built from. */
export interface Origin {
  /** Default the one in package.json. */
  readonly version?: string | undefined
  /** The commit. Its first 12 characters become the build part of the version, as in `1.2.3+0a1b2c3d4e5f`. */
  readonly revision?: string | undefined
}

/** What was written. */
export interface ImageLayout extends Bundle {
  /** As `--version` prints it. */
  readonly version: string
  readonly packages: readonly BundledPackage[]
}

/**
 * Writes `app/` (the bundle), `sbom.cdx.json` (every package in it) and `LICENSES.txt` (their terms and ours) into
 * `outDir`, as they lie in the root of the image. Throws for a version or a commit that is none.
 */
export async function imageLayout(service: string, outDir: string, origin: Origin = {}): Promise<ImageLayout> {
  const version = await fullVersion(origin)
  await mkdir(outDir, { recursive: true })
  const bundled = await bundle(service, join(outDir, 'app'), version)
  const packages = await packagesOf(bundled.inputs)
  await writeFile(join(outDir, 'sbom.cdx.json'), sbomOf({ name: `${service}-reconciler`, version }, packages))
  await writeFile(join(outDir, 'LICENSES.txt'), licences(await readFile(join(root, 'LICENSE'), 'utf8'), packages))
  return { ...bundled, version, packages }
}

async function fullVersion({ version, revision }: Origin): Promise<string> {
  const release = isGiven(version) ? version : await packageVersion()
  if (!/^\d+\.\d+\.\d+(?:-[0-9A-Za-z.-]+)?$/.test(release)) throw new TypeError(`VERSION: expected a semantic version such as 1.2.3, found "${release}"`)
  if (!isGiven(revision)) return release
  if (!/^[0-9a-f]{7,64}$/.test(revision)) throw new TypeError(`REVISION: expected the hash of a commit, found "${revision}"`)
  return `${release}+${revision.slice(0, 12)}`
}

/** What the images set as `NODE_OPTIONS`. */
export async function nodeOptions(): Promise<string> {
  const found = /NODE_OPTIONS="([^"]*)"/.exec(await readFile(join(root, 'Dockerfile'), 'utf8'))?.[1]
  if (found === undefined) throw new Error('Dockerfile: expected NODE_OPTIONS, found none')
  return found
}

/** A build argument that nobody set is empty. */
function isGiven(value: string | undefined): value is string {
  return value !== undefined && value !== ''
}

function licences(own: string, packages: readonly BundledPackage[]): string {
  const parts = packages.map(({ name, version, licence, terms, homepage = 'none named' }) =>
    [`${name} ${version}: ${licence}`, terms === '' ? `The package comes without the text of its licence; its page: ${homepage}` : terms].join('\n\n')
  )
  return [`InfoMetis Reconcilers: Apache-2.0\n\n${own.trim()}`, ...parts].map((part) => `${part.replaceAll('\r\n', '\n')}\n`).join(`\n${'='.repeat(80)}\n\n`)
}

async function main([service, outDir]: readonly string[]): Promise<void> {
  if (service === undefined || outDir === undefined) throw new TypeError('expected a service and a directory, for example `node build/image.ts kafka out`')
  const { version, packages, bytes } = await imageLayout(service, outDir, { version: process.env['VERSION'], revision: process.env['REVISION'] })
  process.stdout.write(`${service}-reconciler ${version}: ${bytes} bytes, ${packages.length} packages\n`)
}

if (import.meta.main) {
  try {
    await main(process.argv.slice(2))
  } catch (error) {
    process.stderr.write(`${error instanceof TypeError ? error.message : String(error)}\n`)
    process.exitCode = 2
  }
}
