/**
 * The Go module of test/e2e/tools with the source of kustomize-controller as it is published but for two files: without
 * them nothing is compiled of the clouds and vaults that keep keys for the decryption of Secrets, a fifth of all there
 * is to compile. nothing is compiled of the clouds and vaults that keep keys for the decryption of Secrets, a fifth of
 * all there is to compile.
 * @module
 */
import { chmod, copyFile, cp, readFile, readdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { z } from 'zod'
import { run } from './process.ts'

/** What is put in the place of a file of a module, and is kept in test/e2e/tools/without-clouds. */
const replaced = [
  {
    module: 'github.com/fluxcd/kustomize-controller',
    file: 'internal/decryptor/decryptor.go',
    by: 'without-clouds/decryptor.go.txt'
  },
  { module: 'github.com/fluxcd/pkg/auth', file: 'utils/provider.go', by: 'without-clouds/provider.go.txt' }
] as const

/** From the folder of the module. */
export const replacements: readonly string[] = replaced.map(({ by }) => by)

const downloaded = z.object({ Dir: z.string() })

/** Writes below `staging`; gives a file for `-modfile`. Downloads the two modules. */
export async function trimmedModules(module: string, staging: string, timeoutMs: number): Promise<string> {
  const lines: string[] = []
  for (const [index, { module: name, file, by }] of replaced.entries()) {
    const { stdout } = await run('go', ['mod', 'download', '-json', name], {
      name: `download of ${name}`,
      cwd: module,
      timeoutMs
    })
    const copy = join(staging, `module-${index}`)
    await cp(downloaded.parse(JSON.parse(stdout)).Dir, copy, { recursive: true })
    await makeWritable(copy)
    await copyFile(join(module, by), join(copy, file))
    lines.push(`replace ${name} => ${copy}`)
  }
  const modfile = join(staging, 'go.mod')
  await writeFile(modfile, `${await readFile(join(module, 'go.mod'), 'utf8')}\n${lines.join('\n')}\n`)
  await copyFile(join(module, 'go.sum'), join(staging, 'go.sum'))
  return modfile
}

/** In the cache of Go nothing may be changed, nor removed. */
async function makeWritable(directory: string): Promise<void> {
  await chmod(directory, 0o755)
  for (const entry of await readdir(directory, { recursive: true, withFileTypes: true })) {
    await chmod(join(entry.parentPath, entry.name), entry.isDirectory() ? 0o755 : 0o644)
  }
}
