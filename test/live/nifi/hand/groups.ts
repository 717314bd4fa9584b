/**
 * Process groups as a person makes, changes and downloads them.
 * @module
 */
import { z } from 'zod'
import type { Json } from '../../../../src/records.ts'
import { anyEntity, entities, type LiveGroup } from '../entities.ts'
import { RequestHand, type JsonObject } from './requests.ts'

const object = z.record(z.string(), z.json())

/** A hand that has to do with groups. */
export class GroupHand extends RequestHand {
  /** Imports a definition (`{flowContents, ...}`) as a new group and gives its id. */
  async import(parent: string, name: string, definition: Json): Promise<string> {
    const body = {
      groupId: parent,
      groupName: name,
      positionDTO: { x: 0, y: 0 },
      revisionDTO: this.revision(0),
      flowSnapshot: definition
    }
    return anyEntity.parse(await this.must('POST', `/process-groups/${parent}/process-groups/import`, body)).id
  }

  /** Makes an empty group and gives its id. */
  async createGroup(parent: string, name: string, comments = ''): Promise<string> {
    const id = await this.make(`/process-groups/${parent}/process-groups`, { name, position: { x: 0, y: 0 } })
    // 1.18.0 takes none with a new group.
    if (comments !== '') await this.changeGroup(id, { comments })
    return id
  }

  /** Groups directly inside a group. */
  async groups(parent: string): Promise<readonly LiveGroup[]> {
    const body = await this.must('GET', `/process-groups/${parent}/process-groups`)
    return z.object({ processGroups: z.array(entities.group) }).parse(body).processGroups
  }

  /** One group, or undefined. */
  async group(id: string): Promise<LiveGroup | undefined> {
    const body = await this.find(`/process-groups/${id}`)
    return body === undefined ? undefined : entities.group.parse(body)
  }

  /** Changes fields of a group itself, e.g. `{name}`, `{comments}`, `{parameterContext: {id}}` (`{id: null}` unbinds). */
  async changeGroup(id: string, change: JsonObject): Promise<void> {
    await this.alter(`/process-groups/${id}`, change)
  }

  async rename(id: string, name: string): Promise<void> {
    await this.changeGroup(id, { name })
  }

  async comments(id: string): Promise<string> {
    return (await this.group(id))?.comments ?? ''
  }

  /** The definition of a group as "Download flow definition" gives it. */
  async download(id: string): Promise<Readonly<Record<string, Json>>> {
    return object.parse(await this.must('GET', `/process-groups/${id}/download`))
  }
}
