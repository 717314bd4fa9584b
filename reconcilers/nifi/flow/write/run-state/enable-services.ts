/**
 * Brings the controller services of a flow up: one by one and only those that are VALID, because one that is not would sit
 * in ENABLING for ever.
 * @module
 */
import type { ServiceEntity } from '../../../reading/entities.ts'
import type { Link } from '../../../connection/link.ts'
import { bodyOf, explanationOf } from '../../../connection/refusal.ts'
import { pollFor, type CallContext } from '../call-context.ts'
import { readServices } from '../read-flow.ts'
import { whyInvalid, type PartFault } from './part-faults.ts'

export interface Enabled {
  readonly faults: readonly PartFault[]
  /** What NiFi is not done with yet. */
  readonly pause?: string
}

/** Enables what can be, waits for it, and leaves nothing ENABLING. */
export async function enableServices(groupId: string, context: CallContext): Promise<Enabled> {
  const enabling = new Enabling(groupId, context)
  const ended = await pollFor(context, context.timeouts.service, () => enabling.step())
  return ended ?? enabling.giveUp()
}

class Enabling {
  readonly #groupId: string
  readonly #context: CallContext
  readonly #faults = new Map<string, PartFault>()
  /** When what does not move until then is believed. */
  #believedAt: number

  constructor(groupId: string, context: CallContext) {
    this.#groupId = groupId
    this.#context = context
    this.#believedAt = context.believedAt()
  }

  async step(): Promise<Enabled | undefined> {
    const { clock, timeouts } = this.#context
    const down = await this.#down()
    if (down.length === 0) return this.#result()
    const startable = down.filter(({ state, validation }) => state === 'DISABLED' && validation === 'VALID')
    for (const service of startable) await this.#enable(service)
    if (startable.length > 0 || down.some(isMoving)) this.#believedAt = clock.now() + timeouts.settle
    if (clock.now() < this.#believedAt) return undefined
    for (const service of down) await this.#put(service, whyInvalid(service.validationErrors))
    return this.#result()
  }

  /** The time is over: what is ENABLING is disabled again, so that its next try begins from the start. */
  async giveUp(): Promise<Enabled> {
    const down = await this.#down()
    const seconds = Math.round(this.#context.timeouts.service / 1000)
    const slow = `still ENABLING after ${seconds} s, disabled again; what it needs may be unavailable`
    for (const service of down.filter(({ state }) => state === 'ENABLING'))
      await this.#put(service, { why: slow, code: 'UNAVAILABLE' })
    const left = down.filter(({ state }) => state !== 'ENABLING')
    const pause = left
      .map(({ name, state, validation }) => `${name} is ${state === 'DISABLED' ? validation : state}`)
      .join(', ')
    return { ...this.#result(), ...(pause !== '' && { pause }) }
  }

  #result(): Enabled {
    return { faults: [...this.#faults.values()] }
  }

  async #down(): Promise<readonly ServiceEntity[]> {
    const services = await readServices(this.#context.link, this.#groupId, this.#context.signal)
    return services.filter(({ id, state }) => state !== 'ENABLED' && !this.#faults.has(id))
  }

  /** A refusal concerns this service, not its neighbours. */
  async #enable(service: ServiceEntity): Promise<void> {
    const { link, signal } = this.#context
    const answer = await setService(link, service, 'ENABLED', signal)
    if (answer.status !== 409) bodyOf(answer)
    else this.#remember(service, { why: explanationOf(answer), code: 'CONFLICT' })
  }

  async #put(service: ServiceEntity, fault: Pick<PartFault, 'why' | 'code'>): Promise<void> {
    const { link, signal } = this.#context
    if (service.state === 'ENABLING') bodyOf(await setService(link, service, 'DISABLED', signal))
    this.#remember(service, fault)
  }

  #remember({ id, name }: ServiceEntity, fault: Pick<PartFault, 'why' | 'code'>): void {
    this.#faults.set(id, { id, name: name || id, ...fault })
  }
}

/** Whether it may be another thing at the next look, by itself. */
function isMoving({ state, validation }: ServiceEntity): boolean {
  return state === 'DISABLING' || validation === 'VALIDATING' || (state === 'ENABLING' && validation === 'VALID')
}

function setService(
  link: Link,
  { id, revision }: ServiceEntity,
  state: 'ENABLED' | 'DISABLED',
  signal: AbortSignal
): ReturnType<Link['ask']> {
  const body = {
    revision: { version: revision.version, clientId: link.clientId },
    state,
    disconnectedNodeAcknowledged: false
  }
  return link.ask({ method: 'PUT', path: `/controller-services/${encodeURIComponent(id)}/run-status`, body }, signal)
}
