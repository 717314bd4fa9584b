/**
 * What is sent to NiFi: a new context whole, of a live one only what changes. An unchanged value of a parameter that a
 * running component uses makes NiFi refuse the whole request.
 * @module
 */
import type { Json } from '../../../src/plugin.ts'
import type { ContextEntity, Reference, Revision } from '../reading/entities.ts'
import type { Difference } from './compare.ts'
import type { ContextSpec, ParameterSpec } from './schema.ts'
import { readDescription, writeDescription } from './tail.ts'

/** A value as it is to be written. */
export interface Written {
  /** Null: the parameter is to have none. */
  readonly value: string | null
  /** Keyed digest of a secret. */
  readonly digest?: string
}

/** What the bodies below are made from, beside the spec. */
export interface Materials {
  readonly clientId: string
  /** Values by the name of the parameter, of all that are written. */
  readonly values: ReadonlyMap<string, Written>
  /** The declared parents, in their order, with their ids. */
  readonly inherits: readonly Reference[]
}

/** The body that creates a context and marks it as `owner`'s. Pure. */
export function creationBody(
  name: string,
  spec: ContextSpec,
  owner: string,
  { clientId, values, inherits }: Materials
): Json {
  const parameters = Object.entries(spec.parameters).flatMap(([parameter, declared]) =>
    declared === null ? [] : [newEntry(parameter, declared, values.get(parameter))]
  )
  return {
    revision: { version: 0, clientId },
    component: {
      name,
      description: writeDescription(spec.description ?? '', 'owner', owner),
      parameters,
      inheritedParameterContexts: inherits.map(inheritedEntry)
    }
  }
}

/**
 * The body that changes of a live context what differs, and nothing else. The parents are always named: NiFi keeps them
 * when they are not, but checks the request as if there were none. Pure.
 */
export function updateBody(
  spec: ContextSpec,
  entity: ContextEntity,
  differences: readonly Difference[],
  { clientId, values, inherits }: Materials
): Json {
  const parts = differences.map(({ part }) => part)
  const names = new Set(parts.flatMap((part) => (part.of === 'parameter' ? [part.name] : [])))
  const parameters = [...names].map((name) => changedEntry(name, spec, entity, differences, values.get(name)))
  const parents = parts.some(({ of }) => of === 'inherits') ? inherits : entity.inherits
  return {
    id: entity.id,
    revision: revisionOf(entity.revision, clientId),
    component: {
      id: entity.id,
      name: entity.name,
      ...(parts.some(({ of }) => of === 'description') && {
        description: redescribed(entity, spec.description ?? '')
      }),
      parameters,
      inheritedParameterContexts: parents.map(inheritedEntry)
    }
  }
}

/** Whether a part of a parameter's difference needs its value. Pure. */
export function needsValue({ part, change }: Difference): boolean {
  return part.of === 'parameter' && change.after !== null && (part.part === 'whole' || part.part === 'value')
}

function revisionOf({ version }: Revision, clientId: string): Json {
  return { version, clientId }
}

/** The person's words are replaced, a marker below them stays. */
function redescribed({ description }: ContextEntity, text: string): string {
  return writeDescription(text, 'owner', readDescription(description).fields?.get('owner'))
}

/** Measured on 1.18.0 and 2.3.0: the id alone is not enough. */
function inheritedEntry({ id, name }: Reference): Json {
  return { id, component: { id, name } }
}

function newEntry(name: string, { sensitive, description = '' }: ParameterSpec, written: Written | undefined): Json {
  const { value = null, digest } = written ?? {}
  return { parameter: { name, description: writeDescription(description, 'digest', digest), sensitive, value } }
}

function changedEntry(
  name: string,
  spec: ContextSpec,
  entity: ContextEntity,
  differences: readonly Difference[],
  written: Written | undefined
): Json {
  const live = entity.parameters.get(name)
  const declared = Object.hasOwn(spec.parameters, name) ? spec.parameters[name] : undefined
  const own = differences.filter(({ part }) => part.of === 'parameter' && part.name === name)
  const isPart = (wanted: string) => own.find(({ part }) => part.of === 'parameter' && part.part === wanted)
  // An entry with nothing but a name is what removes a parameter.
  if (isPart('whole')?.change.after === null) return { parameter: { name } }
  if (live === undefined) return declared ? newEntry(name, declared, written) : { parameter: { name } }
  const text =
    isPart('description') === undefined ? readDescription(live.description).text : (declared?.description ?? '')
  return {
    parameter: {
      name,
      sensitive: live.sensitive,
      ...valueFields(written),
      ...describedFields(text, live.description, written)
    }
  }
}

/** Without a value NiFi keeps the one it has. */
function valueFields(written: Written | undefined): { readonly [field: string]: Json } {
  if (written === undefined) return {}
  return written.value === null ? { value: null, valueRemoved: true } : { value: written.value }
}

/** The digest belongs to the value: it goes where the value goes, and stays where that stays. */
function describedFields(text: string, live: string, written: Written | undefined): { readonly [field: string]: Json } {
  const digest = written === undefined ? readDescription(live).fields?.get('digest') : written.digest
  const description = writeDescription(text, 'digest', digest)
  return description === '' && live === '' ? {} : { description }
}
