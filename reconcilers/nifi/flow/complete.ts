/**
 * A declared flow → the same with what it is to be: read from the file it names, taken as it stands, or compiled.
 * @module
 */
import { didYouMean, ReconcileError } from '../../../src/plugin.ts'
import type { Content } from './definition/model.ts'
import { contentOf, parseDefinition } from './definition/parse.ts'
import { compileInline } from './inline/compile.ts'
import type { FlowSpec } from './schema.ts'

type Files = ReadonlyMap<string, Uint8Array>

/** Sets `content`. Throws CONFIG_INVALID when the file is missing or is no definition. Pure. */
export function completeFlow(spec: FlowSpec, files: Files): FlowSpec {
  return { ...spec, content: readContent(spec, files) }
}

function readContent(spec: FlowSpec, files: Files): Content {
  const { definition } = spec
  if (definition === undefined) return compileInline(spec)
  if (typeof definition !== 'string') return contentOf(definition, 'definition')
  const bytes = files.get(definition)
  if (bytes !== undefined) return parseDefinition(bytes, definition)
  const known = [...files.keys()].filter((name) => /\.flow\.json(?:\.gz)?$/.test(name))
  const found = known.length === 0 ? 'no *.flow.json at all' : known.slice(0, 5).join(', ')
  const hint = didYouMean(definition, known) || '; add it to the ConfigMap or correct the name'
  throw new ReconcileError(
    'CONFIG_INVALID',
    `definition: expected a file of the mount, found "${definition}", which is not there (there is ${found})${hint}`
  )
}
