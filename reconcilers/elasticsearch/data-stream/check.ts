/**
 * Rules over declared data streams that need no comparison of fields.
 * @module
 */
import type { CheckContext, Desired, Remark } from '../../../src/plugin.ts'
import { isBody, type Body } from '../body.ts'
import { unsupportedRemarks } from '../facts.ts'
import { indexNameFault, nameRemarks } from '../names.ts'
import { nanosecondsOf } from '../settings/values.ts'
import type { DataStreamFacts, DataStreamSpec, DataStreamState } from './state.ts'
import { streamTemplate, templateFor } from './templates.ts'

type Stream = Desired<DataStreamSpec>
type Context = CheckContext<DataStreamState, DataStreamFacts>

/** All remarks about all data streams; those about what is live only when it was observed. Pure. */
export function checkDataStreams(desired: readonly Stream[], context: Context): readonly Remark[] {
  return [
    ...unsupportedRemarks(desired, context.observed?.facts),
    ...nameRemarks(desired, nameFault),
    ...desired.flatMap((stream) => [
      ...checkTaken(stream, context),
      ...checkTemplate(stream, context),
      ...checkTimes(stream),
      ...checkCapability(stream, context)
    ])
  ]
}

/** MetadataCreateDataStreamService refuses what it needs for backing indices. */
function nameFault(name: string): string | undefined {
  const isBacking = name.startsWith('.ds-') || name.startsWith('.fs-')
  return isBacking ? `expected a name that does not start with ".ds-" or ".fs-", found "${name}"` : indexNameFault(name)
}

function checkTaken({ name }: Stream, { declared }: Context): Remark[] {
  if (declared.get('index')?.some((item) => item.name === name) !== true) return []
  const message = `expected a name of its own, found "${name}", which is a declared index too; rename one`
  return [{ name, verdict: 'invalid', code: 'NAME_TAKEN', path: [], message }]
}

/** Without a matching template that says `data_stream`, the server refuses to make one. */
function checkTemplate({ name }: Stream, { declared, observed }: Context): Remark[] {
  const live = observed?.facts.templates
  if (observed?.items.has(name) === true || (observed !== undefined && live === undefined)) return []
  const templates = (declared.get('index-template') ?? []).map((item) =>
    streamTemplate(item.name, bodyOfSpec(item.spec))
  )
  const template = templateFor(name, templates, live ?? [])
  if (template?.makesStreams === true) return []
  const found = template === undefined ? `none matches "${name}"` : `"${template.name}" matches first and has none`
  const where = observed === undefined ? ' among the declared ones; the server may have another' : ''
  const message = `expected an index template with data_stream, found that ${found}${where}`
  return [{ name, verdict: observed === undefined ? 'warn' : 'hold', code: 'NO_TEMPLATE', path: [], message }]
}

function bodyOfSpec(spec: unknown): Body {
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the schema of index templates gives a body, and it is looked at once more
  const body = spec as Body | undefined
  return isBody(body) ? body : {}
}

function checkTimes({ name, spec }: Stream): Remark[] {
  const retention = spec.lifecycle?.['data_retention']
  if (typeof retention !== 'string' || (nanosecondsOf(retention) ?? -1n) > 0n) return []
  const message = `expected a time with a unit, found ${JSON.stringify(retention)}; write it like "30d"`
  return [{ name, verdict: 'invalid', code: 'VALUE', path: ['lifecycle', 'data_retention'], message }]
}

function checkCapability({ name, spec }: Stream, { observed }: Context): Remark[] {
  const message = observed?.facts.withoutLifecycle
  if (message === undefined || spec.lifecycle === undefined) return []
  return [{ name, verdict: 'hold', code: 'UNSUPPORTED', path: ['lifecycle'], message }]
}
