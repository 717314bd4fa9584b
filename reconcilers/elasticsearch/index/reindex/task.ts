/**
 * The task that copies: begun once, followed by what the cluster says of it, found again after a restart.
 * @module
 */
import type { Json } from '../../../../src/plugin.ts'
import { isBody, type Body } from '../../body.ts'
import { valueAt } from '../../body/compare.ts'
import type { Link } from '../../connection/link.ts'
import { word } from '../../mapping/definition.ts'
import { encodeName } from '../../connection/paths.ts'
import { bodyOf, reasonOf, typesIn } from '../../connection/refusal.ts'

/** Where a copy leads. */
export interface Route {
  readonly from: string
  readonly to: string
}

/** A task that runs. */
export interface Running {
  readonly id: string
  /** Documents dealt with, and documents in all as far as the task knows. */
  readonly copied: number
  readonly total: number
}

/** How a task ended. `refused`: the same would happen again; `broken`: something that may be over the next time. */
export type Ending =
  | { readonly end: 'complete' | 'lost' | 'running'; readonly why?: never }
  | { readonly end: 'broken' | 'refused'; readonly why: string }

/**
 * Begins the copy and gives the id of its task. Documents keep their ids and none is written twice, so that a second copy
 * adds what the first one did not reach and changes nothing else.
 */
export async function beginCopy(link: Link, { from, to }: Route, signal: AbortSignal): Promise<string> {
  // A copy reads what searches see.
  bodyOf(await link.ask({ method: 'POST', path: `/${encodeName(from)}/_refresh` }, signal))
  const body = {
    conflicts: 'proceed',
    source: { index: from },
    dest: { index: to, op_type: 'create', pipeline: '_none' }
  }
  const { task } = bodyOf(
    await link.ask(
      { method: 'POST', path: '/_reindex', query: { wait_for_completion: false, slices: 'auto' }, body },
      signal
    )
  )
  return word(task)
}

/** The task of this copy that runs now, whoever began it. */
export async function findRunning(link: Link, route: Route, signal: AbortSignal): Promise<Running | undefined> {
  const query = { actions: '*reindex', detailed: true, group_by: 'none' }
  return runningOf(bodyOf(await link.ask({ method: 'GET', path: '/_tasks', query }, signal)), route)
}

/** The answer of `_tasks?group_by=none` → the task of this copy. A sliced one is counted by its slices. Pure. */
export function runningOf(answer: Body, { from, to }: Route): Running | undefined {
  const tasks = Array.isArray(answer['tasks']) ? answer['tasks'].filter((task) => isBody(task)) : []
  const own = tasks.filter(
    ({ description }) =>
      typeof description === 'string' && description.includes(`[${from}]`) && description.includes(`to [${to}]`)
  )
  const parent = own.find((task) => !own.some((other) => idOf(other) === task['parent_task_id'])) ?? own[0]
  if (parent === undefined) return undefined
  const slices = own.filter((task) => task['parent_task_id'] === idOf(parent))
  const sum = (key: string): number =>
    (slices.length === 0 ? [parent] : slices).reduce((all, task) => all + number(valueAt(task, ['status', key])), 0)
  return { id: idOf(parent), copied: sum('created') + sum('updated') + sum('version_conflicts'), total: sum('total') }
}

/** How a task that does not run ended, by the result it stored. */
export async function endingOf(link: Link, task: string, signal: AbortSignal): Promise<Ending> {
  const answer = await link.ask({ method: 'GET', path: `/_tasks/${encodeName(task)}` }, signal)
  return answer.status === 404 ? { end: 'lost' } : judgeEnding(bodyOf(answer))
}

/** Types of errors that the same copy would end with again. */
const final = /illegal_argument|parsing|script|security/

/** The answer of `_tasks/<id>` → how it ended. Pure. */
export function judgeEnding(answer: Body): Ending {
  if (answer['completed'] !== true) return { end: 'running' }
  const { response, error } = answer
  // Slices that are cancelled fail with it (measured on 9.4), others say so.
  if (typesIn(answer).includes('task_cancelled_exception')) return { end: 'refused', why: 'its task was cancelled' }
  if (isBody(error)) {
    const why = reasonOf({ status: 500, body: { error } })
    return { end: typesIn(error).some((type) => final.test(type)) ? 'refused' : 'broken', why }
  }
  if (!isBody(response)) return { end: 'lost' }
  if (response['canceled'] !== undefined)
    return { end: 'refused', why: `its task was cancelled: ${JSON.stringify(response['canceled'])}` }
  const failures = Array.isArray(response['failures']) ? response['failures'].filter((failure) => isBody(failure)) : []
  const refused = failures.filter(({ status, id }) => id !== undefined && number(status) === 400)
  if (refused.length > 0) return { end: 'refused', why: shownFailures(refused) }
  return failures.length === 0 ? { end: 'complete' } : { end: 'broken', why: shownFailures(failures) }
}

/** Stops a task; one that has ended is no error. */
export async function cancel(link: Link, task: string, signal: AbortSignal): Promise<void> {
  const answer = await link.ask({ method: 'POST', path: `/_tasks/${encodeName(task)}/_cancel` }, signal)
  if (answer.status !== 404) bodyOf(answer)
}

const mostShown = 3

function shownFailures(failures: readonly Body[]): string {
  const shown = failures.slice(0, mostShown).map(({ id, cause, reason }) => {
    const said = reasonOf({ status: 400, body: { error: isBody(cause) ? cause : (reason ?? null) } })
    return typeof id === 'string' ? `document "${id}": ${said}` : said
  })
  return failures.length > mostShown ? `${shown.join('; ')}; and more` : shown.join('; ')
}

function idOf({ node, id }: Body): string {
  return `${word(node)}:${word(id)}`
}

function number(value: Json | undefined): number {
  return typeof value === 'number' ? value : 0
}
