/**
 * What a connection of the inline form connects.
 * @module
 */
import { didYouMean } from '../../../../src/plugin.ts'
import type { InlineGroup } from './spec.ts'

/** Which end of a connection. */
export type Side = 'from' | 'to'

export interface End {
  /** The key of a component, with a port of a group inside the key of that group. */
  readonly node: string
  /** The group inside whose port it is. */
  readonly group?: string
  readonly key: string
  readonly type: 'PROCESSOR' | 'INPUT_PORT' | 'OUTPUT_PORT' | 'FUNNEL'
}

/** The end a text names; a text in return says what was expected instead. Pure. */
export function endOf(group: InlineGroup, text: string, side: Side): End | string {
  const [key = '', port, ...deeper] = text.split('.')
  if (port === undefined) return ownEnd(group, key, side) ?? notAnEnd(group, text, side)
  if (deeper.length > 0)
    return `the ${words[side]} in this group or a group right inside it, not "${text}"; connect what is deeper through ports of "${key}"`
  const inner = entry(group.groups, key)
  return (inner && portEnd(inner, key, port, side)) ?? notAnEnd(group, text, side)
}

const words = { from: 'source', to: 'destination' } as const

function ownEnd(group: InlineGroup, key: string, side: Side): End | undefined {
  if (entry(group.processors, key)) return { node: key, key, type: 'PROCESSOR' }
  if (entry(group.funnels, key)) return { node: key, key, type: 'FUNNEL' }
  if (side === 'from') return entry(group.inputPorts, key) && { node: key, key, type: 'INPUT_PORT' }
  return entry(group.outputPorts, key) && { node: key, key, type: 'OUTPUT_PORT' }
}

/** Seen from outside, a group takes at its input ports and gives at its output ports. */
function portEnd(inner: InlineGroup, group: string, key: string, side: Side): End | undefined {
  if (side === 'from') return entry(inner.outputPorts, key) && { node: group, group, key, type: 'OUTPUT_PORT' }
  return entry(inner.inputPorts, key) && { node: group, group, key, type: 'INPUT_PORT' }
}

function notAnEnd(group: InlineGroup, text: string, side: Side): string {
  const known = endsOf(group, side)
  const list =
    known.length === 0
      ? 'something this group has'
      : known.length > 10
        ? `${known.slice(0, 10).join(', ')} or another of ${known.length}`
        : known.join(', ')
  return `the ${words[side]} to be one of ${list}, not "${text}"${reasonOf(group, text, side) ?? didYouMean(text, known).replace(/^; (.*)$/s, ' ($1)')}`
}

/** Why something that is there is no such end. */
function reasonOf(group: InlineGroup, text: string, side: Side): string | undefined {
  const [key = '', port] = text.split('.')
  const inner = entry(group.groups, key)
  if (port !== undefined) return inner && insideReason(inner, key, port, side)
  if (inner !== undefined)
    return `, which is a group; name one of its ports, such as "${key}.${side === 'from' ? 'out' : 'in'}"`
  if (entry(group.inputPorts, key) ?? entry(group.outputPorts, key))
    return `, which is an ${side === 'from' ? 'output' : 'input'} port`
  if (entry(group.services, key)) return ', which is a service; name it as a property instead'
  const holder = Object.entries(group.groups ?? {}).find(([, each]) =>
    entry(side === 'from' ? each.outputPorts : each.inputPorts, key)
  )?.[0]
  return holder === undefined ? undefined : `, which is a port of the group "${holder}"; write "${holder}.${key}"`
}

function insideReason(inner: InlineGroup, group: string, key: string, side: Side): string | undefined {
  if (entry(inner.inputPorts, key) ?? entry(inner.outputPorts, key))
    return `, which is an ${side === 'from' ? 'input' : 'output'} port of "${group}"`
  return (
    (entry(inner.processors, key) ?? entry(inner.funnels, key)) &&
    `; what is in a group is connected through a port of "${group}"`
  )
}

function endsOf(group: InlineGroup, side: Side): readonly string[] {
  const own = [group.processors, side === 'from' ? group.inputPorts : group.outputPorts, group.funnels].flatMap(
    (list) => Object.keys(list ?? {})
  )
  const inner = Object.entries(group.groups ?? {}).flatMap(([key, { inputPorts, outputPorts }]) =>
    Object.keys((side === 'from' ? outputPorts : inputPorts) ?? {}).map((port) => `${key}.${port}`)
  )
  return [...own, ...inner]
}

function entry<T extends object>(list: Readonly<Record<string, T>> | undefined, key: string): T | undefined {
  return list !== undefined && Object.hasOwn(list, key) ? list[key] : undefined
}
