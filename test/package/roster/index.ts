/**
 * A reconciler for a roster: teams and badges.
 * @module
 */
import {
  answerEach,
  done,
  failed,
  parseUrl,
  readLogin,
  ReconcileError,
  unchanged,
  waiting
} from '../../../src/index.ts'
import { z, type Environment, type ItemResult, type Observed, type Plugin, type Resource } from '../../../src/index.ts'
import { ask, type Answer, type Settings } from './client.ts'
import { badgeKind, teamKind, type Badge, type TeamSpec, type TeamState } from './kinds.ts'

const badgeShape: z.ZodType<Badge> = z.object({
  label: z.string(),
  get parts() {
    return z.array(badgeShape).optional()
  }
})

const contentsShape = z.object({
  teams: z.record(z.string(), z.object({ members: z.array(z.string()), note: z.string() })),
  badges: z.record(z.string(), badgeShape)
})

async function look(settings: Settings, signal: AbortSignal): Promise<z.output<typeof contentsShape>> {
  const { body } = await ask(settings, 'GET', '/all', signal)
  return contentsShape.parse(body)
}

function observed<State>(items: Readonly<Record<string, State>>): Observed<State> {
  return { items: new Map(Object.entries(items).map(([name, state]) => [name, { state }])), facts: undefined }
}

/** What the service said of one item. */
function resultOf(name: string, { status, body }: Answer): ItemResult {
  if (status === 202) return waiting(name, 'being printed')
  if (status === 409) return unchanged(name)
  if (status !== 200) return failed(name, new ReconcileError('REJECTED', JSON.stringify(body)))
  return done(name)
}

function teams(settings: Settings): Resource<TeamSpec, TeamState> {
  const write = async (method: string, name: string, body: object, signal: AbortSignal): Promise<ItemResult> =>
    resultOf(name, await ask(settings, method, `/teams/${encodeURIComponent(name)}`, signal, body))
  return {
    ...teamKind,
    scoped: true,
    observe: async (desired, cycle) => {
      const all = observed((await look(settings, cycle.signal)).teams)
      if (cycle.scope === 'all') return all
      const names = new Set(desired.map(({ name }) => name))
      return { ...all, items: new Map([...all.items].filter(([name]) => names.has(name))) }
    },
    create: (items, { signal }) => answerEach(items, ({ name, spec }) => write('POST', name, spec, signal)),
    update: (items, { signal }) =>
      answerEach(items, ({ desired, fields }) =>
        write('PATCH', desired.name, Object.fromEntries(fields.map(({ path, after }) => [path, after])), signal)
      )
  }
}

function badges(settings: Settings): Resource<Badge, Badge> {
  return {
    ...badgeKind,
    observe: async (_, { signal }) => observed((await look(settings, signal)).badges),
    create: (items, { signal }) =>
      answerEach(items, async ({ name, spec }) =>
        resultOf(name, await ask(settings, 'POST', `/badges/${encodeURIComponent(name)}`, signal, spec))
      )
  }
}

function readSettings(environment: Environment): Settings {
  const variable = { name: 'ROSTER_URL', expected: 'one http or https URL', example: 'https://roster:8443' }
  const { url, login: inUrl } = parseUrl(environment.required(variable.name, variable.example), variable)
  const places = { username: 'ROSTER_USERNAME', password: 'ROSTER_PASSWORD', url: variable, inUrl, instead: undefined }
  const ca = environment.file('ROSTER_CA_FILE')
  return {
    url,
    login: readLogin(environment, places),
    tls: { ca, cert: undefined, key: undefined },
    timeout: environment.requestTimeout()
  }
}

/** What `--plugin` loads. */
export const plugin: Plugin = {
  name: 'roster',
  kinds: [teamKind, badgeKind],
  open: (environment) => {
    const settings = readSettings(environment)
    return {
      name: 'roster',
      resources: [teams(settings), badges(settings)],
      identity: async ({ signal }) =>
        z.object({ id: z.string() }).parse((await ask(settings, 'GET', '/id', signal)).body).id,
      close: () => Promise.resolve()
    }
  }
}
