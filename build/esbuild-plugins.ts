/**
 * How imports are resolved where a bundle differs from what Node would do.
 * @module
 */
import type { Plugin } from 'esbuild'

/** Begins the name of a module that has no file. */
export const entryPrefix = 'entry:'

/** Modules without a file: their texts, which import absolute paths and each other, by their names behind the prefix. */
export function entryModules(entries: ReadonlyMap<string, string>): Plugin {
  return {
    name: 'entry-modules',
    setup(esbuild) {
      esbuild.onResolve({ filter: new RegExp(`^${entryPrefix}`) }, ({ path }) => ({
        path: path.slice(entryPrefix.length),
        namespace: 'entry'
      }))
      esbuild.onLoad({ filter: /./, namespace: 'entry' }, ({ path }) => ({
        contents: entries.get(path) ?? '',
        resolveDir: '/'
      }))
    }
  }
}

/** Marks what a plugin asks itself: only esbuild answers it, or two plugins would ask each other for ever. */
const ownQuestion = Symbol('own question')

/**
 * Leaves those of these packages that are not installed to the time when they are asked for, where a module of the tree
 * `root` imports them. `missing` is called with each, perhaps more than once.
 */
export function leaveOutPeers(names: readonly string[], root: string, missing: (name: string) => void): Plugin {
  return {
    name: 'leave-out-peers',
    setup(esbuild) {
      esbuild.onResolve({ filter: /^[^./]/ }, async ({ path, importer, resolveDir, kind, pluginData }) => {
        if (pluginData === ownQuestion || !names.includes(path) || !importer.startsWith(root)) return undefined
        const found = await esbuild.resolve(path, { importer, resolveDir, kind, pluginData: ownQuestion })
        if (found.errors.length === 0) return undefined
        missing(path)
        return { path, external: true }
      })
    }
  }
}

const ofPlatformatic = /[\\/]@platformatic[\\/]/

/**
 * Lets modules of @platformatic/kafka that nobody names be left out, which its package.json forgets to allow: loading
 * them only defines classes and compiles the schemas of their options. Its WebAssembly is taken as the same code with
 * the bytes inside, instead of in a file it would look for beside the bundle.
 */
export const onlyWhatIsNamed: Plugin = {
  name: 'only-what-is-named',
  setup(esbuild) {
    esbuild.onResolve({ filter: /./ }, async ({ path, importer, resolveDir, kind, pluginData }) => {
      if (pluginData === ownQuestion || kind === 'entry-point') return undefined
      // Every answer from here costs a round trip, and there are thousands of imports.
      if (!path.startsWith('@platformatic/') && !ofPlatformatic.test(importer)) return undefined
      const asked = path === '@platformatic/wasm-utils' ? `${path}/bundled` : path
      const found = await esbuild.resolve(asked, { importer, resolveDir, kind, pluginData: ownQuestion })
      if (found.errors.length > 0) return undefined
      if (asked !== path) return { path: found.path }
      return /[\\/]@platformatic[\\/]kafka[\\/]/.test(found.path) ? { path: found.path, sideEffects: false } : undefined
    })
  }
}
