/**
 * Packages that only some users need: the client of one service, the client of Kubernetes. They are optional peers of
 * this package, so that nobody installs what they do not use.
 * @module
 */
import { ReconcileError } from '../errors.ts'
import { readManifest } from './manifest.ts'

/**
 * What `load` imports. Throws PACKAGE_MISSING, which names the package to install and its version, when the package is
 * not installed; whatever else goes wrong is thrown as it is. In a bundle packages are inside, and none can be found.
 *
 * @example
 * const { Session } = await loadPeer('axios', () => import('./session.ts'))
 */
export async function loadPeer<T>(name: string, load: () => Promise<T>): Promise<T> {
  try {
    return await load()
  } catch (error) {
    if (!isNotFound(error) || isInstalled(name)) throw error
    const range = (await readManifest())?.peerDependencies[name]
    const wanted = range === undefined ? name : `${name}@${range}`
    throw new ReconcileError('PACKAGE_MISSING', `expected the package ${name}, found none: npm install '${wanted}'`, {
      cause: error
    })
  }
}

/** Of `import` and of `require`. */
const notFound: readonly unknown[] = ['ERR_MODULE_NOT_FOUND', 'MODULE_NOT_FOUND']

function isNotFound(error: unknown): boolean {
  return error instanceof Error && 'code' in error && notFound.includes(error.code)
}

function isInstalled(name: string): boolean {
  try {
    import.meta.resolve(name)
    return true
  } catch {
    return false
  }
}
