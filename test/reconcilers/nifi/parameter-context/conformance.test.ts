import { ReconcileError } from '../../../../src/errors.ts'
import { conformance } from '../../../../src/testing/index.ts'
import { parameterContextResource } from '../../../../reconcilers/nifi/parameter-context/index.ts'
import { Readings } from '../../../../reconcilers/nifi/reading/readings.ts'
import { ContextServer } from './context-server.ts'
import { keyFile } from './scene.ts'

conformance({
  kind: 'parameter-context',
  open: () => {
    const server = new ContextServer()
    server.hold('of-people', { p: '1' })
    const link = { ...linkOf(server), isStalled: false }
    const resource = parameterContextResource(
      { link, readings: new Readings(link, 'root'), owner: 'infometis' },
      keyFile('a key of more than 16 letters')
    )
    return {
      service: {
        name: 'nifi',
        resources: [resource],
        identity: () => Promise.resolve('root'),
        close: () => Promise.resolve()
      },
      snapshot: () => Promise.resolve(structuredClone(server.contexts)),
      createByHand: async (name) => void server.hold(name, { p: '1' }, { description: '[infometis owner=infometis]' }),
      changeByHand: async (name) =>
        void server.named(name).parameters.set('size', { value: 'by hand', sensitive: false, description: null }),
      stall: async () => void (link.isStalled = true)
    }
  },
  valid: {
    description: 'd',
    parameters: {
      size: '1KB',
      empty: '',
      none: { value: null },
      gone: null,
      secret: { value: 'canary', sensitive: true, description: 's' }
    },
    inherits: ['of-people']
  },
  changed: { parameters: { size: '2KB' } },
  bad: { item: { parameters: { 'a/b': 1 } } }
})

/** Answers as the server does, or, once stalled, when the signal says so. */
function linkOf(server: ContextServer) {
  return {
    clientId: server.clientId,
    isStalled: false,
    ask(...[request, signal]: Parameters<ContextServer['ask']>): ReturnType<ContextServer['ask']> {
      if (!this.isStalled) return server.ask(request, signal)
      return new Promise((_resolve, reject) => {
        const give = (): void => reject(new ReconcileError('TIMEOUT', 'aborted'))
        if (signal.aborted) give()
        signal.addEventListener('abort', give)
      })
    },
    close: () => Promise.resolve()
  }
}
