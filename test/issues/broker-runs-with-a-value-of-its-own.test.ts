import assert from 'node:assert/strict'
import { ReconcileError } from '../../src/errors.ts'
import { reconcilerOn, scriptedAdmin, type ScriptedCluster } from '../reconcilers/kafka/scripted-admin.ts'

const key = 'message.max.bytes'

/** Status and warnings of a cycle. */
async function cycle(script: ScriptedCluster, config: Readonly<Record<string, unknown>>) {
  const report = await reconcilerOn(scriptedAdmin(script), {
    'cluster.json': { config },
    'policy.yaml': { hold: [] }
  }).reconcile()
  return {
    status: report.status,
    warnings: report.warnings.map(({ code, path, message }) => ({ code, path, message }))
  }
}

describe('a broker that runs with a value of its own', () => {
  it('is named in a warning, with its value, where the cluster is as declared', async () => {
    const brokers = { 1: {}, 2: { dynamic: { [key]: '1000' } }, 3: { dynamic: { [key]: '3000' } } }
    const { status, warnings } = await cycle({ brokers, cluster: { [key]: '2000' } }, { [key]: 2000 })
    assert.equal(status, 'in-sync')
    assert.deepEqual(
      warnings.map(({ code, path }) => [code, path]),
      [['BROKER_DIFFERS', `config.${key}`]]
    )
    assert.match(warnings[0]?.message ?? '', /expected 2000 on every broker, found 1000 on broker 2, 3000 on broker 3/)
  })

  it('is named, too, where the cluster is not yet as declared, and where the key is reset', async () => {
    const brokers = { 1: {}, 2: { dynamic: { [key]: '1000' } } }
    const written = await cycle({ brokers }, { [key]: 2000 })
    assert.deepEqual(
      written.warnings.map(({ code }) => code),
      ['BROKER_DIFFERS']
    )
    const reset = await cycle({ brokers }, { [key]: null })
    assert.equal(reset.status, 'in-sync')
    assert.deepEqual(
      reset.warnings.map(({ code }) => code),
      ['BROKER_DIFFERS']
    )
  })

  it('is not named where its value is the declared one, nor where it is ignored', async () => {
    const same = { brokers: { 1: { dynamic: { [key]: ' 2000' } } }, cluster: { [key]: '2000' } }
    assert.deepEqual((await cycle(same, { [key]: 2000 })).warnings, [])
    const admin = scriptedAdmin({ brokers: { 1: { dynamic: { [key]: '1' } } }, cluster: { [key]: '2000' } })
    const files = { 'cluster.json': { config: { [key]: 2000 }, reconcile: { ignore: [`config.${key}`] } } }
    assert.deepEqual((await reconcilerOn(admin, files).reconcile()).warnings, [])
  })

  it('is not one whose file says otherwise: what is set for the cluster wins', async () => {
    const brokers = { 1: { file: { [key]: '1000' } }, 2: {} }
    assert.deepEqual(await cycle({ brokers, cluster: { [key]: '2000' } }, { [key]: 2000 }), {
      status: 'in-sync',
      warnings: []
    })
  })

  it('cannot be seen where a broker gives no answer, and a warning says so', async () => {
    const silent = new ReconcileError('TIMEOUT', 'no answer in 10 s')
    const { status, warnings } = await cycle(
      { brokers: { 1: {}, 2: { silent } }, cluster: { [key]: '2000' } },
      { [key]: 2000 }
    )
    assert.equal(status, 'in-sync')
    assert.deepEqual(
      warnings.map(({ code }) => code),
      ['BROKER_SILENT']
    )
    assert.match(warnings[0]?.message ?? '', /broker 2 .*\(TIMEOUT\)/)
  })

  it('makes the cycle blind where no broker gives an answer', async () => {
    const silent = new ReconcileError('UNREACHABLE', 'gone')
    assert.equal((await cycle({ brokers: { 1: { silent } } }, { [key]: 2000 })).status, 'blind')
  })
})
