/**
 * Each field of a definition, changed in the file of a running flow, is in effect afterwards on real servers: NiFi itself leaves
 * some of them as they are when it replaces a definition, and says nothing.
 */
import assert from 'node:assert/strict'
import type { Json } from '../../../src/records.ts'
import { groundOn } from './ground.ts'
import { connectionOf, nifiVersions, processorOf, type NifiVersion } from './harness.ts'

type Fields = { readonly [name: string]: Json }

/** Where a component of this kind has which other value; `only` is the one version that knows the field. */
interface Other {
  readonly list: string
  readonly field: string
  readonly value: Json
  readonly with?: Fields
  readonly only?: NifiVersion
}

const fieldsOf = (list: string, values: Fields, more: Partial<Other> = {}): readonly Other[] =>
  Object.entries(values).map(([field, value]) => ({ list, field, value, ...more }))

const others: readonly Other[] = [
  ...fieldsOf('processors', {
    name: 'renamed',
    comments: 'new',
    schedulingPeriod: '2 days',
    executionNode: 'PRIMARY',
    penaltyDuration: '33 sec',
    yieldDuration: '3 sec',
    bulletinLevel: 'ERROR',
    runDurationMillis: 25,
    concurrentlySchedulableTaskCount: 3,
    retryCount: 3,
    retriedRelationships: ['success'],
    backoffMechanism: 'YIELD_PROCESSOR',
    maxBackoffPeriod: '3 mins',
    annotationData: 'x',
    scheduledState: 'DISABLED'
  }),
  { list: 'processors', field: 'schedulingStrategy', value: 'CRON_DRIVEN', with: { schedulingPeriod: '0 0 * * * ?' } },
  ...fieldsOf('inputPorts', { name: 'renamed', comments: 'new', scheduledState: 'DISABLED' }),
  ...fieldsOf('outputPorts', { name: 'renamed', comments: 'new', scheduledState: 'DISABLED' }),
  ...fieldsOf('outputPorts', { portFunction: 'FAILURE' }, { only: '2.3.0' }),
  ...fieldsOf('labels', { label: 'new' }),
  ...fieldsOf('remoteProcessGroups', {
    communicationsTimeout: '33 sec',
    yieldDuration: '33 sec',
    transportProtocol: 'HTTP',
    localNetworkInterface: 'lo',
    proxyHost: 'proxy',
    proxyPort: 3128,
    proxyUser: 'me'
  }),
  ...fieldsOf(
    'controllerServices',
    { name: 'renamed', comments: 'new', bulletinLevel: 'ERROR', annotationData: 'x' },
    { only: '2.3.0' }
  ),
  ...fieldsOf('connections', {
    name: 'renamed',
    backPressureObjectThreshold: 77,
    backPressureDataSizeThreshold: '7 MB',
    flowFileExpiration: '5 min',
    prioritizers: ['org.apache.nifi.prioritizer.OldestFlowFileFirstPrioritizer'],
    loadBalanceStrategy: 'ROUND_ROBIN',
    loadBalanceCompression: 'COMPRESS_ATTRIBUTES_ONLY'
  }),
  {
    list: 'connections',
    field: 'partitioningAttribute',
    value: 'customer',
    with: { loadBalanceStrategy: 'PARTITION_BY_ATTRIBUTE' }
  },
  ...fieldsOf('processGroups', {
    name: 'renamed',
    comments: 'new',
    flowFileConcurrency: 'SINGLE_FLOWFILE_PER_NODE',
    flowFileOutboundPolicy: 'BATCH_OUTPUT',
    defaultFlowFileExpiration: '5 min',
    defaultBackPressureObjectThreshold: 77,
    defaultBackPressureDataSizeThreshold: '7 MB'
  }),
  ...fieldsOf(
    'processGroups',
    { executionEngine: 'STATELESS', maxConcurrentTasks: 3, statelessFlowTimeout: '3 min', logFileSuffix: 'suffix' },
    { only: '2.3.0' }
  ),
  ...fieldsOf('processGroups', { variables: { a: 'b' } }, { only: '1.18.0' })
]

const port = (name: string, type: string): Fields => ({
  identifier: name,
  name,
  type,
  position: { x: 0, y: 0 },
  concurrentlySchedulableTaskCount: 1,
  scheduledState: 'ENABLED'
})

/** A group with something of every kind, identified by names with this prefix; nothing of it moves a FlowFile. */
function everything(version: NifiVersion, prefix: string): Fields {
  const identified = (fields: Fields): Fields => ({ ...fields, identifier: `${prefix}${identifierOf(fields)}` })
  const end = (name: string): Fields => ({ id: `${prefix}${name}`, type: 'PROCESSOR' })
  const service = {
    identifier: 'cache',
    name: 'cache',
    type: 'org.apache.nifi.distributed.cache.client.MapCacheClientService',
    properties: { 'Server Hostname': '127.0.0.1' },
    propertyDescriptors: {},
    bundle: { group: 'org.apache.nifi', artifact: 'nifi-distributed-cache-services-nar' }
  }
  const lists = {
    processors: [
      processorOf('gen', 'GenerateFlowFile', { schedulingPeriod: '1 day' }),
      processorOf('log', 'LogAttribute', { autoTerminatedRelationships: ['success'] })
    ],
    inputPorts: [port('in', 'INPUT_PORT')],
    outputPorts: [port('out', 'OUTPUT_PORT')],
    labels: [{ identifier: 'note', label: 'old', position: { x: 0, y: 0 }, width: 100, height: 100, style: {} }],
    remoteProcessGroups: [
      {
        identifier: 'remote',
        name: 'remote',
        position: { x: 0, y: 0 },
        targetUris: 'http://127.0.0.1:9/nifi',
        communicationsTimeout: '30 sec',
        yieldDuration: '10 sec',
        transportProtocol: 'RAW',
        inputPorts: [],
        outputPorts: []
      }
    ],
    ...(version === '2.3.0' && { controllerServices: [service] }),
    connections: [connectionOf('gen', 'success', 'log', { source: end('gen'), destination: end('log') })]
  }
  return Object.fromEntries(Object.entries(lists).map(([list, components]) => [list, components.map(identified)]))
}

/** The second processor stays as it is. */
function isLog(fields: Fields): boolean {
  return identifierOf(fields).endsWith('/log')
}

function identifierOf({ identifier }: Fields): string {
  return typeof identifier === 'string' ? identifier : ''
}

/** Two such groups inside one another. */
function nested(version: NifiVersion, change: (list: string, body: Fields) => Fields = (_list, body) => body): Json {
  const changed = (body: Fields): Fields =>
    Object.fromEntries(
      Object.entries(body).map(([list, components]) => [
        list,
        Array.isArray(components) ? components.map((component: Fields) => change(list, component)) : components
      ])
    )
  const deep = change('processGroups', {
    identifier: 'deep',
    name: 'deep',
    position: { x: 0, y: 0 },
    ...changed(everything(version, 'deep/'))
  })
  const middle = change('processGroups', {
    identifier: 'middle',
    name: 'middle',
    position: { x: 0, y: 0 },
    ...changed(everything(version, 'middle/')),
    processGroups: [deep]
  })
  return { flowContents: { name: 'it', processGroups: [middle] } }
}

for (const version of nifiVersions) {
  describe(`every field of a definition on NiFi ${version}`, function () {
    this.timeout(180_000)
    const ground = groundOn(version)
    const { declare, apply, verbs } = ground

    const flow = (definition: Json): void =>
      declare({ it: { definition: 'it.flow.json', state: 'STOPPED' } }, { 'it.flow': definition })

    /** A field of the first such component at both depths. */
    const live = async ({ list, field }: Other): Promise<readonly Json[]> => {
      const { flowContents } = Object(await ground.hand.download(await ground.scene.groupOf('it')))
      const groups = [flowContents.processGroups[0], flowContents.processGroups[0].processGroups[0]]
      return groups.map(
        (group) =>
          (list === 'processGroups' ? group[field] : group[list].find((body: Fields) => !isLog(body))[field]) ?? null
      )
    }

    it('that the file changes is in effect at every depth after one update, or is not compared', async () => {
      flow(nested(version))
      assert.deepEqual(await apply('it'), ['create done'])
      const known = others.filter(({ only = version }) => only === version)
      const wrong: string[] = []
      // Fields that do not get in each other's way are changed together.
      for (const batch of batchesOf(known)) {
        const change = (list: string, body: Fields): Fields => {
          const own = batch.filter((other) => other.list === list && !isLog(body))
          return own.reduce<Fields>(
            (made, { field, value, with: more = {} }) => ({ ...made, ...more, [field]: value }),
            body
          )
        }
        flow(nested(version, change))
        const said = await apply('it')
        if (said.join() !== 'update done') wrong.push(`${batch.map(({ field }) => field).join()}: ${said.join('; ')}`)
        for (const other of batch) {
          const found = await live(other)
          if (found.some((value) => JSON.stringify(value) !== JSON.stringify(other.value)))
            wrong.push(`${other.list}.${other.field}: ${JSON.stringify(found)}`)
        }
        if ((await verbs('it')).join() !== 'keep') wrong.push(`${batch.map(({ field }) => field).join()}: not in sync`)
      }
      assert.deepEqual(wrong, [])
    })
  })
}

/** Each field of a kind in a batch of its own: the first of every kind, the second of every kind, and so on. */
function batchesOf(all: readonly Other[]): readonly (readonly Other[])[] {
  const byList = [...Map.groupBy(all, ({ list }) => list).values()]
  const most = Math.max(...byList.map((fields) => fields.length))
  return Array.from({ length: most }, (_, index) => byList.flatMap((fields) => fields[index] ?? []))
}
