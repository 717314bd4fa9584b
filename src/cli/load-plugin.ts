/**
 * Finds a service by its folder under `reconcilers/`, or by a path outside the tree, and imports only that one.
 * @module
 */
import { readdir } from 'node:fs/promises'
import { extname, resolve } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { guardPlugin } from '../boundary/service.ts'
import type { Plugin } from '../contract.ts'
import { deepestMessage, ReconcileError } from '../errors.ts'
import { didYouMean } from '../parse/nearest.ts'

const folder = new URL('../../reconcilers/', import.meta.url)

/** The plugin named `service`. Throws PLUGIN_INVALID naming the services there are. */
export async function loadPlugin(service: string, path?: string): Promise<Plugin> {
  const url = path === undefined || path === '' ? await findService(service) : pathToFileURL(resolve(path)).href
  const plugin = pluginOf(await importModule(url))
  if (plugin === undefined) {
    throw new ReconcileError('PLUGIN_INVALID', `expected a module that exports \`plugin\` with name, kinds and open, found none in ${path ?? service}`)
  }
  if (plugin.name !== service) throw new ReconcileError('PLUGIN_INVALID', `expected a plugin named "${service}", found "${plugin.name}" in ${path ?? service}`)
  return guardPlugin(plugin)
}

/** Names of the services that come with this installation. */
export async function listServices(): Promise<readonly string[]> {
  const entries = await readdir(fileURLToPath(folder), { withFileTypes: true })
  return entries.filter((entry) => entry.isDirectory()).map((entry) => entry.name).toSorted()
}

async function findService(service: string): Promise<string> {
  const services = await listServices()
  if (services.includes(service)) return new URL(`${service}/index${extname(import.meta.url)}`, folder).href
  throw new ReconcileError('PLUGIN_INVALID', `expected a service (${services.join(', ')}) or --plugin PATH, found "${service}"${didYouMean(service, services)}`)
}

async function importModule(url: string): Promise<unknown> {
  try {
    return await import(url)
  } catch (error) {
    throw new ReconcileError('PLUGIN_INVALID', `${fileURLToPath(url)} cannot be loaded: ${deepestMessage(error)}`, { cause: error })
  }
}

function pluginOf(module: unknown): Plugin | undefined {
  const candidate: unknown = typeof module === 'object' && module !== null && 'plugin' in module ? module.plugin : undefined
  return isPlugin(candidate) ? candidate : undefined
}

function isPlugin(value: unknown): value is Plugin {
  if (typeof value !== 'object' || value === null) return false
  return 'name' in value && typeof value.name === 'string' && 'kinds' in value && Array.isArray(value.kinds) && 'open' in value && typeof value.open === 'function'
}
