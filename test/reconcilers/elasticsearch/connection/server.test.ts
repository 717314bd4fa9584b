import assert from 'node:assert/strict'
import { askServer } from '../../../../reconcilers/elasticsearch/connection/server.ts'
import type { Json } from '../../../../src/records.ts'
import { AdjustableLink } from '../adjustable-link.ts'

async function ask(status: number, body: Json): Promise<unknown> {
  const link = new AdjustableLink()
  link.answers['/'] = () => ({ status, body })
  return askServer(link, new AbortController().signal)
}

const unknown = { distribution: 'elasticsearch', version: '', clusterId: '' }

describe('the question which server this is', () => {
  it('is answered by Elasticsearch', async () => {
    const body = {
      name: 'n',
      cluster_name: 'c',
      cluster_uuid: 'x4kQ',
      version: { number: '9.4.3', build_flavor: 'default' },
      tagline: 'You Know, for Search'
    }
    assert.deepEqual(await ask(200, body), { distribution: 'elasticsearch', version: '9.4.3', clusterId: 'x4kQ' })
  })

  it('is answered by OpenSearch', async () => {
    const body = {
      name: 'n',
      cluster_name: 'c',
      cluster_uuid: 'x4kQ',
      version: { distribution: 'opensearch', number: '3.8.0' }
    }
    assert.deepEqual(await ask(200, body), { distribution: 'opensearch', version: '3.8.0', clusterId: 'x4kQ' })
  })

  it('leaves open what is not said', async () => {
    assert.deepEqual(await ask(200, { version: {} }), unknown)
  })

  for (const [why, status, body] of [
    ['we have not the right', 403, { error: { type: 'security_exception' } }],
    [
      'it was built without it',
      405,
      { error: 'Incorrect HTTP method for uri [/] and method [GET], allowed: [HEAD]', status: 405 }
    ],
    ['it was built without it, in other words', 400, { error: 'no handler found for uri [/] and method [GET]' }]
  ] as const) {
    it(`means Elasticsearch when it is not answered because ${why}`, async () =>
      assert.deepEqual(await ask(status, body), unknown))
  }

  it('fails with what the server says otherwise', async () => {
    await assert.rejects(ask(503, { error: { type: 'master_not_discovered_exception', reason: 'none' } }), {
      code: 'UNAVAILABLE',
      message: 'none'
    })
  })

  for (const body of [{}, { status: 'ok' }, { version: '1.2' }]) {
    it(`fails when another service answers ${JSON.stringify(body)}`, async () => {
      await assert.rejects(ask(200, body), { code: 'UNAVAILABLE', message: /another service/ })
    })
  }
})
