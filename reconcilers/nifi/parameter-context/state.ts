/**
 * A live parameter context, and what was found out about declared values that do not stand in the item itself.
 * @module
 */
import type { ContextEntity, ParameterEntity, Reference } from '../reading/entities.ts'
import { mask } from './mask.ts'
import { readDescription } from './tail.ts'

export interface LiveParameter {
  /** Null: it has none. The mask where it is sensitive. */
  readonly value: string | null
  readonly sensitive: boolean
  /** Without the digest at its end. */
  readonly description: string
  /** Keyed digest of the secret we wrote last; absent: nobody noted it. */
  readonly digest?: string
  /** The components that refer to it, as `gen in orders`, in contexts that inherit it too. */
  readonly referencing: readonly string[]
}

/** About the declared value of one parameter. */
export type Finding =
  /** Not sensitive: what its file holds. */
  | { readonly text: string }
  /** Sensitive: whether NiFi holds it, as far as can be known. */
  | { readonly isSame: boolean }
  | { readonly unreadable: string }

export interface ContextState {
  readonly id: string
  /** Whether we may change it. */
  readonly canModify: boolean
  /** Without the marker at its end. */
  readonly description: string
  /** Who made it, by its marker. */
  readonly owner?: string
  readonly parameters: ReadonlyMap<string, LiveParameter>
  /** In the order in which they count. */
  readonly inherits: readonly Reference[]
  /** Names of the process groups it is bound to. */
  readonly boundGroups: readonly string[]
  /** Names of own parameters that a parent gives too: what refers to one does not lack it when it is removed. */
  readonly replaceable: ReadonlySet<string>
  /** By the name of the declared parameter. */
  readonly findings: ReadonlyMap<string, Finding>
}

/** What NiFi shows of a context, and what was found out about it and the declared values. Pure. */
export function contextStateOf(
  entity: ContextEntity,
  { findings, replaceable }: Pick<ContextState, 'findings' | 'replaceable'>
): ContextState {
  const { text, fields } = readDescription(entity.description)
  const owner = fields?.get('owner')
  return {
    id: entity.id,
    canModify: entity.canWrite,
    description: text,
    ...(owner === undefined ? {} : { owner }),
    parameters: new Map([...entity.parameters].map(([name, parameter]) => [name, liveParameterOf(parameter)])),
    inherits: entity.inherits,
    boundGroups: entity.boundGroups.map(({ name }) => name),
    replaceable,
    findings
  }
}

/** What NiFi shows of one parameter. Pure. */
export function liveParameterOf({ value, sensitive, description, referencing }: ParameterEntity): LiveParameter {
  const { text, fields } = readDescription(description)
  const digest = fields?.get('digest')
  return {
    value: sensitive && value !== null ? mask : value,
    sensitive,
    description: text,
    ...(digest === undefined ? {} : { digest }),
    referencing
  }
}
