/**
 * Two small kinds of our own: boxes by name, and settings that are one item.
 * @module
 */
import { z } from 'zod'
import type { AnyKind, Kind } from '../../src/contract.ts'
import { ReconcileError } from '../../src/errors.ts'
import { parseDesired, type DesiredState, type Parsed } from '../../src/parse/desired.ts'
import type { ConfigFiles } from '../../src/read/config-files.ts'

const label = z.union([z.string(), z.number(), z.bigint(), z.boolean(), z.null()])

export const boxSchema = z.strictObject({
  size: z.int().min(1).max(1000).optional(),
  weight: z.number().optional(),
  colour: z.enum(['red', 'green', 'blue']).optional(),
  labels: z.record(z.string(), label).optional(),
  tags: z.array(z.string().min(1)).max(3).optional(),
  lid: z.union([z.string(), z.strictObject({ material: z.string() })]).optional(),
  drawing: z.string().optional()
})

export type BoxSpec = z.output<typeof boxSchema>

/** Boxes; `drawing` names a file of the mount whose content becomes part of the box. */
export const boxKind: Kind<BoxSpec, BoxSpec> = {
  kind: 'box',
  file: 'boxes',
  schema: boxSchema,
  attachments: ['*.drawing.txt'],
  complete(spec, files) {
    if (spec.drawing === undefined) return spec
    const drawing = files.get(spec.drawing)
    if (drawing === undefined)
      throw new ReconcileError(
        'CONFIG_INVALID',
        `expected the file "${spec.drawing}" in the directory, found none of that name`
      )
    return { ...spec, drawing: new TextDecoder().decode(drawing) }
  },
  compare: () => []
}

/** A body that is passed on, its numbers as they are written. */
export const crateKind: Kind<{ readonly labels?: Readonly<Record<string, unknown>> | undefined }, undefined> = {
  kind: 'crate',
  file: 'crates',
  schema: z.strictObject({ labels: z.record(z.string(), z.unknown()).optional() }),
  numbersAsWritten: true,
  compare: () => []
}

/** One item without a name. */
export const settingsKind: Kind<{ readonly values?: Readonly<Record<string, number>> | undefined }, undefined> = {
  kind: 'settings',
  file: 'settings',
  singleton: 'default',
  schema: z.strictObject({ values: z.record(z.string(), z.number()).optional() }),
  compare: () => []
}

export type Files = Readonly<Record<string, string | Uint8Array>>

/** The files as a reading of the directory would give them. */
export function configOf(files: Files, digest = 'digest'): ConfigFiles {
  const encoder = new TextEncoder()
  return {
    digest,
    files: new Map(
      Object.entries(files).map(([name, content]) => [
        name,
        typeof content === 'string' ? encoder.encode(content) : content
      ])
    )
  }
}

export function parse(files: Files, kinds: readonly AnyKind[] = [boxKind, settingsKind]): Parsed {
  return parseDesired(configOf(files), { name: 'shop', kinds })
}

/** What is declared; fails the test when nothing can be. */
export function declared(files: Files, kinds?: readonly AnyKind[]): DesiredState {
  const { desired, problems } = parse(files, kinds)
  if (desired === undefined) throw new Error(`expected a declaration, found ${JSON.stringify(problems)}`)
  return desired
}

/** The specs of all valid items of a kind, by name. */
export function specsOf(state: DesiredState, kind = 'box'): Readonly<Record<string, unknown>> {
  const found = state.kinds.find((candidate) => candidate.kind.kind === kind)
  return Object.fromEntries((found?.items ?? []).map(({ name, spec }) => [name, spec]))
}
