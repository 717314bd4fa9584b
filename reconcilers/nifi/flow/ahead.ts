/**
 * What NiFi, or this reconciler, would refuse to write, as far as it can be known before: a plan must not promise it.
 * @module
 */
import type { CheckContext, Desired, Remark } from '../../../src/plugin.ts'
import { grantToModify } from '../connection/grant.ts'
import { compareFlow } from './compare.ts'
import type { FlowFacts } from './facts.ts'
import { literalsOf } from './secrets/literal-secrets.ts'
import { bindingsOf } from './references/parameters.ts'
import { isPending } from './pending.ts'
import { listQueues } from './queues/queued.ts'
import type { FlowSpec, QueuePolicy } from './schema.ts'
import type { FlowState } from './state.ts'
import { wordsOf } from './identity/words.ts'
import { declaredContent, declaredContext } from './declared.ts'

type Flow = Desired<FlowSpec>
type Context = CheckContext<FlowState, FlowFacts>
type Finding = Omit<Remark, 'name'>

/** Nothing while the server was not looked at. Pure. */
export function checkAhead(flow: Flow, { observed }: Context): readonly Finding[] {
  const sighting = observed?.items.get(flow.name)
  if (observed === undefined || (sighting !== undefined && 'refused' in sighting)) return []
  const state = sighting?.state
  return [
    ...checkOffers(flow, observed.facts, sighting),
    ...checkRights(flow, observed.facts, state),
    ...checkQueues(flow, state)
  ]
}

/** Types this NiFi has not, and literals of properties it keeps secret. */
function checkOffers(flow: Flow, { offers }: FlowFacts, sighting: Parameters<typeof isPending>[1]): readonly Finding[] {
  if (offers === undefined || !isPending(flow, sighting)) return []
  const content = declaredContent(flow.spec)
  const words = wordsOf(content)
  const { group, problems } = offers.types.resolve(content.group, words)
  const found = [...problems, ...literalsOf(group, offers.sensitive, words)]
  return found.map(({ path, code, message }) => {
    return { verdict: 'invalid', code, path: [], message: `${path}: ${message}` }
  })
}

/** Groups and contexts that may be viewed and not modified. The right to start and stop is seen when it is used. */
function checkRights({ name, spec }: Flow, facts: FlowFacts, state: FlowState | undefined): readonly Finding[] {
  if (state === undefined && !facts.mayCreate) {
    return [notPermitted(`no process group "${name}" may be made here`, 'process group', facts.parentId)]
  }
  const isWritten = state === undefined || compareFlow(spec, state).some(({ path }) => path !== 'state')
  if (!isWritten) return []
  if (state?.canModify === false) {
    return [notPermitted(`the process group "${state.name}" may not be modified`, 'process group', state.id)]
  }
  const bound = new Set(bindingsOf(declaredContent(spec).group, declaredContext(spec)).map(({ context }) => context))
  const closed = [...facts.contexts].filter(([context, { canWrite }]) => bound.has(context) && canWrite === false)
  return closed.map(([context, { id = '' }]) => {
    const why = 'which NiFi wants of whoever writes a flow that uses it'
    return notPermitted(`the parameter context "${context}" may not be modified, ${why}`, 'parameter context', id)
  })
}

function notPermitted(what: string, type: Parameters<typeof grantToModify>[0], id: string): Finding {
  return { verdict: 'hold', code: 'NOT_PERMITTED', path: [], message: `${what}: ${grantToModify(type, id)}` }
}

/** Queues whose connections the definition removes, and what `onRemovedQueues` does with them. */
function checkQueues({ spec }: Flow, state: FlowState | undefined): readonly Finding[] {
  const doomed = state?.doomed ?? []
  if (state === undefined || doomed.length === 0) return []
  // What waits for another reason is not written now.
  const isNext = compareFlow(spec, state).every(({ risk }) => risk === 'safe')
  const verdict = spec.onRemovedQueues === 'fail' && isNext ? 'hold' : 'warn'
  const message = `${listQueues(doomed)} and would be removed; ${policies[spec.onRemovedQueues](spec)}`
  return [{ verdict, code: 'QUEUED', path: [], message }]
}

const policies: Readonly<Record<QueuePolicy, (spec: FlowSpec) => string>> = {
  fail: () => 'empty it, or let "onRemovedQueues" be "drain" or "drop"',
  drain: ({ drainTimeout }) => {
    return `it is drained first, for up to ${Math.round(drainTimeout / 1000)} s (onRemovedQueues: drain)`
  },
  drop: () => 'what is in it is dropped (onRemovedQueues: drop)'
}
