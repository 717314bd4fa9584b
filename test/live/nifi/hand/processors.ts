/**
 * Processors, their connections and what is queued in these, as a person works with them.
 * @module
 */
import assert from 'node:assert/strict'
import { z } from 'zod'
import { eventually } from '../../eventually.ts'
import { entities, type LiveConnection, type LiveProcessor } from '../entities.ts'
import { GroupHand } from './groups.ts'
import type { JsonObject } from './requests.ts'

/** A hand that has to do with processors and connections as well. */
export class ProcessorHand extends GroupHand {
  /** Processors of a group and of all groups inside it. */
  async processors(group: string): Promise<readonly LiveProcessor[]> {
    const body = await this.must('GET', `/process-groups/${group}/processors?includeDescendantGroups=true`)
    return z.object({ processors: z.array(entities.processor) }).parse(body).processors
  }

  /** The one processor of this name. */
  async processor(group: string, name: string): Promise<LiveProcessor> {
    return onlyOne(await this.processors(group), name)
  }

  /**
   * Name → number of the revision, of all processors of a group. What a replacement leaves alone goes up by one, what it
   * stops and starts again by three.
   */
  async revisions(group: string): Promise<Readonly<Record<string, number>>> {
    return Object.fromEntries((await this.processors(group)).map(({ name, version }) => [name, version]))
  }

  /** Starts or stops everything in a group, and waits until no thread is left when it stops. */
  async setState(group: string, state: 'RUNNING' | 'STOPPED'): Promise<void> {
    await this.must('PUT', `/flow/process-groups/${group}`, { id: group, state })
    if (state === 'RUNNING') return
    await eventually(async () =>
      assert.ok(
        (await this.processors(group)).every((processor) => isAtRest(processor)),
        `${group} is still running`
      )
    )
  }

  /** Adds a processor, of the bundle that has the type, and gives its id. `config` is e.g. `{autoTerminatedRelationships}`. */
  async addProcessor(group: string, name: string, type: string, config: JsonObject = {}): Promise<string> {
    return this.make(`/process-groups/${group}/processors`, { name, type, position: { x: 400, y: 0 }, config })
  }

  /** Changes its configuration, e.g. `{properties: {'File Size': '1KB'}}`; one that runs is stopped for it and started again. */
  async configure(processor: string, config: JsonObject): Promise<void> {
    const { state } = await this.#processor(processor)
    if (state === 'RUNNING') await this.stop(processor)
    await this.alter(`/processors/${processor}`, { config })
    if (state === 'RUNNING') await this.start(processor)
  }

  /** Stops and deletes a processor, with the connections it has, whose queues are emptied. */
  async deleteProcessor(group: string, processor: string): Promise<void> {
    const connections = (await this.connections(group)).filter(
      ({ source, destination }) => source.id === processor || destination.id === processor
    )
    for (const { source, destination } of connections) for (const { id } of [source, destination]) await this.stop(id)
    await this.stop(processor)
    for (const { id } of connections) {
      await this.drop(id)
      await this.destroy(`/connections/${id}`)
    }
    await this.destroy(`/processors/${processor}`)
  }

  async start(processor: string): Promise<void> {
    await this.setRunStatus(`/processors/${processor}`, 'RUNNING')
  }

  /** Stops a processor and waits until none of its threads is left. */
  async stop(processor: string): Promise<void> {
    await this.setRunStatus(`/processors/${processor}`, 'STOPPED')
    await eventually(async () => assert.ok(isAtRest(await this.#processor(processor)), `${processor} is still running`))
  }

  /** Lets a stopped GenerateFlowFile run once for each FlowFile, whose consumers may be running or not. */
  async generate(processor: string, count: number): Promise<void> {
    for (let n = 0; n < count; n += 1) {
      await this.setRunStatus(`/processors/${processor}`, 'RUN_ONCE')
      await eventually(async () =>
        assert.ok(isAtRest(await this.#processor(processor)), `${processor} is still running`)
      )
    }
  }

  /** Connections directly inside a group. */
  async connections(group: string): Promise<readonly LiveConnection[]> {
    const body = await this.must('GET', `/process-groups/${group}/connections`)
    return z.object({ connections: z.array(entities.connection) }).parse(body).connections
  }

  /** Connects two processors of a group and gives the id of the connection. */
  async connect(
    group: string,
    source: string,
    destination: string,
    relationships: readonly string[] = ['success']
  ): Promise<string> {
    const end = (id: string) => ({ id, groupId: group, type: 'PROCESSOR' })
    return this.make(`/process-groups/${group}/connections`, {
      source: end(source),
      destination: end(destination),
      selectedRelationships: relationships
    })
  }

  /** How many FlowFiles wait in a connection. */
  async queued(connection: string): Promise<number> {
    return entities.connection.parse(await this.must('GET', `/connections/${connection}`)).queued
  }

  /** Throws the content of a connection away, and gives how many FlowFiles that were. */
  async drop(connection: string): Promise<number> {
    return this.empty(`/flowfile-queues/${connection}/drop-requests`)
  }

  async #processor(id: string): Promise<LiveProcessor> {
    return entities.processor.parse(await this.must('GET', `/processors/${id}`))
  }
}

function isAtRest({ state, threads }: LiveProcessor): boolean {
  return state !== 'RUNNING' && state !== 'RUN_ONCE' && threads === 0
}

function onlyOne<T extends { readonly name: string }>(found: readonly T[], name: string): T {
  const [one, ...more] = found.filter((candidate) => candidate.name === name)
  assert.ok(
    one !== undefined && more.length === 0,
    `expected one ${name}, found ${found.map((candidate) => candidate.name).join(', ')}`
  )
  return one
}
