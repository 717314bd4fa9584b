/**
 * Makes a flow what is declared, step by step, and says how far it is.
 * @module
 */
import type { ItemResult, Json } from '../../../../src/contract.ts'
import { done, failed, unchanged, waiting } from '../../../../src/apply/outcome.ts'
import { ReconcileError, toReconcileError } from '../../../../src/errors.ts'
import { contextsOf as contextEntities } from '../../parse-entities.ts'
import { bodyOf } from '../../refusal.ts'
import { compareGroups } from '../definition/compare.ts'
import { declaredContent } from '../compare.ts'
import { writeComments } from '../marker.ts'
import { wordsOf } from '../words.ts'
import { pollFor, type WriteContext } from './context.ts'
import { labelsByLiveId } from './labels.ts'
import { dressKey, look, whyChanged, type Goal, type Look, type Progress } from './look.ts'
import { readParts } from './parts.ts'
import { preflight } from './preflight.ts'
import { dropQueue, readQueues, type Doomed } from './queues.ts'
import { replaceGroup } from './replace.ts'
import { start, startParts, stop, stopParts, untilAtRest, type Pause } from './run-state.ts'
import { snapshotOf } from './snapshot.ts'
import { nextStep, type Step } from './steps.ts'

/** More than any flow takes between two waits. */
const mostSteps = 24

/**
 * Takes the steps that can be taken now. `waiting` while NiFi is at work or queues run empty; `done` when nothing is left
 * to do, `unchanged` when nothing was. Each step is told by what NiFi holds, so that it does not matter who took the ones
 * before. `isImported`: NiFi has taken the definition a moment ago. Never throws.
 */
export async function runFlow(id: string, goal: Goal, context: WriteContext, isImported = false): Promise<ItemResult> {
  const { name } = goal.desired
  const run = new Run(id, goal, context, isImported)
  let stale = 0
  try {
    for (let steps = 0; steps < mostSteps; steps += 1) {
      try {
        const pause = await run.step()
        if (pause === 'rest') return run.hasWritten ? done(name) : unchanged(name)
        if (pause !== undefined) return waiting(name, pause)
      } catch (error) {
        // Somebody was quicker: what is to be done is found out anew, once.
        if (!isStale(error) || stale > 0) throw error
        stale += 1
      }
    }
    return waiting(name, 'more is to be done than in one go')
  } catch (error) {
    return failed(name, toReconcileError(error))
  }
}

class Run {
  readonly #id: string
  readonly #goal: Goal
  readonly #context: WriteContext
  readonly #progress: Progress

  constructor(id: string, goal: Goal, context: WriteContext, isImported: boolean) {
    this.#progress = { sent: new Set(), hasSent: isImported, hasWritten: isImported, hasEntered: false }
    this.#id = id
    this.#goal = goal
    this.#context = context
  }

  get hasWritten(): boolean {
    return this.#progress.hasWritten
  }

  async step(): Promise<Pause> {
    const seen = await look(this.#id, this.#goal, this.#progress, this.#context)
    const changed = this.#progress.hasWritten ? undefined : whyChanged(seen.live, this.#goal, seen.facts.differs)
    if (changed !== undefined) throw new ReconcileError('CONFLICT', `${changed} since it was looked at`)
    const step = nextStep(seen.facts)
    if (seen.left.length > 0 && (step.step === 'enter' || step.step === 'rest')) return this.#reject(seen)
    if (step.step === 'rest') return 'rest'
    if (step.step === 'wait') return this.#wait(seen, step.why)
    if (step.step === 'refuse') return this.#refuse(seen, step.why)
    const { hasWritten } = this.#progress
    this.#progress.hasWritten = true
    try {
      return await this.#take(seen, step)
    } catch (error) {
      // Nothing was written: the plan is held against what somebody else has made of it.
      if (isStale(error)) this.#progress.hasWritten = hasWritten
      throw error
    }
  }

  /** NiFi says that it has done what it has not: that must not look like done. It is to run all the same. */
  async #reject(seen: Look): Promise<never> {
    await this.#reassert(seen)
    throw new ReconcileError('REJECTED', `NiFi took the definition and left as it was: ${seen.left.join(', ')}`)
  }

  /** It is to run all the same: that is how the queues run empty. */
  async #refuse(seen: Look, why: string): Promise<never> {
    if (!seen.facts.isInState) await this.#reassert(seen, [])
    throw new ReconcileError('CONFLICT', why)
  }

  #take(seen: Look, step: Exclude<Step, { readonly step: 'rest' | 'wait' | 'refuse' }>): Promise<Pause> {
    if (step.step === 'hold back') return this.#holdBack(seen, step.ids, step.isDrain)
    if (step.step === 'feed on') return this.#feedOn(seen, step.ids)
    if (step.step === 'let go') return this.#letGo(seen, step.why)
    if (step.step === 'drop') return this.#drop(step.queues)
    if (step.step === 'replace') return this.#replace(seen)
    if (step.step === 'bind') return this.#bind(seen)
    return step.step === 'dress' ? this.#dress(seen) : this.#enter(seen)
  }

  async #feedOn({ live, labels }: Look, ids: readonly string[]): Promise<Pause> {
    await startParts(live, new Set(ids), labels, this.#context)
    return 'starting what empties the queues'
  }

  /** The note comes first: whoever comes after a crash knows what to start again, and since when it is drained. */
  async #holdBack(seen: Look, ids: readonly string[], isDrain: boolean): Promise<Pause> {
    const { marker } = seen.live
    const { owner, flow } = seen.marker
    const stopped = this.#goal.isManaged ? [] : [...new Set([...(marker?.stopped ?? []), ...ids])]
    const drain = isDrain ? (marker?.drain ?? this.#context.clock.now()) : undefined
    const noted = { owner, flow, ...marker, ...(drain !== undefined && { drain }), ...(stopped.length > 0 && { stopped }) }
    const comments = writeComments(seen.live.text, noted)
    if (comments !== seen.live.group.comments) await this.#putGroup(seen, { comments })
    return stopParts(seen.live, new Set(ids), seen.labels, this.#context)
  }

  /** Until the queues are empty or this call has waited long enough. */
  async #wait({ live, facts }: Look, why: string): Promise<Pause> {
    const { patience } = this.#context
    const { removed = [], drainingFor = 0, drainTimeout = 0 } = facts.queues ?? {}
    const left = Math.max(0, Math.min(patience.call, drainTimeout - drainingFor))
    const isEmpty = await pollFor(this.#context, left, async () => {
      const queues = await readQueues(live.group.id, this.#context)
      return removed.every(({ id }) => (queues.get(id) ?? 0) === 0) ? true : undefined
    })
    return isEmpty === true || left < patience.call ? undefined : `draining: ${why}`
  }

  async #letGo(seen: Look, why: string): Promise<Pause> {
    const { marker, text } = seen.live
    if (marker?.drain === undefined) throw new ReconcileError('CONFLICT', why)
    const isAgain = await this.#reassert(seen, marker.stopped)
    const { drain: _drain, stopped = [], ...before } = marker
    await this.#putGroup(seen, { comments: writeComments(text, { ...before, ...(!isAgain && stopped.length > 0 && { stopped }) }) })
    throw new ReconcileError('CONFLICT', isAgain ? `${why}; what was stopped for it runs again` : why)
  }

  async #drop(queues: readonly Doomed[]): Promise<Pause> {
    const dropped: string[] = []
    for (const queue of queues) dropped.push(`${await dropQueue(queue, this.#context)} FlowFiles of ${queue.label}`)
    return `dropped ${dropped.join(', ')}`
  }

  /** The name comes last: a group that is not finished is found by the one it was begun under. */
  async #replace(seen: Look): Promise<Pause> {
    const { live, merged, marker, brought, declared } = seen
    const stopping = await untilAtRest(live, seen.labels, this.#context)
    if (stopping !== undefined) return stopping
    if (!this.#goal.isManaged && (await this.#noteRunning(seen))) return undefined
    const stopped = live.marker?.stopped
    const comments = writeComments(live.text, { ...marker, ...(stopped && { stopped }) })
    const unresolved = snapshotOf(merged, { name: live.group.name, comments, context: live.group.parameterContext?.name ?? null }, brought)
    const words = wordsOf(declaredContent(this.#goal.desired.spec))
    const wanted = await preflight(unresolved, brought, words, this.#context)
    const labels = new Map([...labelsByLiveId(wanted.flowContents, words), ...seen.labels])
    try {
      const isWanted = (now: Look['live']): boolean => compareGroups(declared, now.snapshot.flowContents, words).every(({ path }) => !this.#goal.allows(path))
      await replaceGroup({ before: live, wanted, labels, isWanted }, this.#context)
    } catch (error) {
      if (!isStale(error)) await this.#undo(seen)
      throw error
    }
    this.#progress.hasSent = true
    for (const key of seen.unsent) this.#progress.sent.add(key)
    return undefined
  }

  /**
   * NiFi stops what is replaced and starts it again; broken off in between, by a kill of NiFi or of us, it stays stopped.
   * What is to run then is remembered before, where no declaration says so; false: it was already.
   */
  async #noteRunning(seen: Look): Promise<boolean> {
    const { text, marker, snapshot } = seen.live
    const { owner, flow } = seen.marker
    const parts = await readParts(this.#context.link, snapshot.flowContents, this.#context.signal)
    const noted = marker?.stopped ?? []
    const stopped = [...new Set([...noted, ...parts.filter(({ state }) => state === 'RUNNING').map(({ id }) => id)])]
    if (stopped.length === noted.length) return false
    await this.#putGroup(seen, { comments: writeComments(text, { owner, flow, ...marker, stopped }) })
    return true
  }

  /** After a replacement that came to nothing. The note stays until all that was stopped for it runs. */
  async #undo(seen: Look): Promise<void> {
    const { text, marker } = seen.live
    const { stopped = [], ...before } = marker ?? {}
    if (!(await this.#reassert(seen, stopped)) || stopped.length === 0) return
    const { owner, flow } = seen.marker
    await this.#putGroup(seen, { comments: writeComments(text, { owner, flow, ...before }) }).catch(() => undefined)
  }

  /**
   * Something went wrong, and may have left stopped what NiFi stopped. Whether it could be started; what is in the way of
   * that is told by the next cycle.
   */
  async #reassert({ live, labels }: Look, ids: readonly string[] = []): Promise<boolean> {
    const { isManaged, desired } = this.#goal
    if (isManaged && desired.spec.state !== 'RUNNING') return true
    const starting = isManaged ? start(live, labels, this.#context) : startParts(live, new Set(ids), labels, this.#context)
    return starting.then(
      (pause) => pause === undefined,
      () => false
    )
  }

  /** While processors that use a parameter run, NiFi refuses: the flow is stopped for it when it is ours to start again. */
  async #bind(seen: Look): Promise<Pause> {
    const { link, signal } = this.#context
    const { context } = seen.dress
    const contexts = contextEntities(bodyOf(await link.ask({ method: 'GET', path: '/flow/parameter-contexts' }, signal)))
    const found = contexts.find(({ name }) => name === context)
    if (context !== null && found === undefined) throw new ReconcileError('UNAVAILABLE', `expected a parameter context, found no "${context}"`)
    try {
      await this.#putGroup(seen, { parameterContext: { id: found?.id ?? null } })
      return undefined
    } catch (error) {
      const isRunning = seen.live.group.counts.running > 0
      if (!(error instanceof ReconcileError) || error.code !== 'CONFLICT' || isStale(error) || !isRunning || !this.#goal.isManaged) throw error
      return stop(seen.live, seen.labels, this.#context)
    }
  }

  async #dress(seen: Look): Promise<Pause> {
    const { live, dress } = seen
    const { isManaged, desired } = this.#goal
    const stopped = live.marker?.stopped
    const isToRun = stopped !== undefined && !(isManaged && desired.spec.state === 'STOPPED')
    const pause = isToRun ? await startParts(live, new Set(stopped), seen.labels, this.#context) : undefined
    if (pause !== undefined) return pause
    await this.#putGroup(seen, { name: dress.name, comments: dress.comments })
    this.#progress.dressed = dressKey(dress)
    return undefined
  }

  async #enter({ live, labels }: Look): Promise<Pause> {
    const pause = await (this.#goal.desired.spec.state === 'RUNNING' ? start : stop)(live, labels, this.#context)
    this.#progress.hasEntered = pause === undefined
    return pause
  }

  async #putGroup({ live: { group } }: Look, fields: Readonly<Record<string, Json>>): Promise<void> {
    const { link, signal } = this.#context
    const body = {
      revision: { version: group.revision.version, clientId: link.clientId },
      disconnectedNodeAcknowledged: false,
      component: { id: group.id, ...fields }
    }
    bodyOf(await link.ask({ method: 'PUT', path: `/process-groups/${encodeURIComponent(group.id)}`, body }, signal))
  }
}

function isStale(error: unknown): boolean {
  return error instanceof ReconcileError && error.code === 'CONFLICT' && /is not the most up-to-date revision/.test(error.message)
}
