/**
 * Finds a service by its folder under `reconcilers/`, or as a module outside the tree, and imports only that one.
 * @module
 */
import { stat, readdir } from 'node:fs/promises'
import { registerHooks } from 'node:module'
import { extname, join, resolve } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { guardPlugin } from '../boundary/service.ts'
import type { Plugin } from '../contract.ts'
import { deepestMessage, ReconcileError } from '../errors.ts'
import { didYouMean } from '../parse/nearest.ts'

const folder = new URL('../../reconcilers/', import.meta.url)

/**
 * The plugin named `service`: of this installation or, when `outside` names a module, that one, as a path or as a
 * package that is installed in `directory` or above it. Throws PLUGIN_INVALID naming the services there are.
 */
export async function loadPlugin(service: string, outside: string | undefined, directory: string): Promise<Plugin> {
  if (outside === undefined) return checkedPlugin(await findService(service), service)
  const plugin = await loadOutside(outside, directory)
  if (plugin.name === service) return plugin
  throw new ReconcileError(
    'PLUGIN_INVALID',
    `expected a plugin named "${service}", found "${plugin.name}" in ${outside}`
  )
}

/** The plugin of a module outside the tree, whatever its name. Throws PLUGIN_INVALID. */
export async function loadOutside(module: string, directory: string): Promise<Plugin> {
  return checkedPlugin(await locateModule(module, directory), module)
}

/** Names of the services that come with this installation. */
export async function listServices(): Promise<readonly string[]> {
  const entries = await readdir(fileURLToPath(folder), { withFileTypes: true })
  return entries
    .filter((entry) => entry.isDirectory())
    .map((entry) => entry.name)
    .toSorted()
}

/** The URL of the module of a service that comes with this installation. Throws PLUGIN_INVALID naming those that do. */
export async function findService(service: string): Promise<string> {
  const services = await listServices()
  if (services.includes(service)) return new URL(`${service}/index${extname(import.meta.url)}`, folder).href
  const expected = `expected a service (${services.join(', ')}) or the module of a plugin`
  throw new ReconcileError('PLUGIN_INVALID', `${expected}, found "${service}"${didYouMean(service, services)}`)
}

/** The URL of a module: a path, or a package that is installed in `directory` or above it. Throws PLUGIN_INVALID. */
export async function locateModule(module: string, directory: string): Promise<string> {
  const path = resolve(directory, module)
  if (/^\.{0,2}\//.test(module) || (await isFile(path))) return pathToFileURL(path).href
  try {
    return resolvePackage(module, directory)
  } catch (error) {
    const found = `found no file ${path} and no such package (${deepestMessage(error)})`
    const message = `plugin "${module}": expected a file or an installed package, ${found}`
    const hint = 'install the package, or write a path that begins with "./"'
    throw new ReconcileError('PLUGIN_INVALID', `${message}; ${hint}`, { cause: error })
  }
}

function isFile(path: string): Promise<boolean> {
  return stat(path).then(
    (found) => found.isFile(),
    () => false
  )
}

/** As a module in `directory` would import it. Node offers no parent for `import.meta.resolve` but to hooks. */
function resolvePackage(name: string, directory: string): string {
  const parentURL = pathToFileURL(join(directory, 'importer.js')).href
  const hooks = registerHooks({
    resolve: (specifier, context, next) => next(specifier, specifier === name ? { ...context, parentURL } : context)
  })
  try {
    return import.meta.resolve(name)
  } finally {
    hooks.deregister()
  }
}

async function checkedPlugin(url: string, named: string): Promise<Plugin> {
  const module = await importModule(url)
  const candidate: unknown =
    typeof module === 'object' && module !== null && 'plugin' in module ? module.plugin : undefined
  if (isPlugin(candidate)) return guardPlugin(candidate)
  throw new ReconcileError(
    'PLUGIN_INVALID',
    `expected a module that exports \`plugin\` with name, kinds and open, found none in ${named}`
  )
}

async function importModule(url: string): Promise<unknown> {
  try {
    return await import(url)
  } catch (error) {
    const what = url.startsWith('file:') ? fileURLToPath(url) : url
    throw new ReconcileError('PLUGIN_INVALID', `${what} cannot be loaded: ${deepestMessage(error)}`, { cause: error })
  }
}

function isPlugin(value: unknown): value is Plugin {
  if (typeof value !== 'object' || value === null) return false
  return (
    'name' in value &&
    typeof value.name === 'string' &&
    'kinds' in value &&
    Array.isArray(value.kinds) &&
    'open' in value &&
    typeof value.open === 'function'
  )
}
