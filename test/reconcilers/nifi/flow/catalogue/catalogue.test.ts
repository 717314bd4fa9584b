import assert from 'node:assert/strict'
import { ReconcileError } from '../../../../../src/errors.ts'
import { Catalogue } from '../../../../../reconcilers/nifi/flow/catalogue/catalogue.ts'
import { SleepClock } from '../../nifi-model.ts'
import { Answered, inTurn, ScriptedLink, type Scripted } from '../../scripted-link.ts'

const { signal } = new AbortController()
const manifest = {
  runtimeManifest: {
    bundles: [
      {
        componentManifest: {
          processors: [{ type: 'a.Call', propertyDescriptors: { Password: { name: 'Password', sensitive: true } } }]
        }
      }
    ]
  }
}
const catalogueOf = (script: Readonly<Record<string, Scripted>> = {}) => {
  const link = new ScriptedLink(script)
  return { link, catalogue: new Catalogue(link, new SleepClock()) }
}

describe('the catalogue of a NiFi', () => {
  it('is read once until it is to be forgotten, however many ask', async () => {
    const { link, catalogue } = catalogueOf()
    const [first, same] = await Promise.all([catalogue.types(signal), catalogue.types(signal)])
    assert.equal(first, same)
    await Promise.all([catalogue.sensitive(signal), catalogue.sensitive(signal)])
    assert.equal(link.asked.length, 3)
    catalogue.forget()
    assert.notEqual(await catalogue.types(signal), first)
    await catalogue.sensitive(signal)
    assert.equal(link.asked.length, 6)
  })

  it('is read again after a failure', async () => {
    const { catalogue } = catalogueOf({
      'GET /flow/processor-types': inTurn(new ReconcileError('TIMEOUT', 'late'), { processorTypes: [] }),
      'GET /flow/runtime-manifest': inTurn(new ReconcileError('TIMEOUT', 'late'), manifest)
    })
    await assert.rejects(catalogue.types(signal), { code: 'TIMEOUT' })
    await catalogue.types(signal)
    await assert.rejects(catalogue.sensitive(signal), { code: 'TIMEOUT' })
    assert.equal((await catalogue.sensitive(signal)).size, 1)
  })

  it('keeps nothing secret where NiFi does not tell, and asks again where two asked NiFi 1.18 at once', async () => {
    const silent = catalogueOf({ 'GET /flow/runtime-manifest': new Answered(404, 'no such thing') })
    assert.equal((await silent.catalogue.sensitive(signal)).size, 0)
    const busy = catalogueOf({ 'GET /flow/runtime-manifest': inTurn(new Answered(500, 'broken'), manifest) })
    assert.equal((await busy.catalogue.sensitive(signal)).size, 1)
  })

  it('is not lost for the others when one of those who asked gives up', async () => {
    const { link, catalogue } = catalogueOf()
    const impatient = new AbortController()
    const [given, other] = [catalogue.types(impatient.signal), catalogue.types(signal)]
    impatient.abort()
    await assert.rejects(given, { code: 'TIMEOUT' })
    await other
    assert.equal(link.asked.length, 2)
  })
})
