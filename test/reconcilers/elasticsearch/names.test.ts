/**
 * What Elasticsearch accepts as a name.
 */
import assert from 'node:assert/strict'
import {
  aliasNameFault,
  indexNameFault,
  indexPatternFault,
  policyNameFault,
  templateNameFault,
  type NameRule
} from '../../../reconcilers/elasticsearch/names.ts'

function refused(rule: NameRule, names: readonly string[]): void {
  for (const name of names) assert.ok(rule(name) !== undefined, `"${name}" should be refused`)
}

function accepted(rule: NameRule, names: readonly string[]): void {
  for (const name of names) assert.equal(rule(name), undefined)
}

const forbidden = ['\\', '/', '*', '?', '"', '<', '>', '|', ' ', ',', '#', ':'].map((character) => `a${character}b`)

describe('a name', () => {
  it('of an index is lower case, without signs of patterns and paths', () => {
    accepted(indexNameFault, ['logs', 'logs-2026.11.21', '.hidden', 'a_b', 'größe', 'a'.repeat(255)])
    refused(indexNameFault, [...forbidden, 'Logs', '_a', '-a', '+a', '.', '..', 'a'.repeat(256)])
  })

  it('is measured in bytes', () => {
    accepted(indexNameFault, ['ö'.repeat(127)])
    assert.match(indexNameFault('ö'.repeat(128)) ?? '', /at most 255 bytes, found 256/)
  })

  it('of an alias may be upper case', () => {
    accepted(aliasNameFault, ['Logs'])
    refused(aliasNameFault, [...forbidden, '_a', '-a', '+a', '.', '..'])
  })

  it('with date math is another one every day', () => {
    assert.match(indexNameFault('<logs-{now/d}>') ?? '', /date math/)
  })

  it('of a template is lower case and no pattern', () => {
    accepted(templateNameFault, ['logs@custom', 'a:b', '-a', 'a'.repeat(300)])
    refused(templateNameFault, ['a b', 'a,b', 'a#b', 'a*', '_a', 'A'])
  })

  it('of a policy has no comma, no space and no _ in front', () => {
    accepted(policyNameFault, ['Logs', 'a#b', '-a'])
    refused(policyNameFault, ['a b', 'a,b', '_a', 'a'.repeat(256)])
  })

  it('as a pattern may hold *', () => {
    accepted(indexPatternFault, ['logs-*', '*', 'A*'])
    refused(indexPatternFault, ['a b', 'a,b', 'a#b', 'a:b', '_a*', 'a?'])
  })

  it('is shown with what is wrong about it', () => {
    assert.equal(indexNameFault('Logs'), 'expected a name in lower case, found "Logs"; did you mean "logs"?')
    assert.equal(templateNameFault('a,b'), 'expected a name without , # * or a space, found "," in "a,b"')
  })
})
