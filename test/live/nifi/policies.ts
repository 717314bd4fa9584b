/**
 * The policies of a NiFi with a managed authorizer, as its administrator changes them.
 * @module
 */
import { z } from 'zod'
import { nifiIdentities } from '../../servers/nifi.ts'
import { anyEntity } from './entities.ts'
import type { Hand } from './hand.ts'

/** `read /flow`, `write /process-groups/<id>`: what is done, and to what, as NiFi's REST API names both. */
export type Right = `${'read' | 'write'} /${string}`

const policy = z.object({
  id: z.string(),
  revision: z.object({ version: z.int() }),
  component: z.object({ resource: z.string() })
})
const users = z.object({ users: z.array(z.object({ id: z.string(), component: z.object({ identity: z.string() }) })) })

/** Who grants; the administrator keeps all rights, and the guest has those that were granted. */
export class Policies {
  readonly #hand: Hand
  readonly #admin: string
  readonly #guest: string

  private constructor(hand: Hand, admin: string, guest: string) {
    this.#hand = hand
    this.#admin = admin
    this.#guest = guest
  }

  /** Makes the guest known to NiFi, and gives the administrator what nobody has on a new server. */
  static async open(hand: Hand, root: string): Promise<Policies> {
    const known = users
      .parse(await hand.must('GET', '/tenants/users'))
      .users.find(({ component }) => component.identity === nifiIdentities.client)
    if (known === undefined) throw new Error('NiFi does not know its administrator')
    const guest = anyEntity.parse(
      await hand.must('POST', '/tenants/users', {
        revision: { version: 0 },
        component: { identity: nifiIdentities.guest }
      })
    )
    const policies = new Policies(hand, known.id, guest.id)
    const unheld = [
      `/process-groups/${root}`,
      `/data/process-groups/${root}`,
      '/parameter-contexts',
      '/controller',
      '/flow'
    ] as const
    for (const resource of unheld) await policies.withhold(`read ${resource}`, `write ${resource}`)
    return policies
  }

  /** The guest may do this from now on. */
  async grant(...rights: readonly Right[]): Promise<void> {
    for (const right of rights) await this.#put(right, [this.#admin, this.#guest])
  }

  /** The guest may not do this, whatever he may do with the groups around it. */
  async withhold(...rights: readonly Right[]): Promise<void> {
    for (const right of rights) await this.#put(right, [this.#admin])
  }

  /** Takes a policy away: what holds for the group around it holds for it again. */
  async forget(...rights: readonly Right[]): Promise<void> {
    for (const right of rights) {
      const found = await this.#find(right)
      if (found !== undefined)
        await this.#hand.must('DELETE', `/policies/${found.id}?version=${found.revision.version}`)
    }
  }

  async #put(right: Right, ids: readonly string[]): Promise<void> {
    const found = await this.#find(right)
    const [action, resource] = right.split(' ')
    const granted = { users: ids.map((id) => ({ id })), userGroups: [] }
    if (found === undefined)
      await this.#hand.must('POST', '/policies', {
        revision: { version: 0 },
        component: { action, resource, ...granted }
      })
    else
      await this.#hand.must('PUT', `/policies/${found.id}`, {
        revision: found.revision,
        component: { id: found.id, ...granted }
      })
  }

  /** The policy of exactly this; NiFi answers with the one that is inherited where there is none. */
  async #find(right: Right): Promise<z.output<typeof policy> | undefined> {
    const [action, resource = ''] = right.split(' ')
    const body = await this.#hand.find(`/policies/${action}${resource}`)
    const found = body === undefined ? undefined : policy.parse(body)
    return found?.component.resource === resource ? found : undefined
  }
}
