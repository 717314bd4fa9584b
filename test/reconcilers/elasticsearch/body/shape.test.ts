/**
 * What a write of a body holds.
 */
import assert from 'node:assert/strict'
import {
  bodyForCreate,
  bodyForUpdate,
  compareBody,
  undeclaredBody
} from '../../../../reconcilers/elasticsearch/body/shape.ts'
import { componentTemplateShape as shape } from '../../../../reconcilers/elasticsearch/component-template/state.ts'

const live = {
  body: {
    template: { settings: { number_of_replicas: '1', codec: 'best' } },
    version: 3,
    _meta: { team: 'a', by: 'hand' }
  }
}
const spec = { template: { settings: { 'index.number_of_replicas': 2 } }, version: 4, _meta: { team: 'b' } }

describe('the body of an update', () => {
  it('is the live body with the allowed changes and the marker', () => {
    assert.deepEqual(
      bodyForUpdate(shape, spec, live, new Set(['template.settings.number_of_replicas', '_meta.team']), 'me'),
      {
        template: { settings: { number_of_replicas: '2', codec: 'best' } },
        version: 3,
        _meta: { team: 'b', by: 'hand', infometis: { owner: 'me' } }
      }
    )
  })

  it('resets undeclared fields that are allowed', () => {
    const paths = undeclaredBody(shape, spec, live).map(({ path }) => path)
    assert.deepEqual(paths, ['template.settings.codec', '_meta.by'])
    assert.deepEqual(bodyForUpdate(shape, spec, live, new Set(paths), 'me').template, {
      settings: { number_of_replicas: '1' }
    })
  })

  it('has no marker where the server takes none', () => {
    assert.deepEqual(bodyForUpdate(shape, spec, live, new Set(), undefined), live.body)
  })
})

describe('the body of a create', () => {
  it('is what is declared, without what is declared as not set, and with the marker', () => {
    assert.deepEqual(
      bodyForCreate(shape, { template: { settings: { codec: null, refresh_interval: '1s' } }, version: null }, 'me'),
      {
        template: { settings: { refresh_interval: '1s' } },
        _meta: { infometis: { owner: 'me' } }
      }
    )
  })
})

describe('comparing an item that does not exist', () => {
  it('names every declared field', () => {
    assert.deepEqual(
      compareBody(shape, spec, undefined).map(({ path, before, after, risk }) => [path, before, after, risk]),
      [
        ['template.settings.number_of_replicas', null, '2', 'safe'],
        ['version', null, 4, 'safe'],
        ['_meta.team', null, 'b', 'safe']
      ]
    )
  })
})

describe('the marker', () => {
  it('is neither compared nor undeclared', () => {
    const marked = { body: shape.canonical({ ...live.body, _meta: { infometis: { owner: 'other' } } }) }
    assert.deepEqual(
      undeclaredBody(shape, { template: { settings: live.body.template.settings }, version: 3 }, marked),
      []
    )
    const meta = { template: {}, _meta: { infometis: { owner: 'me' } } }
    assert.deepEqual(compareBody(shape, meta, marked), [])
  })
})
