import assert from 'node:assert/strict'
import { readFile } from 'node:fs/promises'
import { plugin } from '../../reconcilers/nifi/index.ts'
import { parseDesired } from '../../src/parse/desired.ts'
import { plan } from '../../src/plan/plan.ts'
import { errorTable } from '../../src/errors.ts'
import type { AnyResource } from '../../src/contract.ts'
import type { Plan } from '../../src/line.ts'
import { factsOf } from '../reconcilers/nifi/flow/flows.ts'

const page = await readFile(new URL('../../docs/nifi.md', import.meta.url), 'utf8')

/** The page's fenced blocks of one language, in their order. */
function blocksOf(language: string): readonly string[] {
  return [...page.matchAll(/^```(\w*)\n(.*?)^```$/gms)].flatMap(([, found, content = '']) =>
    found === language ? [content] : []
  )
}

/** What would be done with these files on a NiFi that holds nothing but the parameter contexts and services it is asked for. */
function planOf(files: Readonly<Record<string, string>>): Plan {
  const bytes = new Map(Object.entries(files).map(([name, text]) => [name, new TextEncoder().encode(text)]))
  const { desired, problems = [] } = parseDesired({ digest: 'd', files: bytes }, plugin)
  assert.deepEqual(problems, [])
  assert.ok(desired)
  assert.deepEqual(desired.warnings, [])
  const facts: Readonly<Record<string, unknown>> = {
    'parameter-context': { unreadable: new Map(), areSecretsKept: true, areSomeHidden: false, contexts: new Map() },
    flow: factsOf()
  }
  const observations = plugin.kinds.map((kind) => {
    const observed = { items: new Map(), facts: facts[kind.kind] }
    const resource: AnyResource = {
      ...kind,
      observe: () => Promise.resolve(observed),
      create: () => Promise.resolve([])
    }
    return [kind.kind, { resource, observed }] as const
  })
  return plan(desired, new Map(observations), { owner: 'infometis' }).plan
}

describe('the page on NiFi', () => {
  const [definition = ''] = blocksOf('json')
  const [fromFile = '', byHand = '', contexts = ''] = blocksOf('yaml')
  const files = {
    'flows.yaml': `${fromFile}${byHand}`,
    'parameter-contexts.yaml': contexts,
    'orders.flow.json': definition,
    'query.txt': 'select 1'
  }

  it('shows a definition, a flow from it, one by hand, and contexts, and nothing else that would have to be tried', () => {
    assert.deepEqual([blocksOf('json').length, blocksOf('yaml').length], [1, 3])
  })

  it('shows nothing but what is created without a warning', () => {
    const made = planOf(files)
    assert.deepEqual(made.warnings, [])
    assert.deepEqual(
      made.changes.map(({ key, verb, ...rest }) => [
        key,
        verb,
        'risk' in rest ? rest.risk : '',
        'why' in rest ? rest.why : ''
      ]),
      [
        ['nifi/parameter-context/base', 'create', 'safe', ''],
        ['nifi/parameter-context/orders', 'create', 'safe', ''],
        ['nifi/flow/orders', 'create', 'safe', ''],
        ['nifi/flow/heartbeat', 'create', 'safe', '']
      ]
    )
  })

  it('shows a layer that changes one field', () => {
    const made = planOf({ ...files, 'flows.prod.yaml': 'heartbeat: {processors: {gen: {every: 1 min}, spare: null}}' })
    const flow = made.changes.find(({ key }) => key === 'nifi/flow/heartbeat')
    const paths = flow?.verb === 'create' ? flow.fields.map(({ path }) => path) : []
    assert.ok(paths.includes('processors.gen'))
    assert.ok(!paths.includes('processors.spare'))
  })

  it('names only codes that there are, and every variable', async () => {
    const sources = (
      await Promise.all(
        sourceFiles.map((file) => readFile(new URL(`../../reconcilers/nifi/${file}`, import.meta.url), 'utf8'))
      )
    ).join('\n')
    const codes = [...page.matchAll(/`([A-Z]{4,}(?:_[A-Z]+)*)`/g)]
      .map(([, code = '']) => code)
      .filter((code) => !/^(?:NIFI|INFOMETIS|REQUEST|RUNNING|STOPPED|IGNORE)/.test(code))
    assert.ok(codes.length > 25)
    assert.deepEqual(
      codes.filter((code) => !Object.hasOwn(errorTable, code) && !sources.includes(`'${code}'`)),
      []
    )
    const variables = [
      ...new Set([...sources.matchAll(/'((?:NIFI|INFOMETIS)_[A-Z_]+)'/g)].map(([, name = '']) => name))
    ]
    assert.ok(variables.length > 8)
    assert.deepEqual(
      variables.filter((name) => !page.includes(`\`${name}\``)),
      []
    )
  })

  it('explains every code of a remark', async () => {
    const sources = (
      await Promise.all(
        sourceFiles.map((file) => readFile(new URL(`../../reconcilers/nifi/${file}`, import.meta.url), 'utf8'))
      )
    ).join('\n')
    const codes = [...sources.matchAll(/(?:code: |error\(.*?, |whole\()'([A-Z_]+)'/g)]
      .map(([, code = '']) => code)
      .filter((code) => !Object.hasOwn(errorTable, code))
    assert.ok(codes.length > 15)
    assert.deepEqual(
      [...new Set(codes)].filter((code) => !page.includes(`\`${code}\``)),
      []
    )
  })
})

/** Where remarks and variables come from. */
const sourceFiles = [
  'connection/settings.ts',
  'index.ts',
  'flow/ahead.ts',
  'flow/check.ts',
  'flow/complete.ts',
  'flow/definition/check.ts',
  'flow/definition/ends.ts',
  'flow/definition/parse.ts',
  'flow/identity/property-names.ts',
  'flow/catalogue/types.ts',
  'parameter-context/check.ts',
  'parameter-context/secrets.ts'
]
