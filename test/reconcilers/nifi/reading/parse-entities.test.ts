import assert from 'node:assert/strict'
import type { Json } from '../../../../src/records.ts'
import {
  contextOf,
  contextEntitiesOf,
  groupListingOf,
  groupOf,
  serviceOf,
  servicesOf
} from '../../../../reconcilers/nifi/reading/parse-entities.ts'
import { listing } from '../scripted-link.ts'

const readable = { canRead: true, canWrite: true }
const hidden = { canRead: false, canWrite: false }

const group = {
  revision: { clientId: 'c', version: 4 },
  id: 'g-1',
  uri: 'http://nifi/nifi-api/process-groups/g-1',
  permissions: readable,
  bulletins: [],
  component: {
    id: 'g-1',
    name: 'orders',
    comments: 'kept\n[infometis owner=a flow=orders]',
    parameterContext: { id: 'p-1', permissions: readable, component: { id: 'p-1', name: 'context' } },
    versionControlInformation: {
      registryId: 'r',
      bucketId: 'b',
      flowId: 'f-1',
      flowName: 'flow',
      version: 3,
      state: 'UP_TO_DATE'
    }
  },
  status: { id: 'g-1', aggregateSnapshot: { flowFilesQueued: 12, bytesQueued: 99, queued: '12 (99 bytes)' } },
  runningCount: 2,
  stoppedCount: 1,
  invalidCount: 3,
  disabledCount: 4
}

const service = {
  revision: { version: 0 },
  id: 's-1',
  parentGroupId: 'g-1',
  permissions: readable,
  component: {
    id: 's-1',
    name: 'cache',
    type: 'org.apache.nifi.MapCacheClientService',
    parentGroupId: 'g-1',
    controllerServiceApis: [{ type: 'org.apache.nifi.DistributedMapCacheClient', bundle: {} }],
    state: 'ENABLED',
    validationStatus: 'VALID',
    properties: { 'Server Hostname': 'x' }
  },
  status: { runStatus: 'ENABLED', validationStatus: 'VALID' }
}

const parameter = (name: string, more: { readonly [field: string]: Json } = {}): Json => ({
  canWrite: true,
  parameter: {
    name,
    sensitive: false,
    description: '',
    value: '1',
    inherited: false,
    referencingComponents: [],
    ...more
  }
})
const component = (id: string, name: string | null): Json => ({
  id,
  permissions: name === null ? hidden : readable,
  ...(name === null ? {} : { component: { id, name, referenceType: 'PROCESSOR', state: 'RUNNING' } })
})
const user = (id: string, name: string | null, within: string): Json => ({
  ...Object(component(id, name)),
  processGroup: { id: 'g-1', name: within }
})

const context = {
  revision: { version: 7 },
  id: 'p-1',
  permissions: readable,
  component: {
    id: 'p-1',
    name: 'context',
    description: 'd',
    parameters: [
      parameter('size', {
        value: '1KB',
        referencingComponents: [user('c-1', 'gen', 'orders'), component('c-2', null)]
      }),
      parameter('password', {
        sensitive: true,
        value: '********',
        referencingComponents: [user('c-1', 'gen', 'orders')]
      }),
      parameter('empty', { value: null, description: null }),
      parameter('from-below', { inherited: true })
    ],
    inheritedParameterContexts: [component('p-3', 'third'), component('p-2', 'second')],
    boundProcessGroups: [component('g-1', 'orders')]
  }
}

describe('a process group as NiFi shows it', () => {
  it('is read with its revision, counts, queue, context and origin', () => {
    assert.deepEqual(groupOf(group), {
      id: 'g-1',
      revision: { version: 4, clientId: 'c' },
      name: 'orders',
      comments: 'kept\n[infometis owner=a flow=orders]',
      canRead: true,
      canWrite: true,
      parameterContext: { id: 'p-1', name: 'context' },
      versioned: 'flow',
      counts: { running: 2, stopped: 1, invalid: 3, disabled: 4 },
      queued: 12
    })
  })

  it('has neither context nor origin where there is none', () => {
    const { parameterContext, versioned } = groupOf({
      ...group,
      component: { id: 'g-1', name: 'orders', parameterContext: null }
    })
    assert.deepEqual([parameterContext, versioned], [undefined, undefined])
  })

  it('comes from a flow by its id where that has no name, and has a context by its id where we may not read it', () => {
    const parts = {
      ...group.component,
      versionControlInformation: { flowId: 'f-1' },
      parameterContext: { id: 'p-1', permissions: hidden }
    }
    const { parameterContext, versioned } = groupOf({ ...group, component: parts })
    assert.deepEqual([parameterContext, versioned], [{ id: 'p-1', name: 'p-1' }, 'f-1'])
  })

  it('is seen, and not mistaken for one without a name, where we may not read it', () => {
    const { component: _component, ...shown } = group
    for (const body of [
      { ...shown, permissions: hidden },
      { ...shown, permissions: readable },
      { ...shown, component: null },
      { ...group, permissions: hidden }
    ]) {
      assert.equal(groupOf(body).canRead, false)
    }
    assert.deepEqual(groupOf({ ...shown, permissions: hidden }).counts, {
      running: 2,
      stopped: 1,
      invalid: 3,
      disabled: 4
    })
  })

  it('may be changed as far as NiFi says, and where it says nothing', () => {
    assert.equal(groupOf({ ...group, permissions: { canRead: true, canWrite: false } }).canWrite, false)
    assert.equal(groupOf({ ...group, permissions: { canRead: true, canWrite: true } }).canWrite, true)
    assert.equal(groupOf({ ...group, permissions: null }).canWrite, true)
  })

  it('is listed with its neighbours, by the id of their parent', () => {
    const { parentId, rootId, groups } = groupListingOf(listing('root-id', [group, { ...group, id: 'g-2' }]))
    assert.deepEqual([parentId, rootId, groups.map(({ id }) => id)], ['root-id', 'root-id', ['g-1', 'g-2']])
  })

  for (const body of [null, 'text', {}, { id: 'g-1' }, { ...group, revision: null }]) {
    it(`is refused as what no NiFi answers: ${JSON.stringify(body)?.slice(0, 40)}`, () => {
      assert.throws(() => groupOf(body), {
        code: 'UNAVAILABLE',
        message: /^expected a process group as NiFi shows it, found something else at /
      })
    })
  }
})

describe('a controller service as NiFi shows it', () => {
  it('is read with its state, its type and what it offers', () => {
    assert.deepEqual(servicesOf({ controllerServices: [service], currentTime: '10:00:00 UTC' }), [
      {
        id: 's-1',
        revision: { version: 0 },
        groupId: 'g-1',
        canRead: true,
        name: 'cache',
        type: 'org.apache.nifi.MapCacheClientService',
        apis: ['org.apache.nifi.DistributedMapCacheClient'],
        state: 'ENABLED',
        validation: 'VALID',
        validationErrors: []
      }
    ])
  })

  it('keeps why it is invalid in NiFi’s words', () => {
    const invalid = serviceOf({
      ...service,
      component: {
        ...service.component,
        state: 'DISABLED',
        validationStatus: 'INVALID',
        validationErrors: ["'Server Hostname' is required"]
      }
    })
    assert.deepEqual(
      [invalid.state, invalid.validation, invalid.validationErrors],
      ['DISABLED', 'INVALID', ["'Server Hostname' is required"]]
    )
  })

  it('still has a state and a group where we may not read it', () => {
    const { component: _component, ...shown } = service
    const seen = serviceOf({
      ...shown,
      permissions: hidden,
      status: { runStatus: 'ENABLING', validationStatus: 'INVALID' }
    })
    assert.deepEqual(
      [seen.canRead, seen.name, seen.groupId, seen.state, seen.validation],
      [false, '', 'g-1', 'ENABLING', 'INVALID']
    )
  })
})

describe('a parameter context as NiFi shows it', () => {
  it('is read with its own parameters, what it inherits in order, and who uses it', () => {
    assert.deepEqual(contextEntitiesOf({ parameterContexts: [context] }), [
      {
        id: 'p-1',
        revision: { version: 7 },
        name: 'context',
        canRead: true,
        canWrite: true,
        description: 'd',
        parameters: new Map([
          ['size', { value: '1KB', sensitive: false, description: '', referencing: ['gen in orders', 'c-2'] }],
          ['password', { value: '********', sensitive: true, description: '', referencing: ['gen in orders'] }],
          ['empty', { value: null, sensitive: false, description: '', referencing: [] }]
        ]),
        inherits: [
          { id: 'p-3', name: 'third' },
          { id: 'p-2', name: 'second' }
        ],
        boundGroups: [{ id: 'g-1', name: 'orders' }],
        referencing: ['gen in orders', 'c-2']
      }
    ])
  })

  it('is seen without its parts where we may not read it', () => {
    const seen = contextOf({ id: 'p-1', revision: { version: 7 }, permissions: hidden })
    assert.deepEqual([seen.canRead, seen.name, seen.parameters.size, seen.inherits], [false, '', 0, []])
  })
})
