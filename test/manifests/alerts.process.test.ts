/**
 * The alerts of the component `monitoring`, evaluated by Prometheus' own promtool over made-up series.
 */
import assert from 'node:assert/strict'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parse } from 'yaml'
import { z } from 'zod'
import { skipLoudly } from '../live/skip.ts'
import { run } from '../servers/process.ts'
import { findPromtool } from '../servers/promtool.ts'
import { repository } from './build.ts'

const rule = z.looseObject({ alert: z.string(), annotations: z.looseObject({}) })
const rules = z.object({ spec: z.object({ groups: z.array(z.object({ name: z.string(), rules: z.array(rule) })) }) })

interface Case {
  readonly title: string
  /**
   * Values every 30 s as promtool writes them, by the name of the series and its labels beside namespace, service and
   * pod.
   */
  readonly series: Readonly<Record<string, string>>
  readonly at: string
  readonly fires: boolean
}

const pod = (name: string, series: string, labels = ''): string =>
  `${series}{namespace="n",service="shop",pod="${name}"${labels}}`
const cycles = (name: string, result: string): string => pod(name, 'infometis_reconcile_total', `,result="${result}"`)
const items = (name: string, state: string): string => pod(name, 'infometis_items', `,kind="box",state="${state}"`)

const alerts: Readonly<Record<string, readonly Case[]>> = {
  InfometisStuck: [
    { title: 'no cycle ends', series: { [cycles('a', 'in-sync')]: '0+1x40 40x80' }, at: '50m', fires: true },
    { title: 'cycles end, blind ones too', series: { [cycles('a', 'blind')]: '0+1x120' }, at: '50m', fires: false },
    {
      title: 'another replica leads',
      series: { [cycles('a', 'in-sync')]: '0+1x40 40x80', [cycles('b', 'in-sync')]: '0x40 1+1x80' },
      at: '50m',
      fires: false
    }
  ],
  InfometisGone: [
    { title: 'its only pod is gone', series: { [cycles('a', 'in-sync')]: '0+1x40 stale' }, at: '40m', fires: true },
    {
      title: 'its only pod cannot be scraped',
      series: { [cycles('a', 'in-sync')]: '0+1x40 _x80' },
      at: '45m',
      fires: true
    },
    {
      title: 'a pod took its place',
      series: { [cycles('a', 'in-sync')]: '0+1x40 stale', [cycles('b', 'in-sync')]: '_x42 0+1x80' },
      at: '40m',
      fires: false
    },
    { title: 'a scrape failed', series: { [cycles('a', 'in-sync')]: '0+1x40 _x4 45+1x80' }, at: '25m', fires: false },
    { title: 'it was never there', series: { 'up{job="other"}': '1x200' }, at: '40m', fires: false },
    {
      title: 'it was taken away on purpose the day before',
      series: { [cycles('a', 'in-sync')]: '0+1x40 stale' },
      at: '25h',
      fires: false
    }
  ],
  InfometisBlind: [
    {
      title: 'all cycles are blind',
      series: { [cycles('a', 'blind')]: '0+1x120', [cycles('a', 'in-sync')]: '7x120' },
      at: '40m',
      fires: true
    },
    {
      title: 'one of them is not',
      series: { [cycles('a', 'blind')]: '0+1x120', [cycles('a', 'in-sync')]: '7x70 8x50' },
      at: '40m',
      fires: false
    },
    { title: 'none ends', series: { [cycles('a', 'blind')]: '7x120' }, at: '40m', fires: false }
  ],
  InfometisConfigurationRefused: [
    {
      title: 'the newest is refused',
      series: { [pod('a', 'infometis_config_valid')]: '1x10 0x60' },
      at: '20m',
      fires: true
    },
    { title: 'it is in force', series: { [pod('a', 'infometis_config_valid')]: '1x60' }, at: '20m', fires: false },
    {
      title: 'a replica stands by, which says nothing of it',
      series: { [pod('a', 'infometis_config_valid')]: '1x60', [pod('b', 'infometis_leader')]: '0x60' },
      at: '20m',
      fires: false
    }
  ],
  InfometisItemsFailing: [
    {
      title: 'an item fails',
      series: { [items('a', 'failed')]: '1x80', [items('a', 'in-sync')]: '9x80' },
      at: '30m',
      fires: true
    },
    { title: 'an item is dead', series: { [items('a', 'dead')]: '1x80' }, at: '30m', fires: true },
    { title: 'an item is invalid', series: { [items('a', 'invalid')]: '1x80' }, at: '30m', fires: true },
    {
      title: 'an item is held',
      series: { [items('a', 'failed')]: '0x80', [items('a', 'held')]: '1x80' },
      at: '30m',
      fires: false
    },
    {
      title: 'the one that saw it fail leads no longer',
      series: { [items('a', 'failed')]: '1x20 0x60', [items('b', 'failed')]: '0x80' },
      at: '30m',
      fires: false
    }
  ],
  InfometisItemsHeld: [
    {
      title: 'an item is held for more than an hour',
      series: { [items('a', 'held')]: '2x200' },
      at: '90m',
      fires: true
    },
    { title: 'for less', series: { [items('a', 'held')]: '0x100 2x100' }, at: '90m', fires: false }
  ],
  InfometisContested: [
    {
      title: 'a field is contested, and its repairs are paced',
      series: {
        [pod('a', 'infometis_contested', ',kind="box"')]: '0x20 1x2 0x2 1x4 0x2 1x60',
        [pod('a', 'infometis_drift_detected_total', ',kind="box"')]: '0x20 1x4 2x4 3x60'
      },
      at: '30m',
      fires: true
    },
    {
      title: 'something is repaired every minute',
      series: { [pod('a', 'infometis_drift_detected_total', ',kind="box"')]: '0+1x120' },
      at: '60m',
      fires: true
    },
    {
      title: 'something was repaired three times',
      series: { [pod('a', 'infometis_drift_detected_total', ',kind="box"')]: '0x20 1x20 2x20 3x60' },
      at: '60m',
      fires: false
    }
  ]
}

describe('an alert fires', () => {
  let promtool: string
  let folder: string
  let groups: z.output<typeof rules>['spec']['groups']

  before(async function () {
    this.timeout(180_000)
    const found = await findPromtool()
    if ('missing' in found) return skipLoudly(this, `no promtool: ${found.missing}`)
    promtool = found.path
    folder = await mkdtemp(join(tmpdir(), 'alerts-'))
    groups = rules.parse(
      parse(await readFile(join(repository, 'manifests/components/monitoring/prometheus-rule.yaml'), 'utf8'))
    ).spec.groups
    await writeFile(join(folder, 'told.yaml'), JSON.stringify({ groups }))
    // What is told is not compared: it is free to change.
    const untold = groups.map((group) => ({
      ...group,
      rules: group.rules.map((each) => ({ ...each, annotations: {} }))
    }))
    await writeFile(join(folder, 'rules.yaml'), JSON.stringify({ groups: untold }))
    return undefined
  })

  after(async () => {
    if (folder !== undefined) await rm(folder, { recursive: true })
  })

  /** Throws with what promtool says when the alert does not do as expected. */
  const evaluate = async (alert: string, { series, at, fires }: Case): Promise<void> => {
    const own = groups.flatMap((group) => group.rules).find((each) => each.alert === alert)
    assert.ok(own, alert)
    const labels = /by \(namespace, service, kind\)/.test(JSON.stringify(own)) ? { kind: 'box' } : {}
    const severity = z.looseObject({ severity: z.string() }).parse(own['labels'])
    const perPod = /\bby \(/.test(JSON.stringify(own)) ? {} : { pod: 'a' }
    const test = {
      rule_files: ['rules.yaml'],
      evaluation_interval: '30s',
      tests: [
        {
          interval: '30s',
          input_series: Object.entries(series).map(([name, values]) => ({ series: name, values })),
          alert_rule_test: [
            {
              eval_time: at,
              alertname: alert,
              exp_alerts: fires
                ? [{ exp_labels: { namespace: 'n', service: 'shop', ...labels, ...perPod, ...severity } }]
                : []
            }
          ]
        }
      ]
    }
    await writeFile(join(folder, 'test.yaml'), JSON.stringify(test))
    await run(promtool, ['test', 'rules', 'test.yaml'], { cwd: folder, timeoutMs: 30_000 })
  }

  for (const [alert, cases] of Object.entries(alerts)) {
    describe(`${alert}:`, () => {
      for (const each of cases) it(`${each.fires ? 'when' : 'not when'} ${each.title}`, () => evaluate(alert, each))
    })
  }

  it('only as tried here, and none is not tried', () => {
    assert.deepEqual(
      groups
        .flatMap((group) => group.rules)
        .map(({ alert }) => alert)
        .toSorted(),
      Object.keys(alerts).toSorted()
    )
    for (const [alert, cases] of Object.entries(alerts)) {
      assert.deepEqual(new Set(cases.map(({ fires }) => fires)), new Set([true, false]), alert)
    }
  })

  it('by rules that promtool finds nothing wrong with, their words included', async () => {
    await run(promtool, ['check', 'rules', '--lint=all', '--lint-fatal', 'told.yaml'], {
      cwd: folder,
      timeoutMs: 30_000
    })
  })
})
