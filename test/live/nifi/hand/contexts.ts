/**
 * Parameter contexts as a person makes, changes and deletes them.
 * @module
 */
import assert from 'node:assert/strict'
import { z } from 'zod'
import { eventually } from '../../eventually.ts'
import { entities, type LiveContext } from '../entities.ts'
import type { JsonObject } from './requests.ts'
import { ServiceHand } from './services.ts'

/** A parameter as people write it: its value, or more. */
export type ParameterOf =
  | string
  | { readonly value: string | null; readonly sensitive?: boolean; readonly description?: string }

/** A hand that has to do with parameter contexts as well. */
export class ContextHand extends ServiceHand {
  async contexts(): Promise<readonly LiveContext[]> {
    const body = await this.must('GET', '/flow/parameter-contexts')
    return z.object({ parameterContexts: z.array(entities.context) }).parse(body).parameterContexts
  }

  /** The parameter context of this name, or undefined. */
  async context(name: string): Promise<LiveContext | undefined> {
    return (await this.contexts()).find((context) => context.name === name)
  }

  /** Makes a parameter context, which inherits those of these ids, and gives its id. */
  async createContext(
    name: string,
    parameters: Readonly<Record<string, ParameterOf>> = {},
    inherits: readonly string[] = []
  ): Promise<string> {
    return this.make('/parameter-contexts', {
      name,
      parameters: parametersOf(parameters),
      inheritedParameterContexts: inherits.map((id) => ({ id, component: { id } }))
    })
  }

  /** Changes parameters, and restarts what uses them, as NiFi does. Waits until that is done. */
  async setParameters(context: string, parameters: Readonly<Record<string, ParameterOf>>): Promise<void> {
    const revision = await this.revisionOf(`/parameter-contexts/${context}`)
    const path = `/parameter-contexts/${context}/update-requests`
    const update = z.object({
      request: z.object({ requestId: z.string(), complete: z.boolean(), failureReason: z.string().nullish() })
    })
    const component = { id: context, parameters: parametersOf(parameters) }
    let { request } = update.parse(await this.must('POST', path, { id: context, revision, component }))
    await eventually(async () => {
      request = update.parse(await this.must('GET', `${path}/${request.requestId}`)).request
      assert.ok(request.complete, 'the parameters are still being changed')
    })
    await this.must('DELETE', `${path}/${request.requestId}`)
    assert.equal(request.failureReason ?? '', '')
  }

  async deleteContext(context: string): Promise<void> {
    await this.destroy(`/parameter-contexts/${context}`)
  }

  /** Deletes the parameter contexts whose names begin with `prefix`; whoever inherits goes first. */
  async clearContexts(prefix: string): Promise<void> {
    for (;;) {
      const ours = (await this.contexts()).filter(({ name }) => name.startsWith(prefix))
      if (ours.length === 0) return
      const inherited = new Set(ours.flatMap(({ inherits }) => inherits))
      for (const { id } of ours.filter((context) => !inherited.has(context.id))) await this.deleteContext(id)
    }
  }
}

function parametersOf(parameters: Readonly<Record<string, ParameterOf>>): JsonObject[] {
  return Object.entries(parameters).map(([name, given]) => {
    const { value, sensitive = false, description = '' } = typeof given === 'string' ? { value: given } : given
    return { parameter: { name, value, sensitive, description } }
  })
}
