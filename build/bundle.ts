/**
 * One service as a few files that need nothing but Node: no node_modules, no TypeScript.
 * @module
 */
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { build, type Metafile, type Plugin } from 'esbuild'
import { z } from 'zod'

/** What was written. */
export interface Bundle {
  /** What a container runs: `node <container>`. */
  readonly container: string
  /** The command line with this service: `node <commandLine> diff <service>`. */
  readonly commandLine: string
  /** Bytes of all files together. */
  readonly bytes: number
  /** Files of which something is in the bundle, relative to the root of the tree. */
  readonly inputs: readonly string[]
}

/** The tree that is bundled. */
export const root = fileURLToPath(new URL('..', import.meta.url))

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
      // Every answer from here costs a round trip, and there are thousands of imports.
      if (!path.startsWith('@platformatic/kafka') && !/[\\/]@platformatic[\\/]kafka[\\/]/.test(importer)) return undefined
      const found = await esbuild.resolve(path, { importer, resolveDir, kind, pluginData: onlyWhatIsNamed })
      return /[\\/]@platformatic[\\/]kafka[\\/]/.test(found.path) ? { path: found.path, sideEffects: false } : undefined
    })
  }
}

/**
 * Bundles `reconcilers/<service>` and the command line into `outDir`, in the layout of the tree. What is imported lazily
 * stays in chunks of its own: a client library or a verb that is not chosen is never loaded. `version` is what it says it
 * is, the one in package.json unless told otherwise. Writes `outDir` only.
 */
export async function bundle(service: string, outDir: string, version?: string): Promise<Bundle> {
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
  const manifest = { name: 'infometis-bundle', version: version ?? (await packageVersion()), type: 'module', private: true }
  await writeFile(join(outDir, 'package.json'), `${JSON.stringify(manifest)}\n`)
  const outputs = Object.values(metafile.outputs)
  return {
    container: join(outDir, plugin, 'main.js'),
    commandLine: join(outDir, 'src/cli/main.js'),
    bytes: outputs.reduce((sum, output) => sum + output.bytes, 0),
    inputs: [...new Set(outputs.flatMap(contributors))].toSorted()
  }
}

/** Of what was read, only what was not shaken off. */
function contributors({ inputs }: Metafile['outputs'][string]): readonly string[] {
  return Object.entries(inputs).flatMap(([path, { bytesInOutput }]) => (bytesInOutput > 0 ? [path] : []))
}

/** The version in package.json. */
export async function packageVersion(): Promise<string> {
  return z.object({ version: z.string() }).parse(JSON.parse(await readFile(join(root, 'package.json'), 'utf8'))).version
}
