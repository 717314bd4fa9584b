import assert from 'node:assert/strict'
import { contextNamesOf, snapshotOf } from '../../../../../../reconcilers/nifi/flow/write/replace/snapshot.ts'
import { labelsByLiveId, withLabels } from '../../../../../../reconcilers/nifi/flow/identity/live-labels.ts'
import { fileWords } from '../../../../../../reconcilers/nifi/flow/identity/words.ts'
import { heartbeat, processor } from '../world.ts'

const dress = { name: 'n', comments: 'c', context: 'prod' }
const nothing = { parameterContexts: {}, externalControllerServices: {} }

describe('what is sent of a definition', () => {
  it('always has name, comments and context: what is left out is erased or unbound', () => {
    const { flowContents } = snapshotOf({ ...heartbeat, parameterContextName: 'from the file' }, dress, nothing)
    assert.deepEqual(
      [flowContents.name, flowContents.comments, flowContents['parameterContextName']],
      ['n', 'c', 'prod']
    )
    assert.ok(
      !Object.hasOwn(
        snapshotOf({ ...heartbeat, parameterContextName: 'x' }, { ...dress, context: null }, nothing).flowContents,
        'parameterContextName'
      )
    )
  })

  it('has a skeleton of every context that is named, also by inner groups', () => {
    const group = { ...heartbeat, processGroups: [{ identifier: 'inner', parameterContextName: 'inner-context' }] }
    assert.deepEqual(snapshotOf(group, dress, nothing).parameterContexts, {
      prod: { name: 'prod', parameters: [] },
      'inner-context': { name: 'inner-context', parameters: [] }
    })
  })

  it('brings contexts of the file along with those they inherit from, and without masks', () => {
    const parameterContexts = {
      prod: {
        name: 'prod',
        inheritedParameterContexts: ['base'],
        parameters: [
          { name: 'a', value: '1' },
          { name: 'b', sensitive: true, value: '********' }
        ]
      },
      base: { name: 'base', inheritedParameterContexts: ['prod'], parameters: [] },
      unused: { name: 'unused', parameters: [] }
    }
    const sent = snapshotOf(heartbeat, dress, { ...nothing, parameterContexts }).parameterContexts
    assert.deepEqual(Object.keys(sent), ['prod', 'base'])
    assert.deepEqual(sent['prod'], {
      name: 'prod',
      inheritedParameterContexts: ['base'],
      parameters: [
        { name: 'a', value: '1' },
        { name: 'b', sensitive: true }
      ]
    })
    assert.deepEqual(contextNamesOf({ parameterContextName: 'base' }, parameterContexts), ['base', 'prod'])
  })
})

describe('labels of live components', () => {
  const live = (suffix: string): string => `00000000-0000-0000-0000-00000000000${suffix}`

  it('stand in NiFi’s words for the ids it speaks of, also of inner groups', () => {
    const group = {
      processors: [{ ...processor('gen'), instanceIdentifier: live('1') }],
      processGroups: [
        {
          identifier: 'inner',
          name: 'inner',
          instanceIdentifier: live('2'),
          processors: [{ ...processor('log'), instanceIdentifier: live('3') }]
        }
      ]
    }
    const labels = labelsByLiveId(group, fileWords)
    assert.equal(
      withLabels(`${live('1')} and [ID=${live('3')}], not ${live('9')}`, labels),
      `processors.gen and [ID=processGroups.inner.processors.log], not ${live('9')}`
    )
  })
})
