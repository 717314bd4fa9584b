#!/usr/bin/env node
/**
 * `infometis-image <service> [module] <directory>`: what the image of a reconciler holds beside Node. In a checkout:
 * `node build/image.ts kafka out`. `VERSION` and `REVISION` of the environment say what it is.
 * @module
 */
import { parseArgs } from 'node:util'
import { ReconcileError } from '../src/errors.ts'
import { loadPeer } from '../src/connect/peer.ts'
import type { ImageLayout } from './layout.ts'

const usage = `Usage: infometis-image <service> [module] <directory>

Writes what the image of a reconciler holds beside Node: app/ (the bundle), sbom.cdx.json, LICENSES.txt.

  service    its name: the plugin has the same
  module     exports the plugin: a path or an installed package; default: the service of this name in this package
  directory  where to write

Environment: VERSION (default: the one in package.json), REVISION (hash of the commit)
`

async function main(words: readonly string[]): Promise<void> {
  const { values, positionals } = parseArgs({
    args: [...words],
    options: { help: { type: 'boolean', short: 'h' } },
    allowPositionals: true
  })
  if (values.help === true) return void process.stdout.write(usage)
  const [service, ...rest] = positionals
  const [outDir, module] = rest.toReversed()
  if (service === undefined || outDir === undefined || rest.length > 2) {
    throw new TypeError(
      `expected a service, perhaps a module, and a directory, found "${positionals.join(' ')}"\n\n${usage.trimEnd()}`
    )
  }
  await findTools()
  const { imageLayout } = await import('./layout.ts')
  const layout = await imageLayout(service, outDir, {
    module,
    version: process.env['VERSION'],
    revision: process.env['REVISION']
  })
  process.stdout.write(
    `${service}-reconciler ${layout.version}: ${layout.bytes} bytes, ${layout.packages.length} packages\n`
  )
  process.stderr.write(
    remarksOn(layout)
      .map((line) => `! ${line}\n`)
      .join('')
  )
}

/** Both tools are looked for, so that one message names all that is missing. */
async function findTools(): Promise<void> {
  const loads = [
    loadPeer('esbuild', () => import('./bundle.ts')),
    loadPeer('@cyclonedx/cyclonedx-library', () => import('./sbom.ts'))
  ]
  const failures = (await Promise.allSettled(loads)).flatMap((result) =>
    result.status === 'rejected' ? [result.reason] : []
  )
  if (failures.length > 0) throw new AggregateError(failures)
}

/** What somebody should know of an image that was made. */
function remarksOn({ missingPeers, unclear }: ImageLayout): readonly string[] {
  return [
    ...missingPeers.map(
      (name) => `without ${name}, which is not installed: what needs it in the image ends with PACKAGE_MISSING`
    ),
    ...unclear.map(
      ({ name, version, licence = 'none' }) =>
        `${name} ${version}: expected a licence that SPDX lists, found ${licence}`
    )
  ]
}

function describe(error: unknown): readonly string[] {
  if (error instanceof AggregateError) return error.errors.flatMap(describe)
  if (error instanceof ReconcileError) return [`${error.message}\n  ${error.code}: ${error.hint}`]
  return [error instanceof Error ? error.message : String(error)]
}

try {
  await main(process.argv.slice(2))
} catch (error) {
  process.stderr.write(
    describe(error)
      .map((text) => `✗ ${text}\n`)
      .join('')
  )
  process.exitCode = 2
}
