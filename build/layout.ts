/**
 * What the image of a service holds beside Node.
 *
 * The Dockerfiles and the tests all use it, so what is tested is what is shipped.
 * @module
 */
import { readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { findService, loadPlugin, locateModule } from '../src/cli/load-plugin.ts'
import { readManifest } from '../src/connect/manifest.ts'
import { bundle, bundleName, root, type Bundle } from './bundle.ts'
import { packageAround, packagesOf, type BundledPackage, type OwnPackage, type Terms } from './packages.ts'
import { isKnownLicence, sbomOf } from './sbom.ts'

/** What it is built from. */
export interface Origin {
  /** Exports the plugin: a path or an installed package. Default the service of this name in this package. */
  readonly module?: string | undefined
  /** Default the one in the package.json of the plugin. */
  readonly version?: string | undefined
  /** The commit. Its first 12 characters become the build part of the version, as in `1.2.3+0a1b2c3d4e5f`. */
  readonly revision?: string | undefined
}

/** What was written. */
export interface ImageLayout extends Bundle {
  /** As `--version` prints it. */
  readonly version: string
  readonly packages: readonly BundledPackage[]
  /** Those of `packages` whose terms SPDX does not list: somebody has to look before the image is given to others. */
  readonly unclear: readonly BundledPackage[]
}

/**
 * Writes `app/` (the bundle), `sbom.cdx.json` (every package in it) and `LICENSES.txt` (their terms and its own) into
 * `directory`, as they lie in the root of the image, and replaces an `app/` that it made before. Throws TypeError for a
 * version or a commit that is none and for a folder `app/` of somebody else, PLUGIN_INVALID for a module without the
 * plugin of that service, and what esbuild throws for one that cannot be bundled.
 */
export async function imageLayout(service: string, directory: string, origin: Origin = {}): Promise<ImageLayout> {
  if (!/^\w[\w.-]*$/.test(service))
    throw new TypeError(`expected the name of a service, such as kafka, found "${service}"`)
  const isOwn = !isGiven(origin.module)
  const module = fileURLToPath(isOwn ? await findService(service) : await locateModule(origin.module, process.cwd()))
  const own = await packageAround(module)
  const version = fullVersion(own, origin)
  const outDir = resolve(directory)
  const app = join(outDir, 'app')
  await makeRoom(app)
  const bundled = await bundle({ service, module, directory: isOwn ? root : process.cwd() }, app, {
    version,
    peerDependencies: (await readManifest())?.peerDependencies ?? {}
  })
  await loadPlugin(service, bundled.plugin, outDir)
  const packages = await packagesOf(bundled.inputs)
  const subject = { name: `${service}-reconciler`, version, licence: own.licence }
  await writeFile(join(outDir, 'sbom.cdx.json'), sbomOf(subject, packages))
  await writeFile(join(outDir, 'LICENSES.txt'), licences([{ ...own, version }, ...packages]))
  const unclear = packages.filter(({ licence }) => licence === undefined || !isKnownLicence(licence))
  return { ...bundled, version, packages, unclear }
}

function fullVersion({ version: own, manifest }: OwnPackage, { version, revision }: Origin): string {
  const release = isGiven(version) ? version : own
  if (release === undefined)
    throw new TypeError(`VERSION: expected a semantic version such as 1.2.3, found none, nor one in ${manifest}`)
  if (!/^\d+\.\d+\.\d+(?:-[0-9A-Za-z.-]+)?$/.test(release))
    throw new TypeError(`VERSION: expected a semantic version such as 1.2.3, found "${release}"`)
  if (!isGiven(revision)) return release
  if (!/^[0-9a-f]{7,64}$/.test(revision))
    throw new TypeError(`REVISION: expected the hash of a commit, found "${revision}"`)
  return `${release}+${revision.slice(0, 12)}`
}

/** A build argument that nobody set is empty. */
function isGiven(value: string | undefined): value is string {
  return value !== undefined && value !== ''
}

/** Chunks of an earlier bundle would stay beside those of this one. */
async function makeRoom(app: string): Promise<void> {
  const found = await readdir(app).catch(() => [])
  if (found.length === 0) return
  const manifest = await readFile(join(app, 'package.json'), 'utf8').catch(() => '')
  if (!manifest.includes(`"${bundleName}"`))
    throw new TypeError(`${app}: expected no folder, or one that this program wrote, found files of others`)
  await rm(app, { recursive: true })
}

function licences(packages: readonly (Terms & { readonly name: string; readonly version: string })[]): string {
  const parts = packages.map(({ name, version, licence = 'no licence named', terms, homepage = 'none named' }) =>
    [
      `${name} ${version}: ${licence}`,
      terms === '' ? `The package comes without the text of its licence; its page: ${homepage}` : terms
    ].join('\n\n')
  )
  return parts.map((part) => `${part.replaceAll('\r\n', '\n')}\n`).join(`\n${'='.repeat(80)}\n\n`)
}
