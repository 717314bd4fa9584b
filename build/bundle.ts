/**
 * One reconciler as a few files that need nothing but Node: no node_modules, no TypeScript.
 * @module
 */
import { writeFile } from 'node:fs/promises'
import { extname, join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { build, type BuildOptions, type Metafile } from 'esbuild'
import { entryModules, entryPrefix, leaveOutPeers, onlyWhatIsNamed } from './esbuild-plugins.ts'

/** A service and the plugin that knows it. */
export interface Reconciler {
  /** The name of the service: its plugin has the same. */
  readonly service: string
  /** Absolute path of the module that exports `plugin`. */
  readonly module: string
  /** Absolute path: messages name files relative to it. */
  readonly directory: string
}

/** What was written. */
export interface Bundle {
  /** What a container runs: `node <container>`. */
  readonly container: string
  /** The command line with this service: `node <commandLine> diff <service>`. */
  readonly commandLine: string
  /** The module that exports `plugin`. */
  readonly plugin: string
  /** Bytes of all files together. */
  readonly bytes: number
  /** Files of which something is in the bundle, as absolute paths, sorted. */
  readonly inputs: readonly string[]
  /** Optional peers of this package that are not installed, and so not in the bundle either, sorted. */
  readonly missingPeers: readonly string[]
}

/** The tree that is bundled: the checkout, or `dist` of the installed package. */
export const root = fileURLToPath(new URL('..', import.meta.url))

/** Of the files of this tree: `.ts` in a checkout, `.js` in a build. */
const extension = extname(import.meta.url)

/** Dependencies in CommonJS call `require` for Node's own modules, which ES modules do not have. */
const requireForEsm = [
  "import { createRequire as makeRequire } from 'node:module';",
  'const require = makeRequire(import.meta.url);'
].join(' ')

const sameForAll = {
  // The command line finds services relative to the file it is in.
  chunkNames: 'src/cli/chunk-[hash]',
  bundle: true,
  splitting: true,
  format: 'esm',
  platform: 'node',
  target: 'node24.6',
  minify: true,
  // Error classes and log lines carry names.
  keepNames: true,
  legalComments: 'linked',
  banner: { js: requireForEsm },
  metafile: true,
  // What is wrong is thrown.
  logLevel: 'silent'
} as const satisfies BuildOptions

/** What the bundle says of itself: the version that `--version` prints, and ranges of its optional peers. */
export interface Manifest {
  readonly version: string
  readonly peerDependencies: Readonly<Record<string, string>>
}

/**
 * Bundles a plugin, the sidecar and the command line into `outDir` (absolute), in the layout of the tree. What is
 * imported lazily stays in chunks of its own: a client library or a verb that is not chosen is never loaded. Optional
 * peers of this package that are not installed are left out. Writes `outDir` only. Throws what esbuild throws when
 * something else is missing.
 */
export async function bundle(
  { service, module, directory }: Reconciler,
  outDir: string,
  { version, peerDependencies }: Manifest
): Promise<Bundle> {
  const missing = new Set<string>()
  const folder = `reconcilers/${service}`
  const entries = entriesOf(module, folder)
  const { metafile } = await build({
    absWorkingDir: directory,
    entryPoints: [
      ...[...entries.keys()].map((name) => ({ in: entryPrefix + name, out: name })),
      { in: join(root, `src/cli/main${extension}`), out: 'src/cli/main' }
    ],
    outdir: outDir,
    plugins: [
      entryModules(entries),
      leaveOutPeers(Object.keys(peerDependencies), root, (name) => missing.add(name)),
      onlyWhatIsNamed
    ],
    ...sameForAll
  })
  const missingPeers = [...missing].toSorted()
  const manifest = {
    name: bundleName,
    version,
    type: 'module',
    private: true,
    ...rangesOf(missingPeers, peerDependencies)
  }
  await writeFile(join(outDir, 'package.json'), `${JSON.stringify(manifest)}\n`)
  const outputs = Object.values(metafile.outputs)
  return {
    container: join(outDir, folder, 'main.js'),
    commandLine: join(outDir, 'src/cli/main.js'),
    plugin: join(outDir, folder, 'index.js'),
    bytes: outputs.reduce((sum, output) => sum + output.bytes, 0),
    inputs: [...new Set(outputs.flatMap((output) => contributors(output, directory)))].toSorted(),
    missingPeers
  }
}

/** The name in the package.json of every bundle. */
export const bundleName = 'infometis-bundle'

/** The modules that nobody has to write: what the command line finds, and what the container runs. */
function entriesOf(module: string, folder: string): ReadonlyMap<string, string> {
  const [index, main] = [`${folder}/index`, `${folder}/main`]
  const sidecar = [
    // Before the plugin: it quiets what the plugin imports.
    `import { runContainer } from ${JSON.stringify(join(root, `src/sidecar/container${extension}`))}`,
    `import { plugin } from ${JSON.stringify(entryPrefix + index)}`,
    'process.exitCode = await runContainer(plugin)'
  ]
  return new Map([
    [index, `export { plugin } from ${JSON.stringify(module)}`],
    [main, sidecar.join('\n')]
  ])
}

/** Ranges of what is missing, for the error that names it. */
function rangesOf(names: readonly string[], ranges: Readonly<Record<string, string>>): object {
  return names.length === 0 ? {} : { peerDependencies: Object.fromEntries(names.map((name) => [name, ranges[name]])) }
}

/** Of what was read, only what was not shaken off, and no module that has no file. */
function contributors({ inputs }: Metafile['outputs'][string], directory: string): readonly string[] {
  const files = Object.entries(inputs).filter(
    ([path, { bytesInOutput }]) => bytesInOutput > 0 && !path.startsWith(entryPrefix)
  )
  return files.map(([path]) => resolve(directory, path))
}
