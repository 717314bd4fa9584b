import assert from 'node:assert/strict'
import { parse } from 'yaml'
import { z } from 'zod'
import { parseDesired } from '../../src/parse/desired.ts'
import { plugin } from '../../reconcilers/nifi/index.ts'
import { buildDirectory, skipWithoutKubectl } from './build.ts'
import { ofKind, parseObjects } from './objects.ts'

const flows = z.record(
  z.string(),
  z.object({ processors: z.record(z.string(), z.object({ every: z.string().optional() })) })
)

/** Files of NiFi's ConfigMaps in one build. */
async function filesIn(directory: string): Promise<ReadonlyMap<string, string>> {
  const maps = ofKind(parseObjects(await buildDirectory(directory)), 'ConfigMap')
  return new Map(
    maps
      .filter(({ metadata }) => metadata.labels['infometis.component'] === 'nifi')
      .flatMap(({ data }) => Object.entries(data))
  )
}

function read(files: ReadonlyMap<string, string>, file: string): unknown {
  return parse(files.get(file) ?? '')
}

/** What the reconciler makes of all files together: layers laid over their bases, the definitions compiled. */
async function declaredIn(directory: string): Promise<ReadonlyMap<string, readonly unknown[]>> {
  const files = new Map([...(await filesIn(directory))].map(([name, text]) => [name, new TextEncoder().encode(text)]))
  const { desired, problems = [] } = parseDesired({ digest: 'd', files }, plugin)
  assert.deepEqual(problems, [])
  const kinds = desired?.kinds ?? []
  assert.deepEqual(
    kinds.flatMap(({ invalid }) => invalid),
    []
  )
  return new Map(kinds.map(({ kind: { kind }, items }) => [kind, items.map(({ spec }) => spec)]))
}

const base = ['cluster.json', 'flows.yaml', 'parameter-contexts.yaml']

describe('the desired state of NiFi', () => {
  before(async function () {
    await skipWithoutKubectl(this)
  })

  for (const [directory, layers] of Object.entries({
    manifests: [],
    'environments/dev': [],
    'environments/uat': ['flows.uat.yaml', 'parameter-contexts.uat.yaml'],
    'environments/prod': ['flows.prod.yaml', 'parameter-contexts.prod.yaml']
  })) {
    it(`in ${directory} is made of the base files${layers.length > 0 ? ` and the layers ${layers.join(' and ')}` : ''}`, async () => {
      assert.deepEqual([...(await filesIn(directory)).keys()].toSorted(), [...base, ...layers].toSorted())
    })

    it(`in ${directory} pins the number of threads to the value NiFi ships with`, async () => {
      assert.deepEqual(read(await filesIn(directory), 'cluster.json'), { maxTimerDrivenThreadCount: 10 })
    })

    it(`in ${directory} keeps the expressions of NiFi as they are written`, async () => {
      const text = (await filesIn(directory)).get('flows.yaml') ?? ''
      assert.match(text, /beat: "\$\{now\(\):format\('HH:mm:ss'\)\}"/)
      assert.match(text, /File Size: "#\{size\}"/)
    })
  }

  it('for development replaces the flows by the same ones that beat faster, and says why', async () => {
    const files = await filesIn('environments/dev')
    const [declared, before] = [
      flows.parse(read(files, 'flows.yaml')),
      flows.parse(read(await filesIn('manifests'), 'flows.yaml'))
    ]
    assert.deepEqual(Object.keys(declared), Object.keys(before))
    assert.deepEqual(
      Object.keys(declared['heartbeat']?.processors ?? {}),
      Object.keys(before['heartbeat']?.processors ?? {})
    )
    assert.equal(declared['heartbeat']?.processors['gen']?.every, '1 sec')
    assert.match(files.get('flows.yaml') ?? '', /every: 1 sec {10}# Whoever tries a change sees it at once/)
  })

  it('for production changes only what differs, in layers over the base as it is', async () => {
    const [files, before] = [await filesIn('environments/prod'), await filesIn('manifests')]
    for (const file of base) assert.equal(files.get(file), before.get(file), file)
    assert.deepEqual(read(files, 'flows.prod.yaml'), {
      heartbeat: { onRemovedQueues: 'drain', processors: { gen: { every: '1 min', runOn: 'primary' } } }
    })
    assert.deepEqual(read(files, 'parameter-contexts.prod.yaml'), {
      heartbeat: { parameters: { size: '10KB', 'webhook-token': { valueFrom: { file: '/secrets/webhook-token' } } } }
    })
  })

  it('for production lays these over the base field by field', async () => {
    const items = await declaredIn('environments/prod')
    assert.partialDeepStrictEqual(items.get('flow'), [
      {
        comments: 'Proof of life',
        onRemovedQueues: 'drain',
        processors: { gen: { type: 'GenerateFlowFile', every: '1 min', runOn: 'primary' } }
      }
    ])
    assert.partialDeepStrictEqual(items.get('parameter-context'), [
      {
        parameters: {
          size: { source: { value: '10KB' } },
          'webhook-token': { source: { file: '/secrets/webhook-token' }, sensitive: true }
        }
      }
    ])
  })

  it('holds no value of a sensitive parameter', async () => {
    for (const directory of ['manifests', 'environments/dev', 'environments/prod']) {
      for (const spec of (await declaredIn(directory)).get('parameter-context') ?? []) {
        const { parameters } = z
          .object({ parameters: z.record(z.string(), z.object({ sensitive: z.boolean(), source: z.looseObject({}) })) })
          .parse(spec)
        for (const [name, { sensitive, source }] of Object.entries(parameters))
          assert.equal('file' in source, sensitive, name)
      }
    }
  })
})
