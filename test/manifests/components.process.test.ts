import assert from 'node:assert/strict'
import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { parseAllDocuments } from 'yaml'
import { z } from 'zod'
import { openMetrics } from '../../src/report/metrics.ts'
import { systemClock } from '../../src/time/clock.ts'
import { buildDirectory, environments, repository, skipWithoutKubectl } from './build.ts'
import { type Deployment, containersOf, mountedConfigMaps, ofKind, parseObjects } from './objects.ts'

const texts = z.record(z.string(), z.string())
const any = z.looseObject({
  kind: z.string(),
  metadata: z.looseObject({ name: z.string(), labels: texts.default({}), annotations: texts.default({}) })
})
type Any = z.output<typeof any>

const peer = z.looseObject({
  podSelector: z.object({ matchLabels: texts }).optional(),
  namespaceSelector: z.object({ matchLabels: texts }).optional()
})
const port = z.object({ port: z.union([z.number(), z.string()]), protocol: z.string().default('TCP') })
const networkPolicy = z.looseObject({
  metadata: z.object({ name: z.string() }),
  spec: z.strictObject({
    podSelector: z.object({ matchLabels: texts }),
    policyTypes: z.array(z.string()),
    ingress: z.array(z.strictObject({ ports: z.array(port) })),
    egress: z.array(z.strictObject({ to: z.array(peer), ports: z.array(port) }))
  })
})
const podMonitor = z.looseObject({
  spec: z.object({
    selector: z.object({
      matchExpressions: z.array(z.object({ key: z.string(), operator: z.literal('In'), values: z.array(z.string()) }))
    }),
    podMetricsEndpoints: z.array(z.object({ port: z.string(), path: z.string() }))
  })
})
const rule = z.object({
  alert: z.string(),
  expr: z.string(),
  for: z.string().optional(),
  labels: z.object({ severity: z.string() }),
  annotations: z.object({ summary: z.string(), description: z.string() })
})
const role = z.looseObject({ rules: z.array(z.record(z.string(), z.array(z.string()))) })
const prometheusRule = z.looseObject({ spec: z.object({ groups: z.array(z.object({ rules: z.array(rule) })) }) })
const dashboard = z.looseObject({
  panels: z.array(
    z.looseObject({
      id: z.number(),
      title: z.string(),
      targets: z.array(z.object({ refId: z.string(), expr: z.string(), legendFormat: z.string() }))
    })
  )
})

/** What a component adds to the base, which is built without it too. */
async function added(component: string): Promise<readonly Any[]> {
  const read = async (directory: string): Promise<readonly Any[]> =>
    parseAllDocuments(await buildDirectory(directory)).map((document) => any.parse(document.toJS()))
  const base = new Set((await read('manifests')).map(({ kind, metadata }) => `${kind} ${metadata.name}`))
  return (await read(`test/manifests/with/${component}`)).filter(
    ({ kind, metadata }) => !base.has(`${kind} ${metadata.name}`)
  )
}

async function reconcilers(): Promise<readonly Deployment[]> {
  return ofKind(parseObjects(await buildDirectory('manifests')), 'Deployment').filter(({ metadata }) =>
    metadata.name.endsWith('-reconciler')
  )
}

/** Names and labels of the series there are. */
async function knownSeries(): Promise<{ readonly names: ReadonlySet<string>; readonly labels: ReadonlySet<string> }> {
  const text = await openMetrics({ service: 'shop', kinds: ['box'], clock: systemClock }).text()
  const names = new Set([...text.matchAll(/^(infometis_\w+)[ {]/gm)].flatMap(([, name = '']) => [name]))
  for (const [, name = ''] of text.matchAll(/^# TYPE (infometis_\w+)/gm)) names.add(name)
  return { names, labels: new Set([...text.matchAll(/(\w+)="/g)].flatMap(([, label = '']) => [label])) }
}

/** Throws when a query asks for a series or a label that does not exist: it would stay silent for ever. */
async function assertAnswerable(queries: readonly string[]): Promise<void> {
  const { names, labels } = await knownSeries()
  assert.ok(queries.length > 0)
  for (const query of queries) {
    const asked = [...query.matchAll(/infometis_\w+/g)].map(([name]) => name)
    assert.ok(asked.length > 0, query)
    assert.deepEqual(
      asked.filter((name) => !names.has(name)),
      [],
      query
    )
    const selected = [...query.matchAll(/(\w+)(?:=~|!=|=)"/g)].map(([, label = '']) => label)
    const grouped = [...query.matchAll(/\bby \(([^)]*)\)/g)].flatMap(([, list = '']) => list.split(', '))
    assert.deepEqual(
      [...selected, ...grouped].filter(
        (label) => !labels.has(label) && !['namespace', 'le', 'digest', 'found_by'].includes(label)
      ),
      [],
      query
    )
  }
}

describe('a component', () => {
  before(async function () {
    await skipWithoutKubectl(this)
  })

  it('is used by an environment or built here', () => {
    const components = readdirSync(join(repository, 'manifests/components'))
    const tried = new Set([...readdirSync(join(repository, 'test/manifests/with')), 'tls', 'external-services'])
    assert.deepEqual(
      components.filter((name) => !tried.has(name)),
      []
    )
    assert.ok(environments.includes('uat'))
  })

  it('of network policies lets every reconciler reach the pods of its own service and names, and be probed', async () => {
    const policies = (await added('network-policy')).map((object) => networkPolicy.parse(object))
    const pods = await reconcilers()
    assert.deepEqual(
      policies.map(({ metadata }) => metadata.name).toSorted(),
      pods.map(({ metadata }) => metadata.name).toSorted()
    )
    for (const { metadata, spec } of policies) {
      const service = metadata.name.replace(/-reconciler$/, '')
      assert.deepEqual(spec.podSelector.matchLabels, { app: metadata.name })
      assert.deepEqual(spec.policyTypes, ['Ingress', 'Egress'])
      assert.deepEqual(spec.ingress, [{ ports: [{ port: 'http', protocol: 'TCP' }] }])
      const [own, names, ...others] = spec.egress
      assert.deepEqual(own?.to, [{ podSelector: { matchLabels: { app: service } } }])
      assert.deepEqual(names?.ports, [
        { port: 53, protocol: 'UDP' },
        { port: 53, protocol: 'TCP' }
      ])
      assert.deepEqual(others, [])
    }
  })

  it('of access to the API server is for every reconciler and opens nothing else', async () => {
    const [policy, ...others] = (await added('api-server-access')).filter(
      ({ metadata }) => metadata.name === 'reconcilers-to-api-server'
    )
    assert.deepEqual(others, [])
    assert.deepEqual(policy?.['spec'], {
      podSelector: {
        matchExpressions: [
          { key: 'app', operator: 'In', values: (await reconcilers()).map(({ metadata }) => metadata.name).toSorted() }
        ]
      },
      policyTypes: ['Egress'],
      egress: [{ ports: [{ port: 443 }, { port: 6443 }] }]
    })
  })

  it('of network policies opens the ports that the Services of all environments have', async () => {
    const policies = (await added('network-policy')).map((object) => networkPolicy.parse(object))
    for (const directory of ['manifests', ...environments.map((name) => `environments/${name}`)]) {
      for (const { metadata, spec } of ofKind(parseObjects(await buildDirectory(directory)), 'Service')) {
        const policy = policies.find((each) => each.metadata.name === metadata.name.replace('-service', '-reconciler'))
        const open = policy?.spec.egress[0]?.ports.map((each) => each.port) ?? []
        assert.deepEqual(
          spec.ports.map((each) => each.port).filter((each) => !open.includes(each)),
          [],
          `${directory} ${metadata.name}`
        )
      }
    }
  })

  it('of ConfigMaps through the API names those of the volume it replaces, in its order, and grants to read these and no more', async () => {
    const documents = (await buildDirectory('test/manifests/with/api-config'))
      .split('---\n')
      .filter((text) => /^kind: Deployment$/m.test(text))
    const configured = ofKind(parseObjects(documents.join('---\n')), 'Deployment')
    const granted = await added('api-config')
    for (const deployment of await reconcilers()) {
      const { name } = deployment.metadata
      const replaced = mountedConfigMaps(deployment)
      const found = configured.find(({ metadata }) => metadata.name === name)
      assert.ok(found)
      assert.deepEqual(mountedConfigMaps(found), [])
      const variable = containersOf(found)
        .flatMap(({ env }) => env)
        .find((each) => each.name === 'CONFIG_MAPS')
      assert.equal(variable?.value, replaced.map(({ name: map, optional }) => `${map}${optional ? '?' : ''}`).join(','))
      const { rules } = role.parse(
        granted.find(({ kind, metadata }) => kind === 'Role' && metadata.name === `${name}-config`)
      )
      assert.deepEqual(rules, [
        {
          apiGroups: [''],
          resources: ['configmaps'],
          resourceNames: replaced.map((map) => map.name),
          verbs: ['get', 'watch']
        }
      ])
    }
  })

  it('of monitoring scrapes every reconciler where it serves metrics', async () => {
    const monitor = podMonitor.parse((await added('monitoring')).find(({ kind }) => kind === 'PodMonitor'))
    const pods = await reconcilers()
    const [selected, ...others] = monitor.spec.selector.matchExpressions
    assert.deepEqual(
      [selected?.key, new Set(selected?.values), others],
      ['app', new Set(pods.map(({ spec }) => spec.template.metadata.labels['app'])), []]
    )
    assert.deepEqual(monitor.spec.podMetricsEndpoints, [{ port: 'http', path: '/metrics' }])
  })

  it('of monitoring alerts on series that exist, and says what it means', async () => {
    const { spec } = prometheusRule.parse((await added('monitoring')).find(({ kind }) => kind === 'PrometheusRule'))
    const rules = spec.groups.flatMap((group) => group.rules)
    await assertAnswerable(rules.map(({ expr }) => expr))
    assert.equal(new Set(rules.map(({ alert }) => alert)).size, rules.length)
    for (const { alert, annotations } of rules) assert.match(alert, /^Infometis[A-Z]/, annotations.summary)
  })

  it('of monitoring shows a dashboard of series that exist, which Flux leaves as it is', async () => {
    const map = z
      .looseObject({ metadata: any.shape.metadata, data: texts })
      .parse((await added('monitoring')).find(({ kind }) => kind === 'ConfigMap'))
    assert.deepEqual(map.metadata.labels, { grafana_dashboard: '1' })
    assert.deepEqual(map.metadata.annotations, { 'kustomize.toolkit.fluxcd.io/substitute': 'disabled' })
    const { panels } = dashboard.parse(JSON.parse(map.data['infometis.json'] ?? ''))
    await assertAnswerable(panels.flatMap(({ targets }) => targets.map(({ expr }) => expr)))
    assert.equal(new Set(panels.map(({ id }) => id)).size, panels.length)
  })
})
