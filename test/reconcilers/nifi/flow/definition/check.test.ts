import assert from 'node:assert/strict'
import { problemsOf } from '../../../../../reconcilers/nifi/flow/definition/check.ts'
import type { Component, Content, Group } from '../../../../../reconcilers/nifi/flow/definition/model.ts'
import { connection, fileContent, heartbeat, processor, service } from './sample.ts'
import type { Body } from '../../../../../reconcilers/nifi/json.ts'

/** `severity CODE path` of every finding. */
function found(group: Group, more: Partial<Content> = {}): readonly string[] {
  return problemsOf(fileContent(group, more)).map(({ severity, code, path }) => `${severity} ${code} ${path}`)
}

const lacking = (component: Component, ...fields: readonly string[]): Component => ({
  ...component,
  ...Object.fromEntries(fields.map((field) => [field, null]))
})

describe('a definition that is checked without a server', () => {
  it('has no problems when NiFi would take it', () => {
    const inner = {
      identifier: 'g',
      name: 'g',
      inputPorts: [{ identifier: 'in', name: 'in', type: 'INPUT_PORT' }],
      outputPorts: [{ identifier: 'out', name: 'out', type: 'OUTPUT_PORT' }]
    }
    const remote = { identifier: 'r', name: 'r', inputPorts: [{ identifier: 'far', name: 'far' }] }
    const connections = [
      ...(heartbeat.connections ?? []),
      connection('to', 'gen', 'in', { destination: { id: 'in', type: 'INPUT_PORT', groupId: 'g' } }),
      connection('from', 'out', 'f', {
        source: { id: 'out', type: 'OUTPUT_PORT' },
        destination: { id: 'f', type: 'FUNNEL' }
      }),
      connection('away', 'f', 'far', {
        source: { id: 'f', type: 'FUNNEL' },
        destination: { id: 'far', type: 'REMOTE_INPUT_PORT' }
      })
    ]
    assert.deepEqual(
      found({
        ...heartbeat,
        connections,
        funnels: [{ identifier: 'f' }],
        processGroups: [inner],
        remoteProcessGroups: [remote]
      }),
      []
    )
  })

  it('uses an identifier once in a group and those inside it; copies of a group beside each other may hold the same', () => {
    const copy = (identifier: string): Group & { readonly identifier: string } => ({
      identifier,
      name: identifier,
      processors: [processor('gen')]
    })
    assert.deepEqual(found({ processGroups: [copy('a'), copy('b')] }), [])
    assert.deepEqual(
      found({
        processors: [processor('gen')],
        processGroups: [copy('a'), { identifier: 'b', name: 'b', processGroups: [copy('c')] }]
      }),
      [
        'error DUPLICATE_IDENTIFIER flowContents.processGroups.0.processors.0.identifier',
        'error DUPLICATE_IDENTIFIER flowContents.processGroups.1.processGroups.0.processors.0.identifier'
      ]
    )
    const other = {
      identifier: 'gen',
      name: 'inner',
      funnels: [{ identifier: 'log' }],
      controllerServices: [service('cache')]
    }
    assert.deepEqual(
      found({
        ...heartbeat,
        connections: [],
        controllerServices: [service('cache')],
        processGroups: [{ ...other, identifier: 'x' }]
      }),
      [],
      'of another kind, and services'
    )
    assert.deepEqual(found({ processors: [processor('gen'), processor('gen')], funnels: [{ identifier: 'gen' }] }), [
      'error DUPLICATE_IDENTIFIER flowContents.processors.1.identifier',
      'error DUPLICATE_IDENTIFIER flowContents.funnels.0.identifier'
    ])
  })

  it('has no connection that leads nowhere, or elsewhere than it says', () => {
    const connections = [
      connection('a', 'gen', 'gone'),
      connection('b', 'gen', 'log', { destination: { id: 'log', type: 'FUNNEL' } }),
      connection('c', 'gen', 'log', { source: {} }),
      connection('d', 'gen', 'out', { destination: { id: 'out', type: 'OUTPUT_PORT' } })
    ]
    const inner = { identifier: 'g', name: 'g', outputPorts: [{ identifier: 'out', name: 'out', type: 'OUTPUT_PORT' }] }
    assert.deepEqual(found({ ...heartbeat, connections, processGroups: [inner] }), [
      'error DANGLING_CONNECTION flowContents.connections.0.destination',
      'error DANGLING_CONNECTION flowContents.connections.1.destination.type',
      'error DANGLING_CONNECTION flowContents.connections.2.source.id',
      'error DANGLING_CONNECTION flowContents.connections.3.destination'
    ])
  })

  it('has every field without which an import breaks off half-way', () => {
    const processors = [lacking(processor('gen'), 'schedulingStrategy', 'position'), processor('log', { name: '' })]
    const group: Group = {
      processors,
      connections: [lacking(connection('a', 'gen', 'log'), 'zIndex')],
      controllerServices: [lacking(service('s'), 'propertyDescriptors')]
    }
    assert.deepEqual(found(group), [
      'error MISSING_FIELD flowContents.processors.0.position',
      'error MISSING_FIELD flowContents.processors.0.schedulingStrategy',
      'error MISSING_FIELD flowContents.processors.1.name',
      'error MISSING_FIELD flowContents.controllerServices.0.propertyDescriptors',
      'error MISSING_FIELD flowContents.connections.0.zIndex'
    ])
  })

  it('holds no secret, and no mask in place of one; none is ever said', () => {
    const canary = 'canary-90cd'
    const propertyDescriptors = { Password: { sensitive: true }, Token: { sensitive: true } }
    const group: Group = {
      processors: [
        processor('gen', {
          properties: { Password: canary, Token: '#{token}', Other: '********' },
          propertyDescriptors
        })
      ],
      remoteProcessGroups: [{ identifier: 'r', name: 'r', proxyPassword: canary }]
    }
    assert.deepEqual(found(group), [
      'error SENSITIVE_VALUE flowContents.processors.0.properties.Password',
      'error MASKED_VALUE flowContents.processors.0.properties.Other',
      'error SENSITIVE_VALUE flowContents.remoteProcessGroups.0.proxyPassword'
    ])
    assert.equal(JSON.stringify(problemsOf(fileContent(group))).includes(canary), false)
  })

  it('refers to parameters only in groups that are bound to a context; groups inherit none', () => {
    const uses: Body = { properties: { 'File Size': '#{size}', Text: '##{not a reference}' } }
    const inner = (more: Body): Group => ({
      parameterContextName: 'one',
      processors: [processor('top', uses)],
      processGroups: [{ identifier: 'g', name: 'g', processors: [processor('gen', uses)], ...more }]
    })
    assert.deepEqual(found(inner({})), [
      'warning UNKNOWN_PARAMETER flowContents.processGroups.0.processors.0.properties.File Size'
    ])
    assert.deepEqual(found(inner({ parameterContextName: 'one' })), [])
  })

  it('refers to services of its group, of groups around it and of those it brings along', () => {
    const uses = (value: string, where = ''): Component =>
      processor(`uses ${value}${where}`, {
        properties: { Cache: value },
        propertyDescriptors: { Cache: { identifiesControllerService: true } }
      })
    const inner = {
      identifier: 'g',
      name: 'g',
      processors: [uses('top'), uses('own'), uses('outside'), uses('#{parameter}')],
      controllerServices: [service('own')],
      parameterContextName: 'one'
    }
    const group: Group = {
      controllerServices: [service('top')],
      processors: [uses('own', ' above')],
      processGroups: [inner]
    }
    assert.deepEqual(found(group, { externalControllerServices: { outside: { identifier: 'outside', name: 'x' } } }), [
      'warning UNKNOWN_SERVICE flowContents.processors.0.properties.Cache'
    ])
  })

  it('is spoken of in the words of the inline form where that is what was written', () => {
    const group: Group = {
      ...heartbeat,
      connections: [connection('gen:success -> gone', 'gen', 'gone')],
      processGroups: [{ identifier: 'inner', name: 'x', processors: [lacking(processor('inner/gen'), 'type')] }]
    }
    assert.deepEqual(found(group, { form: 'inline' }), [
      'error DANGLING_CONNECTION connections.gen:success -> gone.destination',
      'error MISSING_FIELD groups.inner.processors.gen.type'
    ])
  })
})
