/**
 * ConfigMap manifests on stdin.
 */
import assert from 'node:assert/strict'
import { groupByMount, readConfigMaps } from '../../src/cli/configmaps.ts'
import { plugin } from '../../reconcilers/kafka/index.ts'

function configMap(name: string, data: Record<string, string>, extra = ''): string {
  return `apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: ${name}\n${extra}data: ${JSON.stringify(data)}\n`
}

function files(names: readonly string[]): ReadonlyMap<string, Uint8Array> {
  return new Map(names.map((name) => [name, new Uint8Array()]))
}

describe('ConfigMaps on stdin', () => {
  it('are found by their label', () => {
    const text = configMap('a', { 'policy.yaml': 'mode: observe' }, '  labels: {infometis.component: kafka}\n')
    assert.deepEqual(
      readConfigMaps(text, plugin).configMaps.map(({ name }) => name),
      ['a']
    )
  })

  it('are found by a file of the service when they carry no label', () => {
    const text = [configMap('a', { 'topics.json': '{}' }), configMap('b', { 'other.txt': '' })].join('---\n')
    assert.deepEqual(
      readConfigMaps(text, plugin).configMaps.map(({ name }) => name),
      ['a']
    )
  })

  it('of another component are left alone even when they hold a file of the same name', () => {
    const text = configMap('a', { 'cluster.json': '{}' }, '  labels: {infometis.component: elasticsearch}\n')
    assert.deepEqual(readConfigMaps(text, plugin).configMaps, [])
  })

  it('give the bytes a pod would see, binaryData included', () => {
    const text = `kind: ConfigMap\nmetadata: {name: a}\ndata: {topics.json: '{}'}\nbinaryData: {x.gz: ${Buffer.from([1, 2]).toString('base64')}}\n`
    const [found] = readConfigMaps(text, plugin).configMaps
    assert.deepEqual(
      [...(found?.files ?? [])].map(([name, bytes]) => [name, [...bytes]]),
      [
        ['topics.json', [123, 125]],
        ['x.gz', [1, 2]]
      ]
    )
  })

  it('that are not valid YAML are a problem with a position, and the others are still read', () => {
    const { configMaps, problems } = readConfigMaps(`a: [\n---\n${configMap('a', { 'topics.json': '{}' })}`, plugin)
    assert.equal(configMaps.length, 1)
    assert.equal(problems[0]?.code, 'SYNTAX')
    assert.equal(problems[0]?.line, 2)
  })

  it('of the wrong shape are a problem', () => {
    const { problems } = readConfigMaps('kind: ConfigMap\nmetadata: {name: a}\ndata: {topics.json: 5}\n', plugin)
    assert.equal(problems[0]?.code, 'TYPE')
  })

  it('of one namespace are one directory, unless they hold the same file', () => {
    const topics = { name: 'topics', namespace: 'dev', files: files(['topics.json']) }
    const cluster = { name: 'cluster', namespace: 'dev', files: files(['cluster.json']) }
    const other = { name: 'other', namespace: 'prod', files: files(['cluster.json']) }
    const again = { name: 'again', namespace: 'dev', files: files(['topics.json']) }
    assert.deepEqual(groupByMount([topics, cluster, other, again]), [[topics, cluster], [other], [again]])
  })
})
