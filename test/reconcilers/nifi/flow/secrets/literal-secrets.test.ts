import assert from 'node:assert/strict'
import { checkFlows } from '../../../../../reconcilers/nifi/flow/check.ts'
import type { Group } from '../../../../../reconcilers/nifi/flow/definition/model.ts'
import { literalSecrets } from '../../../../../reconcilers/nifi/flow/secrets/literal-secrets.ts'
import { fileWords } from '../../../../../reconcilers/nifi/flow/identity/words.ts'
import { content, declare, heartbeat, live, processor, spec, state, factsOf } from '../flows.ts'

const descriptors = {
  propertyDescriptors: { Password: { name: 'Password', displayName: 'Password', sensitive: true } }
}

function withPassword(value: string | null, fields = {}): Group {
  return {
    ...heartbeat,
    processors: [processor('gen', { 'File Size': '1KB', Password: value }, fields), processor('log')]
  }
}

const shown = live(withPassword(null, descriptors))

describe('secrets in properties of a flow', () => {
  it('are found by what a live component of the type says, also in groups inside, and never said', () => {
    const inner = {
      identifier: 'g',
      name: 'g',
      position: { x: 0, y: 0 },
      processors: [processor('in', { Password: 'canary' }, { type: 'GenerateFlowFile' })]
    }
    const found = literalSecrets({ ...withPassword('canary'), processGroups: [inner] }, [shown], fileWords)
    assert.deepEqual(
      found.map(({ path }) => path),
      ['processors.gen.properties.Password', 'processGroups.g.processors.in.properties.Password']
    )
    assert.doesNotMatch(JSON.stringify(found), /canary/)
  })

  it('are none where a parameter is referred to, nothing is set, or nobody knows better', () => {
    for (const value of ['#{password}', null])
      assert.deepEqual(literalSecrets(withPassword(value), [shown], fileWords), [])
    assert.deepEqual(literalSecrets(withPassword('canary'), [live()], fileWords), [])
    const other = {
      ...heartbeat,
      processors: [processor('gen', { Password: 'canary' }, { type: 'org.example.Other' })]
    }
    assert.deepEqual(literalSecrets(other, [shown], fileWords), [])
  })

  it('make the flow invalid as soon as it is live, also where it is as it was written', () => {
    const desired = withPassword('canary')
    const items = new Map([['heartbeat', { state: state({ definition: shown }), owner: 'infometis' }]])
    const remarks = checkFlows([declare('heartbeat', spec({ content: content(desired) }))], {
      observed: { items, facts: factsOf() },
      declared: new Map()
    })
    assert.deepEqual(
      remarks.map(({ verdict, code }) => [verdict, code]),
      [['invalid', 'SENSITIVE_VALUE']]
    )
  })
})
