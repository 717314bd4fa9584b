/**
 * One service as a few files that need nothing but Node: no node_modules, no TypeScript.
 * @module
 */
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { build, type Plugin } from 'esbuild'

/** What was written. */
export interface Bundle {
  /** What a container runs: `node <container>`. */
  readonly container: string
  /** The command line with this service: `node <commandLine> diff <service>`. */
  readonly commandLine: string
  /** Bytes of all files together. */
  readonly bytes: number
}

const root = fileURLToPath(new URL('..', import.meta.url))

/** Dependencies in CommonJS call `require` for Node's own modules, which ES modules do not have. */
const requireForEsm = `import { createRequire as makeRequire } from 'node:module'; const require = makeRequire(import.meta.url);`

/**
 * Lets modules of @platformatic/kafka that nobody names be left out, which its package.json forgets to allow: loading
 * them only defines classes and compiles the schemas of their options.
 */
const onlyWhatIsNamed: Plugin = {
  name: 'only-what-is-named',
  setup(esbuild) {
    esbuild.onResolve({ filter: /./ }, async ({ path, importer, resolveDir, kind, pluginData }) => {
      if (pluginData === onlyWhatIsNamed || kind === 'entry-point') return undefined
      const found = await esbuild.resolve(path, { importer, resolveDir, kind, pluginData: onlyWhatIsNamed })
      return /[\\/]@platformatic[\\/]kafka[\\/]/.test(found.path) ? { path: found.path, sideEffects: false } : undefined
    })
  }
}

/**
 * Bundles `reconcilers/<service>` and the command line into `outDir`, in the layout of the tree. What is imported lazily
 * stays in chunks of its own: a client library or a verb that is not chosen is never loaded. Writes `outDir` only.
 */
export async function bundle(service: string, outDir: string): Promise<Bundle> {
  const plugin = `reconcilers/${service}`
  const { metafile } = await build({
    absWorkingDir: root,
    entryPoints: [`${plugin}/main.ts`, `${plugin}/index.ts`, 'src/cli/main.ts'].map((path) => ({ in: path, out: path.replace(/\.ts$/, '') })),
    outdir: outDir,
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
    // The same code with its WebAssembly inside, instead of in a file it would look for beside the bundle.
    alias: { '@platformatic/wasm-utils': '@platformatic/wasm-utils/bundled' },
    plugins: [onlyWhatIsNamed],
    metafile: true,
    logLevel: 'error'
  })
  await writeManifest(outDir)
  const bytes = Object.values(metafile.outputs).reduce((sum, output) => sum + output.bytes, 0)
  return { container: join(outDir, plugin, 'main.js'), commandLine: join(outDir, 'src/cli/main.js'), bytes }
}

/** Says that the files are ES modules, and which version they are. */
async function writeManifest(outDir: string): Promise<void> {
  const manifest: unknown = JSON.parse(await readFile(join(root, 'package.json'), 'utf8'))
  const version = typeof manifest === 'object' && manifest !== null && 'version' in manifest ? manifest.version : undefined
  await writeFile(join(outDir, 'package.json'), `${JSON.stringify({ name: 'infometis-bundle', version, type: 'module', private: true })}\n`)
}
