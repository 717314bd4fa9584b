/**
 * Types of components a NiFi has, and which of them a definition means.
 * @module
 */
import { z } from 'zod'
import { didYouMean, type Json, ReconcileError } from '../../../../src/plugin.ts'
import { labelsOf, namesById, type NamesById } from '../definition/labels.ts'
import type { Component, Group } from '../definition/model.ts'
import { groupsOf, join, listOf, sameType } from '../definition/parts.ts'
import { fileWords, type Words } from '../identity/words.ts'
import { asBody, textOf } from '../../json.ts'

/** A component whose type this NiFi has not, or has more than once. */
export interface TypeProblem {
  /** `processors.gen.type`. */
  readonly path: string
  readonly code: 'UNKNOWN_TYPE' | 'AMBIGUOUS_TYPE'
  readonly message: string
}

export interface TypedGroup {
  readonly group: Group
  readonly problems: readonly TypeProblem[]
}

const bundle = z.object({ group: z.string(), artifact: z.string(), version: z.string() })
type Bundle = z.infer<typeof bundle>

const typeList = z.array(z.object({ type: z.string(), bundle }))
const processorTypes = z.object({ processorTypes: typeList })
const serviceTypes = z.object({ controllerServiceTypes: typeList })

/** Full name of a class → the bundles that bring it. */
type Offers = ReadonlyMap<string, readonly Bundle[]>

/** What is resolved in, and where. */
interface Scope {
  readonly words: Words
  readonly names: NamesById
  /** Path of the group. */
  readonly at: string
  readonly problems: TypeProblem[]
}

type TypedList = 'processors' | 'controllerServices'

/** What can be made of processors and services; as old as the answers it was made from. */
export class ComponentTypes {
  readonly #offers: Readonly<Record<TypedList, Offers>>

  /** The answers of `/flow/processor-types` and `/flow/controller-service-types`. Throws UNAVAILABLE for any other. */
  constructor(processors: Json, services: Json) {
    this.#offers = {
      processors: offersOf(read(processorTypes, processors).processorTypes),
      controllerServices: offersOf(read(serviceTypes, services).controllerServiceTypes)
    }
  }

  /**
   * The group with full types and with bundles this NiFi has: the declared one where it is there, else the newest version of
   * the only one that brings the type. A component with a problem is left as it is. `words` are those of the author. Pure.
   */
  resolve(group: Group, words: Words = fileWords): TypedGroup {
    const problems: TypeProblem[] = []
    const resolved = this.#resolveGroup(group, { words, names: namesById(words, group), at: '', problems })
    return { group: resolved, problems }
  }

  #resolveGroup<G extends Group>(group: G, scope: Scope): G {
    const inner = groupsOf(group)
    const labels = labelsOf(scope.words, 'processGroups', inner, scope.names)
    const below = (identifier: string): Scope => ({
      ...scope,
      at: join(scope.at, scope.words.list('processGroups'), labels.get(identifier) ?? identifier)
    })
    return {
      ...group,
      processors: this.#resolveList(group, 'processors', scope),
      controllerServices: this.#resolveList(group, 'controllerServices', scope),
      processGroups: inner.map((each) => this.#resolveGroup(each, below(each.identifier)))
    }
  }

  #resolveList(group: Group, list: TypedList, { words, names, at, problems }: Scope): readonly Component[] {
    const components = listOf(group, list)
    const labels = labelsOf(words, list, components, names)
    return components.map((component) => {
      const found = choose(component, this.#offers[list])
      if (found.bundle !== undefined) return { ...component, type: found.type, bundle: found.bundle }
      problems.push({
        path: join(at, words.list(list), labels.get(component.identifier) ?? component.identifier, 'type'),
        code: found.code,
        message: found.message
      })
      return component
    })
  }
}

type Choice =
  | { readonly type: string; readonly bundle: Bundle }
  | (Omit<TypeProblem, 'path'> & { readonly bundle?: never })

function choose(component: Component, offers: Offers): Choice {
  const written = textOf(component['type'])
  const types = offers.has(written) ? [written] : [...offers.keys()].filter((type) => sameType(written, type))
  const [type] = types
  if (type === undefined)
    return {
      code: 'UNKNOWN_TYPE',
      message: `expected a type this NiFi has, found "${written}"${nearest(written, offers)}`
    }
  if (types.length > 1)
    return {
      code: 'AMBIGUOUS_TYPE',
      message: `expected one type, found "${written}", which may be ${types.toSorted().join(' or ')}; write it in full`
    }
  const bundles = offers.get(type) ?? []
  const wanted = asBody(component['bundle'])
  const same = bundles.filter(({ group, artifact }) => group === wanted['group'] && artifact === wanted['artifact'])
  const candidates = (same.length > 0 ? same : bundles).toSorted((a, b) => byVersion(b.version, a.version))
  const artifacts = [...new Set(candidates.map(({ group, artifact }) => `${group}:${artifact}`))]
  const chosen = same.find(({ version }) => version === wanted['version']) ?? candidates[0]
  if (chosen !== undefined && artifacts.length === 1) return { type, bundle: chosen }
  return {
    code: 'AMBIGUOUS_TYPE',
    message: `expected one bundle with "${type}", found ${artifacts.toSorted().join(' and ')}; name one of them in a definition file`
  }
}

/** By the name of the class: its package may be what has changed. */
function nearest(written: string, offers: Offers): string {
  return didYouMean(shortOf(written), new Set([...offers.keys()].map(shortOf)))
}

function shortOf(type: string): string {
  return type.slice(type.lastIndexOf('.') + 1)
}

const versions = new Intl.Collator('en', { numeric: true })

function byVersion(a: string, b: string): number {
  return versions.compare(a, b)
}

function offersOf(types: z.infer<typeof typeList>): Offers {
  const byType = Map.groupBy(types, ({ type }) => type)
  return new Map([...byType].map(([type, each]) => [type, each.map((offer) => offer.bundle)]))
}

function read<T>(schema: z.ZodType<T>, answer: Json): T {
  const parsed = schema.safeParse(answer)
  if (parsed.success) return parsed.data
  throw new ReconcileError(
    'UNAVAILABLE',
    'expected the types of components this NiFi has, found an answer without them'
  )
}
