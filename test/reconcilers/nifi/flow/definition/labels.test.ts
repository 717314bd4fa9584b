import assert from 'node:assert/strict'
import { labelsOf, namesById } from '../../../../../reconcilers/nifi/flow/definition/labels.ts'
import type { Component, ComponentList, Group } from '../../../../../reconcilers/nifi/flow/definition/model.ts'
import { fileWords, inlineWords, type Words } from '../../../../../reconcilers/nifi/flow/identity/words.ts'
import { connection, processor } from './sample.ts'

function labels(
  list: ComponentList,
  components: readonly Component[],
  around: Group = {},
  words: Words = fileWords
): readonly string[] {
  return [...labelsOf(words, list, components, namesById(words, { [list]: components, ...around })).values()]
}

const named = (identifier: string, name: string): Component => processor(identifier, { name })

describe('labels', () => {
  it('are names, with the identifier where a name is not unique', () => {
    assert.deepEqual(labels('processors', [named('1', 'gen'), named('2', 'log'), named('3', 'gen')]), [
      'gen (1)',
      'log',
      'gen (3)'
    ])
  })

  it('hold the identifier where a path would name two things', () => {
    assert.deepEqual(labels('processors', [named('1', 'gen'), named('2', 'gen.name'), named('3', 'v1.2')]), [
      'gen (1)',
      'gen.name (2)',
      'v1.2'
    ])
  })

  it('are identifiers where there is no name', () => {
    assert.deepEqual(labels('funnels', [{ identifier: 'f1' }, { identifier: 'f2', name: '' }]), ['f1', 'f2'])
  })

  it('are the first words of a label', () => {
    assert.deepEqual(
      labels('labels', [
        { identifier: '1', label: 'Read me\nfirst' },
        { identifier: '2', label: 'x'.repeat(99) }
      ]),
      ['Read me', `${'x'.repeat(39)}…`]
    )
  })

  it('are the ways of connections that have no name', () => {
    const around: Group = {
      processors: [named('1', 'gen'), named('2', 'log')],
      funnels: [{ identifier: 'f' }],
      remoteProcessGroups: [{ identifier: 'r', name: 'far', inputPorts: [{ identifier: 'in', name: 'entry' }] }]
    }
    const connections = [
      connection('a', '1', '2', { selectedRelationships: ['success', 'failure'] }),
      connection('b', 'f', 'in', { selectedRelationships: [''] }),
      connection('c', '1', 'gone', { name: 'mine' }),
      connection('d', '1', 'gone', { destination: { id: 'gone', type: 'PROCESSOR', name: 'left' } })
    ]
    assert.deepEqual(labels('connections', connections, around), [
      'gen:failure,success -> log',
      'f -> entry',
      'mine',
      'gen:success -> left'
    ])
  })

  it('are the keys of the inline form, whatever else is called so', () => {
    const byHand = processor('0a1b2c3d-0a1b-3c2d-8e4f-0a1b2c3d4e5f', { name: 'gen' })
    assert.deepEqual(labels('processors', [processor('inner/gen', { name: 'shown' }), byHand], {}, inlineWords), [
      'gen',
      `gen (${byHand.identifier})`
    ])
  })
})
