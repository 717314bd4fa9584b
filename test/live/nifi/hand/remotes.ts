/**
 * Remote process groups as a person switches them on and off.
 * @module
 */
import { z } from 'zod'
import { anyEntity, entities, type LiveRemote } from '../entities.ts'
import { ContextHand } from './contexts.ts'

/** A hand that has to do with remote process groups as well. */
export class RemoteHand extends ContextHand {
  /** Remote process groups of a group and of the groups inside it. */
  async remotes(group: string): Promise<readonly LiveRemote[]> {
    const body = await this.must('GET', `/process-groups/${group}/remote-process-groups`)
    const { remoteProcessGroups } = z.object({ remoteProcessGroups: z.array(anyEntity) }).parse(body)
    const own = await Promise.all(
      remoteProcessGroups.map(async ({ id }) =>
        entities.remote.parse(await this.must('GET', `/remote-process-groups/${id}`))
      )
    )
    const inner = await Promise.all((await this.groups(group)).map(({ id }) => this.remotes(id)))
    return [...own, ...inner.flat()]
  }

  /** Switches all of its ports on or off. */
  async transmit(remote: string, isOn: boolean): Promise<void> {
    await this.setRunStatus(`/remote-process-groups/${remote}`, isOn ? 'TRANSMITTING' : 'STOPPED')
  }

  /** Switches one of its input ports on or off. */
  async transmitTo(remote: string, port: string, isOn: boolean): Promise<void> {
    const path = `/remote-process-groups/${remote}`
    await this.must('PUT', `${path}/input-ports/${port}/run-status`, {
      revision: await this.revisionOf(path),
      state: isOn ? 'TRANSMITTING' : 'STOPPED'
    })
  }

  /** Changes fields of a remote process group, e.g. `{targetUris}`; it must not transmit. */
  async changeRemote(remote: string, change: Readonly<Record<string, string>>): Promise<void> {
    await this.alter(`/remote-process-groups/${remote}`, change)
  }
}
