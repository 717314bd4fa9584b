/**
 * The hand of a person who works in NiFi behind the reconciler's back, and looks what became of things.
 * @module
 */
import assert from 'node:assert/strict'
import { z } from 'zod'
import { eventually } from '../eventually.ts'
import { anyEntity, controller } from './entities.ts'
import { RemoteHand } from './hand/remotes.ts'

export type { LiveConnection, LiveContext, LiveGroup, LiveProcessor, LiveRemote, LiveService } from './entities.ts'

const object = z.record(z.string(), z.json())

/** Kinds of components by the path of each, in the order in which they can be deleted. */
const deletable = [
  'connections',
  'processors',
  'input-ports',
  'output-ports',
  'funnels',
  'labels',
  'remote-process-groups'
] as const

const fields = {
  connections: 'connections',
  processors: 'processors',
  'input-ports': 'inputPorts',
  'output-ports': 'outputPorts',
  funnels: 'funnels',
  labels: 'labels',
  'remote-process-groups': 'remoteProcessGroups'
} as const

/** All that a person does; each module below hand/ adds what is done to one kind of thing. */
export class Hand extends RemoteHand {
  /** How many threads run processors. */
  async threads(): Promise<number> {
    return (await this.#controller()).component.maxTimerDrivenThreadCount
  }

  async setThreads(maxTimerDrivenThreadCount: number): Promise<void> {
    const { revision } = await this.#controller()
    await this.must('PUT', '/controller/config', {
      revision: this.revision(revision.version),
      component: { maxTimerDrivenThreadCount }
    })
  }

  /** Deletes everything inside a group, what runs and what is queued included; the group stays. */
  async clear(group: string): Promise<void> {
    await this.#silence(group)
    for (const kind of deletable) {
      const body = object.parse(await this.must('GET', `/process-groups/${group}/${kind}`))
      for (const { id } of z.array(anyEntity).parse(body[fields[kind]])) await this.destroy(`/${kind}/${id}`)
    }
    // NiFi starts again what it stopped for a replacement, also one that nobody waits for.
    for (const { id } of await this.groups(group)) await this.destroy(`/process-groups/${id}`, () => this.#silence(id))
    for (const { id } of await this.services(group)) await this.destroy(`/controller-services/${id}`)
  }

  /** Deletes a group with everything inside it; one that does not exist is no error. */
  async remove(group: string): Promise<void> {
    if ((await this.group(group)) === undefined) return
    await this.#silence(group)
    await this.destroy(`/process-groups/${group}`, () => this.#silence(group))
  }

  async #controller(): Promise<z.output<typeof controller>> {
    return controller.parse(await this.must('GET', '/controller/config'))
  }

  /** Stops everything, disables all services and empties all queues of a group. */
  async #silence(group: string): Promise<void> {
    await this.setState(group, 'STOPPED')
    for (const { id, inputPorts } of await this.remotes(group))
      if (inputPorts.some(({ transmitting }) => transmitting)) await this.transmit(id, false)
    await this.must('PUT', `/flow/process-groups/${group}/controller-services`, { id: group, state: 'DISABLED' })
    await eventually(async () =>
      assert.ok(
        (await this.services(group)).every(({ state }) => state === 'DISABLED'),
        'services are still enabled'
      )
    )
    // 1.18.0 answers 500 where there is no connection at all.
    if ((await this.group(group))?.queued !== 0)
      await this.empty(`/process-groups/${group}/empty-all-connections-requests`)
  }
}
