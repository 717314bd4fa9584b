/**
 * Parameter contexts as they are declared, and the steps from there to a NiFi and back.
 */
import assert from 'node:assert/strict'
import type { Desired, ItemResult, Observed, Remark, Resource } from '../../../../src/contract.ts'
import { keyOf } from '../../../../src/records.ts'
import { digestOf } from '../../../../src/parse/items.ts'
import type { MountedFile } from '../../../../src/connect/environment.ts'
import {
  parameterContextKind,
  parameterContextResource,
  type ContextSpec,
  type ContextState
} from '../../../../reconcilers/nifi/parameter-context/index.ts'
import type { ContextFacts } from '../../../../reconcilers/nifi/parameter-context/observe.ts'
import { testCall, testCycle } from '../../../../src/testing/cycle.ts'
import { Readings } from '../../../../reconcilers/nifi/reading/readings.ts'
import { resultsOf } from '../call-results.ts'
import { ContextServer } from './context-server.ts'

export type Seen = Observed<ContextState, ContextFacts>
export type Declaration = Readonly<Record<string, unknown>>

/** Items as the framework hands them over; `files` are those of the mount. */
export function declared(
  contexts: Declaration,
  options: { readonly files?: Readonly<Record<string, string>>; readonly exact?: boolean } = {}
): readonly Desired<ContextSpec>[] {
  const files = new Map(Object.entries(options.files ?? {}).map(([name, text]) => [name, Buffer.from(text)]))
  return Object.entries(contexts).map(([name, context]) => {
    const spec = parameterContextKind.schema.parse(context)
    return {
      key: keyOf('nifi', 'parameter-context', name),
      name,
      spec: parameterContextKind.complete?.(spec, files) ?? spec,
      digest: digestOf(context),
      control: { paused: false, ignore: [], exact: options.exact ?? false },
      at: { file: 'parameter-contexts.yaml', line: 1, column: 1 }
    }
  })
}

/** One process beside one NiFi. */
export class Scene {
  readonly server: ContextServer
  readonly resource: Resource<ContextSpec, ContextState, ContextFacts>

  constructor({
    server = new ContextServer(),
    key,
    owner = 'us'
  }: { readonly server?: ContextServer; readonly key?: MountedFile; readonly owner?: string } = {}) {
    this.server = server
    this.resource = parameterContextResource({ link: server, readings: new Readings(server, 'root'), owner }, key)
  }

  observe(items: readonly Desired<ContextSpec>[], everything = false): Promise<Seen> {
    return this.resource.observe(items, testCycle({ full: true, everything }))
  }

  /** What differs, as `name path: before → after (risk)`. */
  async differences(items: readonly Desired<ContextSpec>[]): Promise<readonly string[]> {
    const { items: live } = await this.observe(items)
    return items.flatMap(({ name, spec, control }) => {
      const state = stateIn(live, name)
      const resets = control.exact && state !== undefined ? (this.resource.undeclared?.(spec, state) ?? []) : []
      return [...this.resource.compare(spec, state), ...resets].map(
        ({ path, before, after, risk }) =>
          `${name} ${path}: ${JSON.stringify(before)} → ${JSON.stringify(after)} (${risk})`
      )
    })
  }

  /** Creates what is missing, then changes what differs, as a cycle does. */
  async apply(items: readonly Desired<ContextSpec>[]): Promise<readonly string[]> {
    const { items: live, facts } = await this.observe(items)
    const call = testCall({ facts })
    const missing = items.filter(({ name }) => !live.has(name))
    const updates = items.flatMap((desired) => {
      const state = stateIn(live, desired.name)
      if (state === undefined) return []
      const resets = desired.control.exact ? (this.resource.undeclared?.(desired.spec, state) ?? []) : []
      const fields = [...this.resource.compare(desired.spec, state), ...resets].filter(
        ({ risk }) => risk !== 'unsupported'
      )
      return fields.length === 0 ? [] : [{ desired, state, fields }]
    })
    const names = updates.map(({ desired }) => desired.name)
    const created =
      missing.length === 0
        ? []
        : await resultsOf(
            missing.map(({ name }) => name),
            async () => (await this.resource.create?.(missing, call)) ?? []
          )
    const updated =
      updates.length === 0
        ? []
        : await resultsOf(names, async () => (await this.resource.update?.(updates, call)) ?? [])
    return [...created, ...updated].map(resultText)
  }

  async remarks(items: readonly Desired<ContextSpec>[]): Promise<readonly string[]> {
    return remarksOf(items, await this.observe(items)).map(({ name, verdict, code }) => `${name} ${verdict} ${code}`)
  }
}

/** Remarks; without `observed` those that hold offline. */
export function remarksOf(items: readonly Desired<ContextSpec>[], observed?: Seen): readonly Remark[] {
  return (
    parameterContextKind.check?.(items, {
      declared: new Map([['parameter-context', items]]),
      ...(observed === undefined ? {} : { observed })
    }) ?? []
  )
}

export function stateIn(items: Seen['items'], name: string): ContextState | undefined {
  const sighting = items.get(name)
  if (sighting === undefined) return undefined
  assert.ok('state' in sighting)
  return sighting.state
}

function resultText(result: ItemResult): string {
  if (result.result === 'failed') return `${result.name} failed ${result.error.code}: ${result.error.message}`
  return `${result.name} ${result.result}`
}

/** The file of a key. */
export function keyFile(text: string): MountedFile {
  return { path: '/secrets/digest-key', read: () => Promise.resolve(`${text}\n`) }
}
