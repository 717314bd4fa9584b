/**
 * Copies an index into a new generation, step by step, and says how far it is.
 * @module
 */
import {
  type Clock,
  done,
  failed,
  type ItemResult,
  ReconcileError,
  toReconcileError,
  waiting
} from '../../../../src/plugin.ts'
import type { Link } from '../../connection/link.ts'
import { encodeName } from '../../connection/paths.ts'
import { bodyOf } from '../../connection/refusal.ts'
import { generationName, generationOf } from '../generations.ts'
import { whyNotReady } from '../ready.ts'
import { requireRoom } from './head-room.ts'
import { look, partners, type IndexUpdate, type Look } from './look.ts'
import { markerOf, putMarker, type ReindexMarker } from './marker.ts'
import { nextStep, type Begun, type Step } from './steps.ts'
import { countBoth, isAsHealthy, judgeCounts, moveAliases } from './swap.ts'
import { completion, generationBody, shardsOf, swapActions, whyNotCopied } from './target.ts'
import { leaveAliases, whyTemplatesHarm } from './template-aliases.ts'
import { beginCopy, cancel, endingOf, findRunning, type Route, type Running } from './task.ts'

export interface ReindexOptions {
  readonly link: Link
  /** Written into markers. */
  readonly owner: string
  readonly clock: Clock
  readonly signal: AbortSignal
}

/** More than any copy takes between two waits. */
const mostSteps = 16

/**
 * Takes the steps that can be taken now. `waiting` while documents are copied; `done` when nothing is left to do. Each
 * step is told by what the cluster holds, so that it does not matter who took the ones before. Never throws.
 */
export async function reindex(update: IndexUpdate, options: ReindexOptions): Promise<ItemResult> {
  const { name } = update.desired
  try {
    const run = new Run(update, options)
    for (let steps = 0; steps < mostSteps; steps += 1) {
      const pause = await run.step()
      if (pause === 'rest') return done(name)
      if (pause !== undefined) return waiting(name, `reindexing ${name}: ${pause}`)
    }
    return waiting(name, `reindexing ${name}`)
  } catch (error) {
    return failed(name, toReconcileError(error))
  }
}

/** What a step leaves: nothing to wait for, the end, or what is waited for. */
type Pause = string | undefined

class Run {
  readonly #update: IndexUpdate
  readonly #options: ReindexOptions
  readonly #indices: string[]

  constructor(update: IndexUpdate, options: ReindexOptions) {
    this.#update = update
    this.#options = options
    this.#indices = [...partners(update)]
  }

  async step(): Promise<Pause> {
    const seen = await look(this.#options.link, this.#update, this.#indices, this.#options.signal)
    const step = nextStep(seen.facts)
    if (step.step === 'rest') return 'rest'
    if (step.step === 'create') return this.#create(seen)
    if (step.step === 'clear') return this.#clear(seen, step.marker)
    return this.#advance(seen, step)
  }

  #advance(seen: Look, step: Step & { readonly target: Begun }): Promise<Pause> {
    const { target } = step
    if (step.step === 'give up') return this.#giveUp(seen, target, step.why)
    if (step.step === 'release') return this.#release(seen, target)
    if (step.step === 'refuse') throw refusal(target, step.why)
    if (step.step === 'block') return this.#block(target)
    return step.step === 'copy' ? this.#copy(seen, target) : this.#swap(seen, target)
  }

  async #create({ facts, blueprint }: Look): Promise<Pause> {
    const { link, owner, signal } = this.#options
    const { name, spec, digest } = this.#update.desired
    const why = this.#update.state.isOpen ? whyNotCopied(blueprint.source) : 'it is closed'
    if (why !== undefined) throw new ReconcileError('UNSUPPORTED', `${facts.current} cannot be reindexed: ${why}`)
    await requireRoom(link, facts.current, shardsOf(blueprint), signal)
    const others = this.#update.state.others ?? []
    const numbers = [...this.#indices, ...others.map(({ index }) => index)].map(
      (index) => generationOf(name, index) ?? 0
    )
    const index = generationName(name, Math.max(...numbers) + 1)
    const harm = await whyTemplatesHarm(link, index, signal)
    if (harm !== undefined) throw new ReconcileError('UNSUPPORTED', `${facts.current} cannot be reindexed: ${harm}`)
    const block = spec.strategy === 'reindex-dual-write' ? 'none' : facts.blocked.has(facts.current) ? 'theirs' : 'ours'
    const body = generationBody(blueprint, { from: facts.current, digest, block }, owner)
    bodyOf(
      await link.ask(
        { method: 'PUT', path: `/${encodeName(index)}`, query: { ...link.patience, wait_for_active_shards: 0 }, body },
        signal
      )
    )
    this.#indices.push(index)
    await leaveAliases(link, index, signal)
    return undefined
  }

  async #block({ index, marker: { from } }: Begun): Promise<Pause> {
    const { link, signal } = this.#options
    // Nobody is kept from writing before the copy can begin.
    const late = (await whyNotReady(link, [index], signal)).get(index)
    if (late !== undefined) return `${index} is ${late}`
    bodyOf(await link.ask({ method: 'PUT', path: `/${encodeName(from)}/_block/write`, query: link.patience }, signal))
    return undefined
  }

  async #copy(seen: Look, target: Begun): Promise<Pause> {
    const { link, signal } = this.#options
    const route = routeOf(target)
    const running = await findRunning(link, route, signal)
    if (running !== undefined) return progressOf(running)
    const { task, ...marker } = target.marker
    const ending = task === undefined ? { end: 'lost' as const } : await endingOf(link, task, signal)
    if (ending.end === 'running') return 'its task has just been seen'
    if (ending.end === 'refused') return this.#giveUp(seen, target, ending.why)
    if (ending.end === 'complete') return this.#mark(seen, target, { ...target.marker, copied: true })
    if (ending.end === 'lost')
      return this.#mark(seen, target, { ...marker, task: await beginCopy(link, route, signal) })
    await this.#mark(seen, target, marker)
    throw new ReconcileError('UNAVAILABLE', `reindexing ${target.marker.from}: ${ending.why}`)
  }

  async #swap(seen: Look, target: Begun): Promise<Pause> {
    const { link, signal } = this.#options
    const { readings, blueprint } = seen
    const [route, settings] = [
      routeOf(target),
      completion(blueprint, readings.get(target.index)?.settings ?? {}, target.marker)
    ]
    if (settings !== undefined) {
      bodyOf(
        await link.ask(
          { method: 'PUT', path: `/${encodeName(route.to)}/_settings`, query: link.patience, body: settings },
          signal
        )
      )
      return undefined
    }
    // A second task, begun by somebody who was killed or by a twin of ours, would bring back what is deleted after the swap.
    const running = await findRunning(link, route, signal)
    if (running !== undefined) return progressOf(running)
    if (!(await isAsHealthy(link, route, signal))) return `${route.to} waits for as many replicas as ${route.from} has`
    const counted = judgeCounts(...(await countBoth(link, route, signal)), target.marker.block)
    if (counted.counts === 'different') return this.#giveUp(seen, target, counted.why)
    if (counted.counts === 'short') {
      const { task: _task, copied: _copied, ...marker } = target.marker
      await this.#mark(seen, target, marker)
      return `${counted.why}; what is missing is copied`
    }
    await moveAliases(link, swapActions(this.#update.desired.name, route.from, route.to, blueprint), signal)
    return undefined
  }

  /** The mark of what became of the old generation comes first: it is found through the marker of the new one. */
  async #clear({ facts: { current }, readings }: Look, marker: ReindexMarker): Promise<Pause> {
    const { clock } = this.#options
    const old = readings.get(marker.from)
    if (old !== undefined) {
      await this.#lift(readings, marker)
      await putMarker(this.#options, marker.from, old.mappings, {
        replaced: { by: current, at: new Date(clock.now()).toISOString() }
      })
    }
    await putMarker(this.#options, current, readings.get(current)?.mappings ?? {}, {})
    return undefined
  }

  async #giveUp(seen: Look, target: Begun, why: string): Promise<Pause> {
    const { link, signal } = this.#options
    const running = await findRunning(link, routeOf(target), signal)
    if (running !== undefined) await cancel(link, running.id, signal)
    return this.#mark(seen, target, { ...target.marker, failed: why })
  }

  async #release(seen: Look, target: Begun): Promise<Pause> {
    await this.#lift(seen.readings, target.marker)
    return this.#mark(seen, target, { ...target.marker, block: 'lifted' })
  }

  /** Lifts a write block of ours, and no other. */
  async #lift(readings: Look['readings'], { from, block }: ReindexMarker): Promise<void> {
    const { link, signal } = this.#options
    if (block !== 'ours' || !readings.has(from)) return
    bodyOf(
      await link.ask(
        {
          method: 'PUT',
          path: `/${encodeName(from)}/_settings`,
          query: link.patience,
          body: { 'index.blocks.write': null }
        },
        signal
      )
    )
  }

  async #mark({ readings }: Look, { index }: Begun, marker: ReindexMarker): Promise<undefined> {
    const mappings = readings.get(index)?.mappings ?? {}
    await putMarker(this.#options, index, mappings, { ...markerOf(mappings), reindex: marker })
    return undefined
  }
}

function routeOf({ index, marker }: Begun): Route {
  return { from: marker.from, to: index }
}

function refusal({ index, marker }: Begun, why: string): ReconcileError {
  return new ReconcileError(
    'REJECTED',
    `${marker.from} cannot be reindexed: ${why}; ${index} is kept: change the declaration, or delete ${index} to try again`
  )
}

/** Rounded down to tenths, so that a report changes when there is something to say. */
function progressOf({ copied, total }: Running): string {
  const tenths = total === 0 ? 0 : Math.min(10, Math.floor((copied * 10) / total))
  const rounded = Math.floor((total * tenths) / 10)
  return `${tenths * 10} % (${rounded.toLocaleString('en')} of ${total.toLocaleString('en')})`
}
