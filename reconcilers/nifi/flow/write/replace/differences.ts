/**
 * What of a declared definition NiFi does not hold, as far as it may be written and has not been sent yet.
 * @module
 */
import { ReconcileError } from '../../../../../src/plugin.ts'
import { untaken } from '../../compare.ts'
import { digestOf } from '../../definition/canonical.ts'
import { compareGroups, type Difference } from '../../definition/compare.ts'
import { mergeGroups } from '../../definition/merge.ts'
import type { Content, Group } from '../../definition/model.ts'
import { namesInContent, namesOnServer, nameServices } from '../../references/outside-services.ts'
import type { OfferedService } from '../../facts.ts'
import { internalNames, type Descriptors } from '../../identity/property-names.ts'
import { wordsOf } from '../../identity/words.ts'
import type { FlowTask, StepContext } from '../step-context.ts'
import type { ApartField, StepFacts } from '../steps.ts'
import type { Snapshot } from '../read-flow.ts'
import { declaredContent } from '../../declared.ts'

/** What is to be written, and what decides how. */
export interface Differences
  extends Pick<StepContext, 'declared' | 'merged' | 'unsent'>, Pick<StepFacts, 'left' | 'apart'> {
  /** Nothing differs but what may be written, and NiFi leaves nothing out. */
  readonly isWhole: boolean
}

/** A flow before anything is known of its differences. */
type Compared = FlowTask & Pick<StepContext, 'live' | 'progress'>

/** Throws REJECTED for a property that cannot be told, UNSUPPORTED for what nothing can make of a group that was begun. Pure. */
export function differencesOf(
  { live: { marker, snapshot }, progress: { sent, pending, hasSent }, ...task }: Compared,
  descriptors: Descriptors
): Differences {
  const content = declaredContent(task.desired.spec)
  const [definition, words] = [snapshot.flowContents, wordsOf(content)]
  const written = alignServices(content, snapshot, task.planned?.offered ?? [])
  const { group: declared, problems } = internalNames(written, definition, descriptors, words)
  const isTaken = marker?.desired === digestOf(content.group) && marker.live === digestOf(definition)
  const differences = isTaken ? untaken(content, definition) : compareGroups(declared, definition, words)
  const refused = task.planned === undefined ? differences.find(({ risk }) => risk === 'unsupported') : undefined
  if (refused !== undefined) throw new ReconcileError('UNSUPPORTED', refused.why ?? refused.path)
  const writable = differences.filter(({ path }) => task.allows(path))
  // What differs from the file as it stands was sent already; what differs in its names only is seen now for the first time.
  const known = hasSent ? compareGroups(written, definition, words).map(keyOf) : []
  const settled = new Set([...sent, ...known.filter((key) => !pending.has(key))])
  const unsent = writable.filter((difference) => difference.apart === undefined && !settled.has(keyOf(difference)))
  const left = writable.filter((difference) => difference.isStructure === true && settled.has(keyOf(difference)))
  if (unsent.length > 0 && problems.length > 0)
    throw new ReconcileError('REJECTED', problems.map(({ path, message }) => `${path}: ${message}`).join('; '))
  const merged = unsent.length > 0 ? mergeGroups(declared, definition, task.allows, words) : definition
  const isWhole = writable.length === differences.length && left.length === 0
  return {
    declared,
    merged,
    unsent: unsent.map(keyOf),
    left: left.map(({ path }) => path),
    apart: apartIn(writable, sent),
    isWhole
  }
}

function apartIn(differences: readonly Difference[], sent: ReadonlySet<string>): readonly ApartField[] {
  return differences.flatMap((difference) => {
    const key = keyOf(difference)
    return difference.apart === undefined || sent.has(key) ? [] : [{ ...difference.apart, key }]
  })
}

function keyOf({ path, after }: Difference): string {
  return `${path} ${JSON.stringify(after)}`
}

/** Why what is live is not what the plan was made from, as far as the plan is about it; undefined: it is. Pure. */
export function whyChanged({ live, planned, allows, facts }: StepContext): string | undefined {
  if (planned === undefined) return undefined
  const { group, text, marker, snapshot } = live
  const definition = facts.differs ? planned.definition : undefined
  const changed = {
    marker: planned.marker?.owner !== marker?.owner || planned.marker?.flow !== marker?.flow,
    definition: definition !== undefined && digestOf(definition) !== digestOf(snapshot.flowContents),
    name: allows('name') && planned.name !== group.name,
    comments: allows('comments') && planned.comments !== text,
    'parameter context': allows('parameterContext') && planned.parameterContext !== group.parameterContext?.name
  }
  const found = Object.entries(changed).find(([, isChanged]) => isChanged)
  return found === undefined ? undefined : `its ${found[0]} changed`
}

/** Services outside of the flow by the identifiers that the live group has for them, where it refers to them already. */
function alignServices(
  content: Content,
  { externalControllerServices }: Snapshot,
  offered: readonly OfferedService[]
): Group {
  const liveIds = new Map(
    [...namesInContent({ externalControllerServices })].map(([identifier, name]) => [name, identifier])
  )
  const names = [...namesOnServer(offered), ...namesInContent(content)].flatMap(([identifier, name]) => {
    const live = liveIds.get(name)
    return live === undefined ? [] : [[identifier, live] as const]
  })
  return nameServices(content.group, new Map(names))
}
