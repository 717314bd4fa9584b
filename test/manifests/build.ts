/**
 * Builds the manifests as Flux does, with kustomize as it is inside kubectl.
 * @module
 */
import { execFile } from 'node:child_process'
import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { kubectl } from '../servers/kubectl.ts'

/** Absolute path of the repository. */
export const repository = fileURLToPath(new URL('../..', import.meta.url))

/** Names of the folders under environments/. */
export const environments: readonly string[] = readdirSync(join(repository, 'environments'), { withFileTypes: true })
  .filter((entry) => entry.isDirectory())
  .map((entry) => entry.name)
  .toSorted()

/** For `before`: skips the suite where there is no kubectl, whose absence was reported on stderr. */
export async function skipWithoutKubectl(context: Mocha.Context): Promise<void> {
  // The first search may have to download kubectl.
  context.timeout(180_000)
  if ((await kubectl()) === undefined) context.skip()
}

/** The YAML documents of environments/<name>. Rejects with kustomize's own text, or when there is no kubectl. */
export function buildEnvironment(name: string): Promise<string> {
  return buildDirectory(join('environments', name))
}

/** The YAML documents of a kustomization, named by its path in the repository. Rejects as `buildEnvironment` does. */
export async function buildDirectory(directory: string): Promise<string> {
  const path = await kubectl()
  if (path === undefined) throw new Error(`${directory} cannot be built without kubectl`)
  const { stdout } = await promisify(execFile)(path, ['kustomize', join(repository, directory)], { timeout: 60_000 })
  return stdout
}
