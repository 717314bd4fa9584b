/**
 * Teams and badges: what is known of them without a connection.
 * @module
 */
import { z, type FieldChange, type Json, type Kind } from '../../../src/index.ts'

const teamSchema = z.strictObject({
  members: z.array(z.string()).describe('who belongs to it, in any order'),
  note: z.string().optional().describe('absent: left alone')
})
export type TeamSpec = z.output<typeof teamSchema>

export interface TeamState {
  readonly members: readonly string[]
  readonly note: string
}

export const teamKind: Kind<TeamSpec, TeamState> = {
  kind: 'team',
  file: 'teams',
  schema: teamSchema,
  compare: ({ members, note }, state) => {
    const fields: FieldChange[] = []
    const [wanted, found] = [new Set(members), new Set(state?.members)]
    if (state === undefined || wanted.symmetricDifference(found).size > 0) {
      const change = { path: 'members', before: state?.members ?? null, after: members } as const
      const isSafe = found.isSubsetOf(wanted)
      fields.push(
        isSafe ? { ...change, risk: 'safe' } : { ...change, risk: 'disruptive', why: 'somebody would leave the team' }
      )
    }
    if (note !== undefined && note !== state?.note)
      fields.push({ path: 'note', before: state?.note ?? null, after: note, risk: 'safe' })
    return fields
  },
  describe: ({ members, note }) => ({ members, note })
}

const badgeSchema = z.strictObject({
  label: z.string(),
  get parts() {
    return z.array(badgeSchema).optional().describe('smaller badges on it')
  }
})
export type Badge = z.output<typeof badgeSchema>

/** A badge is printed once: there is no verb to change it. */
export const badgeKind: Kind<Badge, Badge> = {
  kind: 'badge',
  file: 'badges',
  schema: badgeSchema,
  compare: (spec, state) =>
    (['label', 'parts'] as const).flatMap((path): FieldChange[] => {
      const [before, after] = [copyOf(state?.[path]), copyOf(spec[path])]
      return JSON.stringify(before) === JSON.stringify(after) ? [] : [{ path, before, after, risk: 'safe' }]
    }),
  describe: copyOf
}

function copyOf(value: unknown): Json {
  const copy: Json = JSON.parse(JSON.stringify(value ?? null))
  return copy
}
