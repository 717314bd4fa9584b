/**
 * One walk over a declared and a live group, which finds each difference and lays it over the live group when it is told
 * to: what is shown and what is sent can never disagree.
 * @module
 */
import type { List, Words } from '../identity/words.ts'
import { adoption } from './adopt.ts'
import { comparedRemotes } from './apart.ts'
import { comparedFields } from './fields.ts'
import { labelsOf, namesById, plainLabel } from './labels.ts'
import { componentLists, type Component, type Group } from './model.ts'
import { overlayComponent, overlayFields, type Difference, type Step } from './overlay.ts'
import { groupsOf, join, listOf, type InnerGroup } from './parts.ts'
import { isBody, textOf } from '../../json.ts'

/** Walks both groups; the result is the live group with the differences that were taken. Pure but for `take`. */
export function walkGroups(
  desired: Group,
  live: Group,
  words: Words,
  take: (difference: Difference) => boolean
): Group {
  const step: Step = {
    words,
    names: namesById(words, desired, live),
    take,
    adopt: adoption(desired.identifier, live.identifier)
  }
  const fields = comparedFields('processGroups', desired, live).filter((field) => !notOfTop.includes(field))
  return overlayLists(step, desired, overlayFields(step, { list: 'processGroups', desired, live, at: '' }, fields), '')
}

/** Of the top group these belong to the flow as a whole, which its item declares; it is never under version control. */
const notOfTop = ['name', 'comments', 'parameterContextName', 'versionedFlowCoordinates']

function overlayInner(step: Step, desired: InnerGroup, live: InnerGroup, at: string): InnerGroup {
  const result = overlayFields(
    step,
    { list: 'processGroups', desired, live, at },
    comparedFields('processGroups', desired, live)
  )
  // What is in a version of a flow is told by its registry, and a file may well hold nothing of it.
  return isBody(desired['versionedFlowCoordinates']) ? result : overlayLists(step, desired, result, at)
}

function overlayLists<G extends Group>(step: Step, desired: Group, live: G, at: string): G {
  let result = live
  for (const list of componentLists) {
    const pair = [
      list === 'remoteProcessGroups' ? comparedRemotes(desired) : listOf(desired, list),
      listOf(live, list)
    ] as const
    const merged = overlayList<Component>(step, list, pair, at, (from, to, path) =>
      overlayComponent(step, { list, desired: from, live: to, at: path })
    )
    if (merged !== pair[1]) result = { ...result, [list]: merged }
  }
  const pair = [groupsOf(desired), groupsOf(live)] as const
  const groups = overlayList<InnerGroup>(step, 'processGroups', pair, at, (from, to, path) =>
    overlayInner(step, from, to, path)
  )
  return groups === pair[1] ? result : { ...result, processGroups: groups }
}

type Merge<C> = (desired: C, live: C, at: string) => C

/** What is live stays in its order, what is new comes after it; the very list when nothing was taken. */
function overlayList<C extends Component>(
  step: Step,
  list: List,
  [desired, live]: readonly [readonly C[], readonly C[]],
  at: string,
  merge: Merge<C>
): readonly C[] {
  const declared = new Map(desired.map((component) => [component.identifier, component]))
  const present = new Set(live.map(({ identifier }) => identifier))
  const pathOf = pathsOf(
    step,
    list,
    [...declared.values(), ...live.filter(({ identifier }) => !declared.has(identifier))],
    at
  )
  const kept = live.flatMap((component) => {
    const from = declared.get(component.identifier)
    if (from !== undefined) return [merge(from, component, pathOf(component))]
    return step.take({
      change: 'removed',
      path: pathOf(component),
      before: summary(step, list, component),
      after: null,
      risk: 'safe',
      isStructure: true
    })
      ? []
      : [component]
  })
  const added = [...declared.values()].filter((component) => {
    if (present.has(component.identifier)) return false
    return step.take({
      change: 'added',
      path: pathOf(component),
      before: null,
      after: summary(step, list, component),
      risk: 'safe',
      isStructure: true
    })
  })
  const isSame =
    added.length === 0 && kept.length === live.length && kept.every((component, index) => component === live[index])
  return isSame ? live : [...kept, ...added.map((component) => step.adopt(component))]
}

function pathsOf(
  step: Step,
  list: List,
  components: readonly Component[],
  at: string
): (component: Component) => string {
  const labels = labelsOf(step.words, list, components, step.names)
  return ({ identifier }) => join(at, step.words.list(list), labels.get(identifier) ?? identifier)
}

/** What stands for a whole component: its type where it has one. */
function summary({ words, names }: Step, list: List, component: Component): string {
  return textOf(component['type']) || plainLabel(words, list, component, names)
}
