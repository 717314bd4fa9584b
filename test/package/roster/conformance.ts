import { Environment, type Service } from '../../../src/index.ts'
import { conformance, type Subject } from '../../../src/testing/index.ts'
import { plugin } from './index.ts'
import { Store } from './store.ts'

interface Opened {
  readonly store: Store
  readonly service: Service
}

async function open(): Promise<Opened> {
  const store = new Store()
  const variables = { ROSTER_URL: await store.open(), REQUEST_TIMEOUT: '2s' }
  return { store, service: plugin.open(new Environment(variables)) }
}

function subject({ store, service }: Opened): Omit<Subject, 'createByHand' | 'changeByHand'> {
  return {
    service,
    snapshot: () => Promise.resolve(store.contents()),
    requests: () => store.requests,
    stall: async () => store.stall(),
    cleanup: async () => store.close()
  }
}

conformance({
  kind: 'team',
  open: async () => {
    const opened = await open()
    return {
      ...subject(opened),
      createByHand: async (name) => void opened.store.teams.set(name, { members: new Set(['eve']), note: 'by hand' }),
      changeByHand: async (name) => void opened.store.teams.set(name, { members: new Set(['ada']), note: 'by hand' })
    }
  },
  valid: { members: ['ada', 'grace'], note: 'the first' },
  changed: { members: ['edsger', 'grace', 'ada'] },
  bad: { item: { members: [], note: 'too long '.repeat(50) } }
})

conformance({
  kind: 'badge',
  open: async () => {
    const opened = await open()
    return {
      ...subject(opened),
      createByHand: async (name) => void opened.store.badges.set(name, { label: 'by hand' }),
      changeByHand: async (name) => void opened.store.badges.set(name, { label: 'by another hand' })
    }
  },
  valid: { label: 'Ada', parts: [{ label: 'speaker', parts: [{ label: 'first row' }] }] },
  changed: { label: 'Ada Lovelace' },
  bad: { item: { label: '' } }
})
