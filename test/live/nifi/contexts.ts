/**
 * Parameter contexts in tests, and flows that are bound to them.
 * @module
 */
import assert from 'node:assert/strict'
import type { Json } from '../../../src/records.ts'
import type { Ground } from './ground.ts'
import type { LiveContext } from './harness.ts'
import type { Files } from './line.ts'
import { pair } from './pair.ts'

type Items = Readonly<Record<string, Json>>

/** What is done with contexts on a ground; all are called by their short names. */
export interface Contexts {
  /** From now on these contexts and flows are declared, with these files beside them, and nothing else. */
  readonly declare: (contexts: Items, flows?: Items, files?: Files) => void
  /** How a context is on the server; fails when there is none. */
  readonly live: (short: string) => Promise<LiveContext>
  /** A flow whose processor `gen` uses the parameter `size` of a context. */
  readonly bound: (context: string) => Json
}

/** Contexts on this ground. */
export function contextsOn(ground: Ground): Contexts {
  const { name } = ground
  return {
    declare: (contexts, flows = {}, files = {}) => {
      const { line, scene } = ground
      line.declare({ 'parameter-contexts': { ...scene.named(contexts) }, flows: { ...scene.named(flows) }, ...files })
    },
    live: async (short) => (await ground.hand.context(name(short))) ?? assert.fail(`no context ${short}`),
    bound: (context) => pair({ parameterContext: name(context), size: '#{size}' })
  }
}

/** Its parameters by their names. */
export function valuesOf({ parameters }: LiveContext): Readonly<Record<string, string | null>> {
  return Object.fromEntries(Object.entries(parameters).map(([parameter, { value }]) => [parameter, value]))
}

/** Names of the parameters in the body of a change. */
export function namesIn(body: Json | undefined): readonly string[] {
  const parameters: readonly { readonly parameter: { readonly name: string } }[] = Object(body).component.parameters
  return parameters.map(({ parameter }) => parameter.name)
}
