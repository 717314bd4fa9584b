/**
 * What authors of templates, policies and pipelines are told, in files as they write them.
 */
import assert from 'node:assert/strict'
import type { AnyKind } from '../../../src/contract.ts'
import type { Problem } from '../../../src/records.ts'
import { parseDesired } from '../../../src/parse/desired.ts'
import { checkKind, declaredByKind } from '../../../src/plan/check.ts'
import { componentTemplateKind } from '../../../reconcilers/elasticsearch/component-template/kind.ts'
import { indexTemplateKind } from '../../../reconcilers/elasticsearch/index-template/kind.ts'
import { ingestPipelineKind } from '../../../reconcilers/elasticsearch/ingest-pipeline/kind.ts'
import { lifecyclePolicyKind } from '../../../reconcilers/elasticsearch/lifecycle-policy/kind.ts'

const kinds: readonly AnyKind[] = [componentTemplateKind, indexTemplateKind, lifecyclePolicyKind, ingestPipelineKind]

/** Every problem as `line:column path code message`. */
function told(file: string, text: string): readonly string[] {
  const { desired, problems } = parseDesired(
    { files: new Map([[file, Buffer.from(text)]]), digest: 'x' },
    { name: 'elasticsearch', kinds }
  )
  if (desired === undefined) return problems.map(line)
  const declared = declaredByKind(desired.kinds)
  return desired.kinds.flatMap((kind) => {
    const { invalid, warnings } = checkKind(kind, declared)
    return [...invalid.flatMap((item) => item.problems), ...warnings].map(line)
  })
}

function line({ line: row, column, path, code, message }: Problem): string {
  return `${row}:${column} ${path} ${code} ${message}`
}

describe('the author is told', () => {
  it('which field was probably meant, at every level Elasticsearch is strict about', () => {
    assert.deepEqual(told('component-templates.yaml', 'base:\n  template:\n    setings: {}\n'), [
      '3:5 base.template.setings UNKNOWN_FIELD expected one of settings, mappings, aliases, lifecycle, data_stream_options, found "setings"; did you mean "settings"?'
    ])
    assert.deepEqual(told('index-templates.yaml', 'app:\n  index_pattern: app-*\n'), [
      '2:3 app.index_patterns MISSING_FIELD expected text or a list, found nothing',
      '2:3 app.index_pattern UNKNOWN_FIELD expected one of index_patterns, template, composed_of, ignore_missing_component_templates, priority, data_stream, allow_auto_create, version, _meta, deprecated, reconcile, found "index_pattern"; did you mean "index_patterns"?'
    ])
    assert.deepEqual(
      told(
        'lifecycle-policies.yaml',
        'p:\n  policy:\n    phases:\n      hot:\n        actions:\n          rolover: {max_age: 1d}\n'
      ),
      [
        '6:11 p.policy.phases.hot.actions.rolover UNKNOWN_FIELD expected one of unfollow, set_priority, readonly, downsample, rollover, shrink, forcemerge, searchable_snapshot, found "rolover"; did you mean "rollover"?'
      ]
    )
  })

  it('that a policy stands under `policy`', () => {
    assert.deepEqual(
      told('lifecycle-policies.json', '{"p": {"phases": {}}}').map((text) => text.split(' ').slice(1, 3).join(' ')),
      ['p.policy MISSING_FIELD', 'p.phases UNKNOWN_FIELD']
    )
  })

  it('what an age and a rollover need', () => {
    assert.deepEqual(
      told(
        'lifecycle-policies.yaml',
        'p:\n  policy:\n    phases:\n      hot:\n        min_age: 30\n        actions:\n          rollover: {}\n'
      ),
      [
        '5:18 p.policy.phases.hot.min_age VALUE expected a time with its unit, for example "30d", found 30',
        '7:21 p.policy.phases.hot.actions.rollover VALUE expected at least one condition that starts with "max_", found an object'
      ]
    )
  })

  it('where in a list of processors something is wrong', () => {
    assert.deepEqual(
      told(
        'ingest-pipelines.yaml',
        'p:\n  processors:\n    - set: {field: a}\n    - pipeline:\n        name: common\n'
      ),
      [
        '5:9 p.processors.1.pipeline.name UNKNOWN_REFERENCE expected an ingest pipeline, found "common", which is not declared here; the server may hold it'
      ]
    )
  })

  it('nothing about what is fine', () => {
    const text =
      '{"app": {"index_patterns": "app-*", "template": {"settings": {"number_of_shards": 1, "mapping.total_fields.limit": 5000}, "aliases": {"a": {}}}, "priority": 1, "reconcile": {"paused": true}}}'
    assert.deepEqual(told('index-templates.json', text), [])
  })
})
