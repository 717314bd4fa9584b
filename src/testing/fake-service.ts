/**
 * A service in memory that keeps every promise of the contract, for tests of what is built on it.
 * @module
 */
import { answerEach } from '../apply/answers.ts'
import type { Desired, FieldChange, ItemResult, Cycle, Plugin, Resource, Service, Update } from '../contract.ts'
import {
  queueFields,
  queueKind,
  settingFields,
  settingKind,
  type FakeFacts,
  type FakeState,
  type Fields,
  type QueueSpec,
  type SettingSpec
} from './fake-kinds.ts'
import { FakeServer, type FakeKind, type Sightings } from './fake-server.ts'

/** The plugin `fake`. It reads no variable but INFOMETIS_OWNER. */
export function fakePlugin(server = new FakeServer()): Plugin {
  return {
    name: 'fake',
    kinds: [queueKind, settingKind],
    open: (environment) => fakeService(server, environment.text('INFOMETIS_OWNER'))
  }
}

/** A connection to `server` that marks what it creates as `owner`'s. Closing it is not recorded. */
export function fakeService(server: FakeServer, owner = 'infometis'): Service {
  return {
    name: 'fake',
    resources: [queueResource(server, owner), settingResource(server)],
    identity: async (cycle) => {
      await server.enter({ method: 'identity', kind: '', names: [], full: false }, cycle.signal)
      return server.identity
    },
    close: () => Promise.resolve()
  }
}

/** Queues: created and updated in batches, never removed. */
export function queueResource(server: FakeServer, owner: string): Resource<QueueSpec, FakeState, FakeFacts> {
  return {
    ...queueKind,
    scoped: true,
    observe: async (desired, cycle) => {
      const items = await observe(server, 'queue', desired, queueFields, cycle)
      return { items, facts: { largestSize: server.largestSize } }
    },
    create: async (items, { signal }) => {
      await server.enter({ method: 'create', kind: 'queue', names: items.map(({ name }) => name), full: false }, signal)
      return answerEach(items, async ({ name, spec }) => server.create('queue', name, queueFields(spec), owner))
    },
    update: (items, { signal }) => update(server, 'queue', items, signal)
  }
}

/** The settings: always there, so there is nothing to create. */
export function settingResource(server: FakeServer): Resource<SettingSpec, FakeState> {
  return {
    ...settingKind,
    scoped: true,
    observe: async (desired, cycle) => ({
      items: await observe(server, 'setting', desired, settingFields, cycle),
      facts: undefined
    }),
    update: (items, { signal }) => update(server, 'setting', items, signal)
  }
}

async function observe<Spec>(
  server: FakeServer,
  kind: FakeKind,
  desired: readonly Desired<Spec>[],
  fieldsOf: (spec: Spec) => Fields,
  { scope, full, everything, signal }: Cycle
): Promise<Sightings> {
  await server.enter({ method: 'observe', kind, names: desired.map(({ name }) => name), full }, signal)
  const declared = new Map(desired.map(({ name, spec }) => [name, fieldsOf(spec)]))
  const exact = new Set(desired.filter(({ control }) => control.exact).map(({ name }) => name))
  const shown = server.show(kind, declared, (name) => everything || exact.has(name) || (full && declared.has(name)))
  return scope === 'all' ? shown : new Map([...shown].filter(([name]) => declared.has(name)))
}

async function update<Spec>(
  server: FakeServer,
  kind: FakeKind,
  items: readonly Update<Spec, FakeState>[],
  signal: AbortSignal
): Promise<readonly ItemResult[]> {
  await server.enter({ method: 'update', kind, names: items.map(({ desired }) => desired.name), full: false }, signal)
  return answerEach(items, async ({ desired, fields }) => server.update(kind, desired.name, valuesOf(fields)))
}

function valuesOf(fields: readonly FieldChange[]): Fields {
  return new Map(fields.map(({ path, after }) => [path, after]))
}
