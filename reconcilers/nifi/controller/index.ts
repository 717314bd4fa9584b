/**
 * Settings of NiFi as a whole: one item, which always exists and is only ever updated.
 * @module
 */
import { z } from 'zod'
import {
  answerEach,
  done,
  type ItemResult,
  type Json,
  type Observed,
  ReconcileError,
  type Resource,
  unchanged,
  type Update
} from '../../../src/plugin.ts'
import type { Answer, Link } from '../connection/link.ts'
import { freshReader, type Readings } from '../reading/readings.ts'
import { bodyOf, isStale, refusalOf } from '../connection/refusal.ts'
import { controllerKind, type ControllerSpec, type ControllerState } from './kind.ts'

export { controllerKind } from './kind.ts'

/** The one item `settings`; reading it is one request, made only where cluster.json is there. */
export function controllerResource(link: Link, readings: Readings): Resource<ControllerSpec, ControllerState> {
  return {
    ...controllerKind,
    scoped: true,
    observe: (desired, { scope, signal }) =>
      scope === 'all' || desired.length > 0 ? observeController(link, signal) : Promise.resolve(nothing),
    update: (updates, { signal }) =>
      answerEach(updates, async (update) => {
        await readings.assertWritable(freshReader(signal))
        return updateController(link, update, signal)
      })
  }
}

/** What a pass over other items sees of the settings. */
const nothing: Observed<ControllerState> = { items: new Map(), facts: undefined }

const path = '/controller/config'

const configuration = z.object({
  revision: z.object({ version: z.number() }),
  permissions: z.object({ canWrite: z.boolean().nullish() }).nullish(),
  component: z.object({ maxTimerDrivenThreadCount: z.number() })
})

/** Reads the settings; where we may not, the item is refused. */
async function observeController(link: Link, signal: AbortSignal): Promise<Observed<ControllerState>> {
  const answer = await link.ask({ method: 'GET', path }, signal)
  const sighting =
    answer.status === 403 ? { refused: refusalOf(answer).message } : { state: stateOf(configurationOf(bodyOf(answer))) }
  return { items: new Map([['settings', sighting]]), facts: undefined }
}

function stateOf({ component, permissions }: z.output<typeof configuration>): ControllerState {
  return { ...component, canModify: permissions?.canWrite ?? true }
}

/** Somebody who changed it between reading and writing is let pass once. */
async function updateController(
  link: Link,
  update: Update<ControllerSpec, ControllerState>,
  signal: AbortSignal
): Promise<ItemResult> {
  const { name } = update.desired
  const answer = await writeController(link, update, signal)
  const last = answer !== undefined && isStale(answer) ? await writeController(link, update, signal) : answer
  if (last === undefined) return unchanged(name)
  bodyOf(last)
  return done(name)
}

/** Undefined: there is nothing left to change. */
async function writeController(
  link: Link,
  { desired: { spec } }: Update<ControllerSpec, ControllerState>,
  signal: AbortSignal
): Promise<Answer | undefined> {
  const read = configurationOf(bodyOf(await link.ask({ method: 'GET', path }, signal)))
  const { revision } = read
  const changes = controllerKind.compare(spec, stateOf(read))
  if (changes.length === 0) return undefined
  const body = {
    revision: { ...revision, clientId: link.clientId },
    component: Object.fromEntries(changes.map((change) => [change.path, change.after]))
  }
  return link.ask({ method: 'PUT', path, body }, signal)
}

function configurationOf(body: Json): z.output<typeof configuration> {
  const parsed = configuration.safeParse(body)
  if (parsed.success) return parsed.data
  throw new ReconcileError(
    'UNAVAILABLE',
    'expected the configuration of the controller as NiFi shows it, found something else'
  )
}
