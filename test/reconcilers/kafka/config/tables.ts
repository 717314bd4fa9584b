/**
 * The tables of keys as docs/kafka.md shows them.
 * @module
 */
import {
  brokerKeyOf,
  clusterKeys,
  topicKeys,
  type Effect,
  type KeyRow
} from '../../../../reconcilers/kafka/config/keys/index.ts'
import { ownClusterKeys, brokerKeys } from '../../../../reconcilers/kafka/config/keys/cluster.ts'

const words: Readonly<Record<string, string>> = { falls: 'falls', halves: 'falls to less than half', rises: 'rises' }
const places = { delete: '`delete`', compact: '`compact`', tiered: 'tiered topics' } as const

/** Every topic key, what it is for, and what a change of it can do. */
export function topicTable(): string {
  const rows = [...topicKeys].map(([key, row]) => [`\`${key}\``, row.does, whatItCanDo(row), row.source ?? ''])
  return tableOf(['key', 'decides', 'what a change can do', 'source'], rows)
}

/** The keys of the cluster that topics do not have, the inherited ones by their names, and those of single brokers. */
export function clusterTable(): string {
  const inherited = [...brokerKeyOf].filter(([key, name]) => key !== name && clusterKeys.has(name))
  return [
    tableOf(
      ['key of the cluster', 'decides', 'source'],
      Object.entries(ownClusterKeys).map(([key, row]) => [`\`${key}\``, whatItIs(row), row.source ?? ''])
    ),
    tableOf(
      ['key of the cluster', 'as the topic key'],
      inherited.map(([key, name]) => [`\`${name}\``, `\`${key}\``])
    ),
    `Set for each broker and never here: ${Object.keys(brokerKeys)
      .map((key) => `\`${key}\``)
      .join(', ')}.`
  ].join('\n\n')
}

function whatItIs({ does, never }: KeyRow): string {
  return never === undefined ? does : `${does}; never written: ${never}`
}

function whatItCanDo({ effects, never, where }: KeyRow): string {
  if (never !== undefined) return `never written: ${never}`
  if (effects.length === 0) return 'safe'
  const limited = where === undefined ? '' : ` (where it counts: ${places[where]})`
  return effects.map(effectOf).join('; ') + limited
}

function effectOf({ on, risk, why }: Effect): string {
  const [verb = '', what = ''] = on.split(' ')
  return `${words[verb] ?? `${verb} \`${what}\``}: \`${risk}\`, ${why}`
}

function tableOf(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`
  return [line(head), line(head.map(() => '---')), ...rows.map(line)].join('\n')
}
