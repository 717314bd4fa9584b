/**
 * Differences are told in the words of the file they come from.
 */
import assert from 'node:assert/strict'
import { fileWords, inlineWords, wordsOf } from '../../../../../reconcilers/nifi/flow/identity/words.ts'

describe('the words of a hand-written flow', () => {
  it('are those of its schema', () => {
    assert.deepEqual(
      ['schedulingPeriod', 'executionNode', 'retryCount', 'style', 'constructor'].map((field) =>
        inlineWords.field('processors', field)
      ),
      ['every', 'runOn', 'retry.count', 'style', 'constructor']
    )
    assert.equal(inlineWords.field('connections', 'backPressureObjectThreshold'), 'maxObjects')
    assert.equal(inlineWords.field('processGroups', 'parameterContextName'), 'parameterContext')
    assert.deepEqual(
      [inlineWords.list('controllerServices'), inlineWords.list('processGroups'), inlineWords.list('funnels')],
      ['services', 'groups', 'funnels']
    )
  })

  it('tell a schedule by cron', () => {
    assert.equal(
      inlineWords.field('processors', 'schedulingPeriod', { identifier: 'gen', schedulingStrategy: 'CRON_DRIVEN' }),
      'cron'
    )
  })

  it('tell values as they would be written', () => {
    assert.equal(inlineWords.value('processors', 'executionNode', 'PRIMARY'), 'primary')
    assert.deepEqual(
      ['ENABLED', 'DISABLED'].map((state) => inlineWords.value('inputPorts', 'scheduledState', state)),
      [false, true]
    )
    assert.equal(inlineWords.value('processors', 'bulletinLevel', 'WARN'), 'WARN')
  })

  it('find the key in an identifier, whatever relationships are called', () => {
    const keys = ['gen', 'a/b/gen', 'a/gen:text/plain -> log', 'gen:a/b -> inner.in', 'a/in -> f'].map((identifier) =>
      inlineWords.component('connections', { identifier })
    )
    assert.deepEqual(keys, ['gen', 'gen', 'gen:text/plain -> log', 'gen:a/b -> inner.in', 'in -> f'])
  })
})

describe('the words of a definition file', () => {
  it('are those of NiFi', () => {
    const component = { identifier: 'a/b' }
    assert.deepEqual(
      [
        fileWords.field('processors', 'schedulingPeriod'),
        fileWords.list('processGroups'),
        fileWords.value('processors', 'executionNode', 'ALL')
      ],
      ['schedulingPeriod', 'processGroups', 'ALL']
    )
    assert.equal(fileWords.component('processors', component), undefined)
    const content = { group: {}, parameterContexts: {}, externalControllerServices: {} }
    assert.deepEqual(
      [wordsOf({ form: 'file', ...content }), wordsOf({ form: 'inline', ...content })],
      [fileWords, inlineWords]
    )
  })
})
