/**
 * A flow written by hand becomes a definition.
 */
import assert from 'node:assert/strict'
import fc from 'fast-check'
import { componentLists, type Component, type Group } from '../../../../../reconcilers/nifi/flow/definition/model.ts'
import { compileInline } from '../../../../../reconcilers/nifi/flow/inline/compile.ts'
import { flowSchema } from '../../../../../reconcilers/nifi/flow/schema.ts'
import { inlineWords } from '../../../../../reconcilers/nifi/flow/identity/words.ts'
import { ReconcileError } from '../../../../../src/errors.ts'
import { groups, shuffled } from './arbitrary.ts'
import { asBody } from '../../../../../reconcilers/nifi/json.ts'

function compiled(declared: unknown): Group {
  return compileInline(flowSchema.parse(declared)).group
}

function everyGroup(group: Group): readonly Group[] {
  return [group, ...(group.processGroups ?? []).flatMap(everyGroup)]
}

function componentsOf(group: Group): readonly Component[] {
  return componentLists.flatMap((list) => group[list] ?? [])
}

function only<T>(list: readonly T[] | undefined): T {
  const [first, ...others] = list ?? []
  assert.ok(first !== undefined && others.length === 0)
  return first
}

describe('a compiled flow', () => {
  it('has all that NiFi fails without, or that restarts a processor when it is left out of a replacement', () => {
    const group = compiled({
      processors: { gen: { type: 'GenerateFlowFile' }, log: { type: 'LogAttribute' } },
      connections: ['gen:success -> log']
    })
    const needed = {
      processors:
        'name position properties propertyDescriptors schedulingStrategy executionNode penaltyDuration yieldDuration bulletinLevel runDurationMillis concurrentlySchedulableTaskCount identifier type style retryCount backoffMechanism maxBackoffPeriod scheduledState',
      connections:
        'identifier labelIndex zIndex selectedRelationships backPressureObjectThreshold backPressureDataSizeThreshold flowFileExpiration source destination'
    }
    for (const processor of group.processors ?? [])
      for (const field of needed.processors.split(' ')) assert.ok(processor[field] !== undefined, field)
    for (const field of needed.connections.split(' ')) assert.ok(only(group.connections)[field] !== undefined, field)
  })

  it('says in the words of NiFi what is declared', () => {
    const declared = {
      type: 'X',
      name: 'Shown',
      comments: 'why',
      properties: { 'File Size': 1e8, on: true, Text: '#{size}', Gone: null },
      cron: '0 0 * * * ?',
      tasks: 3,
      penalty: '1 min',
      yield: '2 sec',
      bulletin: 'ERROR',
      runOn: 'primary',
      terminate: 'success',
      retry: { count: 2, relationships: 'failure', backoff: 'YIELD_PROCESSOR', maxBackoff: '1 min' },
      disabled: true
    }
    const { position: _position, ...rest } = only(compiled({ processors: { gen: declared } }).processors)
    assert.deepEqual(rest, {
      identifier: 'gen',
      name: 'Shown',
      comments: 'why',
      type: 'X',
      properties: { 'File Size': '100000000', on: 'true', Text: '#{size}', Gone: null },
      propertyDescriptors: {},
      schedulingPeriod: '0 0 * * * ?',
      schedulingStrategy: 'CRON_DRIVEN',
      executionNode: 'PRIMARY',
      penaltyDuration: '1 min',
      yieldDuration: '2 sec',
      bulletinLevel: 'ERROR',
      runDurationMillis: 0,
      concurrentlySchedulableTaskCount: 3,
      autoTerminatedRelationships: ['success'],
      style: {},
      scheduledState: 'DISABLED',
      retryCount: 2,
      retriedRelationships: ['failure'],
      backoffMechanism: 'YIELD_PROCESSOR',
      maxBackoffPeriod: '1 min'
    })
  })

  it('keeps what a connection declares, and the order of its prioritizers', () => {
    const prioritizers = ['PriorityAttributePrioritizer', 'org.example.Own', 'FirstInFirstOutPrioritizer']
    const route = {
      from: 'f',
      to: 'f',
      name: 'loop',
      maxObjects: 0,
      maxSize: '1 MB',
      expire: '1 hour',
      prioritizers,
      loadBalance: { strategy: 'PARTITION_BY_ATTRIBUTE', attribute: 'id' }
    }
    const connection = only(compiled({ funnels: { f: {} }, connections: [route] }).connections)
    const {
      name,
      backPressureObjectThreshold,
      backPressureDataSizeThreshold,
      flowFileExpiration,
      loadBalanceStrategy,
      partitioningAttribute
    } = connection
    assert.deepEqual(
      [name, backPressureObjectThreshold, backPressureDataSizeThreshold, flowFileExpiration],
      ['loop', 0, '1 MB', '1 hour']
    )
    assert.deepEqual([loadBalanceStrategy, partitioningAttribute], ['PARTITION_BY_ATTRIBUTE', 'id'])
    assert.deepEqual(connection['prioritizers'], [
      'org.apache.nifi.prioritizer.PriorityAttributePrioritizer',
      'org.example.Own',
      'org.apache.nifi.prioritizer.FirstInFirstOutPrioritizer'
    ])
  })

  it('lets what leaves a port or a funnel do so by the relationship without a name, as NiFi exports it', () => {
    assert.deepEqual(
      only(compiled({ inputPorts: { in: {} }, funnels: { f: {} }, connections: ['in -> f'] }).connections)[
        'selectedRelationships'
      ],
      ['']
    )
  })

  it('reaches the ports of groups inside by the identifiers these have there', () => {
    const group = compiled({
      processors: { gen: { type: 'X' } },
      groups: { inner: { inputPorts: { in: {} }, processors: { gen: { type: 'X' } }, connections: ['in -> gen'] } },
      connections: ['gen:success -> inner.in']
    })
    const inner = only(group.processGroups)
    assert.deepEqual(
      [inner.identifier, only(inner.inputPorts).identifier, only(inner.processors).identifier],
      ['inner', 'inner/in', 'inner/gen']
    )
    assert.deepEqual(only(group.connections)['destination'], { id: 'inner/in', groupId: 'inner', type: 'INPUT_PORT' })
    assert.deepEqual(only(inner.connections)['source'], { id: 'inner/in', type: 'INPUT_PORT' })
  })

  it('refers to the nearest service of a key, and to none of a group beside it', () => {
    const properties = { Cache: 'cache', Pool: 'pool', Other: 'hidden', Text: 'cached' }
    const group = compiled({
      services: { cache: { type: 'C' }, pool: { type: 'P' } },
      groups: {
        inner: { services: { cache: { type: 'C', properties } }, processors: { gen: { type: 'X', properties } } },
        beside: { services: { hidden: { type: 'H' } } }
      }
    })
    const inner = group.processGroups?.find(({ identifier }) => identifier === 'inner')
    const expected = { Cache: 'inner/cache', Pool: 'pool', Other: 'hidden', Text: 'cached' }
    assert.deepEqual(
      [only(inner?.processors)['properties'], only(inner?.controllerServices)['properties']],
      [expected, expected]
    )

    const deep = { b: { processors: { gen: { type: 'X', properties } } } }
    const around = only(compiled({ groups: { a: { services: { cache: { type: 'C' } }, groups: deep } } }).processGroups)
    assert.deepEqual(only(only(around.processGroups).processors)['properties'], { ...properties, Cache: 'a/cache' })
  })

  it('hands its parameter context down to groups that do not say otherwise', () => {
    const group = compiled({
      parameterContext: 'outer',
      groups: { same: { groups: { below: {} } }, own: { parameterContext: 'own' }, none: { parameterContext: null } }
    })
    const contexts = everyGroup(group).map(({ identifier = 'top', parameterContextName = 'no context' }) => [
      identifier,
      parameterContextName
    ])
    assert.deepEqual(contexts, [
      ['top', 'outer'],
      ['none', 'no context'],
      ['own', 'own'],
      ['same', 'outer'],
      ['same/below', 'outer']
    ])
  })

  it('is not made of a declaration that the schema would refuse', () => {
    const spec = { connections: [{ from: 'gen', relationships: [], to: 'log' }] }
    assert.throws(
      () => compileInline(spec),
      (error) =>
        error instanceof ReconcileError &&
        error.code === 'CONFIG_INVALID' &&
        error.message.startsWith('connections[0]: expected the source')
    )
  })

  it('is made of every valid declaration, with identifiers that are unique in all of it', () => {
    fc.assert(
      fc.property(groups(2), (declared) => {
        const all = everyGroup(compiled({ processors: {}, ...declared }))
        const identifiers = [
          ...all.slice(1).map(({ identifier }) => identifier),
          ...all.flatMap(componentsOf).map(({ identifier }) => identifier)
        ]
        assert.equal(new Set(identifiers).size, identifiers.length, identifiers.join('\n'))
      })
    )
  })

  it('is the same in whatever order it is declared', () => {
    fc.assert(
      fc.property(groups(2), (declared) =>
        assert.deepEqual(compiled(shuffled({ processors: {}, ...declared })), compiled({ processors: {}, ...declared }))
      )
    )
  })

  it('connects only what is there', () => {
    const lists = new Map([
      ['PROCESSOR', 'processors'],
      ['FUNNEL', 'funnels'],
      ['INPUT_PORT', 'inputPorts'],
      ['OUTPUT_PORT', 'outputPorts']
    ] as const)
    fc.assert(
      fc.property(groups(2), (declared) => {
        for (const group of everyGroup(compiled({ processors: {}, ...declared }))) {
          for (const connection of group.connections ?? []) {
            for (const { id, groupId, type } of [asBody(connection['source']), asBody(connection['destination'])]) {
              const at =
                groupId === undefined ? group : group.processGroups?.find(({ identifier }) => identifier === groupId)
              const list = [...lists].find(([name]) => name === type)?.[1]
              assert.ok(
                list !== undefined && at?.[list]?.some(({ identifier }) => identifier === id),
                JSON.stringify(id)
              )
            }
          }
        }
      })
    )
  })

  it('is told in the keys it was declared with', () => {
    fc.assert(
      fc.property(groups(2), (declared) => {
        const check = (group: Group, spec: ReturnType<typeof flowSchema.parse>): void => {
          const keys = (
            list: readonly Component[] = [],
            name: 'processors' | 'connections' | 'processGroups' = 'processors'
          ) => list.map((component) => inlineWords.component(name, component))
          assert.deepEqual(keys(group.processors), Object.keys(spec.processors ?? {}).toSorted())
          assert.deepEqual(keys(group.processGroups, 'processGroups'), Object.keys(spec.groups ?? {}).toSorted())
          assert.equal(new Set(keys(group.connections, 'connections')).size, spec.connections?.length ?? 0)
          for (const inner of group.processGroups ?? []) {
            const key = inlineWords.component('processGroups', inner) ?? ''
            check(inner, { ...spec, processors: {}, groups: {}, connections: [], ...spec.groups?.[key] })
          }
        }
        const spec = flowSchema.parse({ processors: {}, ...declared })
        check(compileInline(spec).group, spec)
      })
    )
  })
})
