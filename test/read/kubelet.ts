/**
 * Writes a volume exactly as kubelet does: the algorithm of AtomicWriter.Write in kubernetes
 * pkg/volume/util/atomic_writer.go, for keys without sub-directories.
 * @module
 */
import { randomInt } from 'node:crypto'
import {
  chmod,
  lstat,
  mkdir,
  readFile,
  readdir,
  readlink,
  rename,
  rm,
  symlink,
  unlink,
  writeFile
} from 'node:fs/promises'
import { join } from 'node:path'

/** `older` kubelets link new keys before `..data` is swapped, `newer` ones after it. */
export type Generation = 'older' | 'newer'

export class AtomicWriter {
  readonly #directory: string
  readonly #generation: Generation
  readonly #beforeSwap: () => void

  /** The directory must exist. Writes must not overlap. `beforeSwap` is called right before a version comes into force. */
  constructor(directory: string, options: { readonly generation: Generation; readonly beforeSwap?: () => void }) {
    this.#directory = directory
    this.#generation = options.generation
    this.#beforeSwap = options.beforeSwap ?? (() => undefined)
  }

  /** Makes the volume hold exactly these keys; false when it did already and no version was written. */
  async write(payload: Readonly<Record<string, string>>): Promise<boolean> {
    const names = Object.keys(payload)
    const old = await readlink(this.#at('..data')).catch(ignoreMissing)
    const oldNames = old === undefined ? [] : await readdir(this.#at(old))
    const obsolete = oldNames.filter((name) => !names.includes(name))
    if (old !== undefined && obsolete.length === 0 && (await this.#holds(old, payload))) {
      // kubernetes#121472: newer kubelets repair links that are missing.
      if (this.#generation === 'newer') await this.#linkKeys(names)
      return false
    }
    const version = await this.#writeVersion(payload)
    if (this.#generation === 'older') await this.#linkKeys(names)
    await symlink(version, this.#at('..data_tmp'))
    this.#beforeSwap()
    await rename(this.#at('..data_tmp'), this.#at('..data'))
    if (this.#generation === 'newer') await this.#linkKeys(names)
    for (const name of obsolete) await unlink(this.#at(name))
    if (old !== undefined) await rm(this.#at(old), { recursive: true })
    return true
  }

  #at(...path: readonly string[]): string {
    return join(this.#directory, ...path)
  }

  async #holds(version: string, payload: Readonly<Record<string, string>>): Promise<boolean> {
    for (const [name, content] of Object.entries(payload)) {
      if ((await readFile(this.#at(version, name), 'utf8').catch(ignoreMissing)) !== content) return false
    }
    return true
  }

  async #writeVersion(payload: Readonly<Record<string, string>>): Promise<string> {
    const time = new Date().toISOString().slice(0, 19).replaceAll(/[-:T]/g, '_')
    const version = `..${time}.${randomInt(1_000_000_000, 4_000_000_000)}`
    await mkdir(this.#at(version), { mode: 0o700 })
    await chmod(this.#at(version), 0o755)
    for (const [name, content] of Object.entries(payload)) {
      await writeFile(this.#at(version, name), content)
      await chmod(this.#at(version, name), 0o644)
    }
    return version
  }

  async #linkKeys(names: readonly string[]): Promise<void> {
    for (const name of names) {
      if ((await lstat(this.#at(name)).catch(ignoreMissing)) === undefined)
        await symlink(join('..data', name), this.#at(name))
    }
  }
}

function ignoreMissing(error: unknown): undefined {
  if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined
  throw error
}
