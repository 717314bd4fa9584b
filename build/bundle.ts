/**
 * Container entry → a few files that need nothing but Node: no node_modules, no TypeScript.
 * @module
 */
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { build } from 'esbuild'

/** What was written. */
export interface Bundle {
  /** Path of the file to start with `node`. */
  readonly entry: string
  /** Bytes of all files together. */
  readonly bytes: number
}

/** Dependencies in CommonJS call `require` for Node's own modules, which ES modules do not have. */
const requireForEsm = `import { createRequire as makeRequire } from 'node:module'; const require = makeRequire(import.meta.url);`

/**
 * Bundles `reconcilers/<service>/main.ts` into `outDir` as `main.mjs` and its chunks. What the entry imports lazily stays
 * in chunks of its own, so that a client library that is not chosen is never loaded. Writes `outDir` only.
 */
export async function bundle(service: string, outDir: string): Promise<Bundle> {
  const { metafile } = await build({
    absWorkingDir: fileURLToPath(new URL('..', import.meta.url)),
    entryPoints: { main: `reconcilers/${service}/main.ts` },
    outdir: outDir,
    outExtension: { '.js': '.mjs' },
    chunkNames: 'chunk-[hash]',
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
    metafile: true,
    logLevel: 'error'
  })
  const bytes = Object.values(metafile.outputs).reduce((sum, output) => sum + output.bytes, 0)
  return { entry: join(outDir, 'main.mjs'), bytes }
}
