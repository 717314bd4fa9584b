/**
 * Controller services as a person makes, enables and disables them.
 * @module
 */
import assert from 'node:assert/strict'
import { z } from 'zod'
import { eventually } from '../../eventually.ts'
import { anyEntity, entities, type LiveService } from '../entities.ts'
import { ProcessorHand } from './processors.ts'
import type { JsonObject } from './requests.ts'

/** A hand that has to do with services as well. */
export class ServiceHand extends ProcessorHand {
  /** Services of a group and of all groups inside it. */
  async services(group: string): Promise<readonly LiveService[]> {
    const query = 'includeAncestorGroups=false&includeDescendantGroups=true'
    const body = await this.must('GET', `/flow/process-groups/${group}/controller-services?${query}`)
    return z.object({ controllerServices: z.array(entities.service) }).parse(body).controllerServices
  }

  /** Makes a service, disabled, and gives its id. */
  async createService(group: string, name: string, type: string, properties: JsonObject = {}): Promise<string> {
    return this.make(`/process-groups/${group}/controller-services`, { name, type, properties })
  }

  /** Enables a service, or disables it with all that refers to it, and waits until that is done. */
  async setService(service: string, state: 'ENABLED' | 'DISABLED'): Promise<void> {
    if (state === 'DISABLED') await this.#stopReferences(service)
    await this.setRunStatus(`/controller-services/${service}`, state)
    await eventually(async () => {
      const now = entities.service.parse(await this.must('GET', `/controller-services/${service}`))
      assert.equal(now.state, state, `${now.name}: ${now.errors.join(' ')}`)
    })
  }

  async #stopReferences(service: string): Promise<void> {
    const path = `/controller-services/${service}/references`
    const body = z
      .object({ controllerServiceReferencingComponents: z.array(anyEntity) })
      .parse(await this.must('GET', path))
    const referencingComponentRevisions = Object.fromEntries(
      body.controllerServiceReferencingComponents.map(({ id, revision }) => [id, this.revision(revision.version)])
    )
    await this.must('PUT', path, { id: service, state: 'STOPPED', referencingComponentRevisions })
  }
}
