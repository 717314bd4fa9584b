/**
 * Settings to be made up by property tests.
 */
import fc from 'fast-check'
import { knownKeys } from '../../../../reconcilers/elasticsearch/settings/classes.ts'
import type { SettingMap, SettingValue } from '../../../../reconcilers/elasticsearch/settings/flatten.ts'

const free = [
  'analysis.analyzer.own.filter',
  'similarity.own.b',
  'routing.allocation.include.zone',
  'plugin.own',
  'plugin.other'
] as const

/** Keys with and without traits; none is the beginning of another one, which could not be written nested. */
export const settingKey = fc.constantFrom(
  ...free,
  ...knownKeys.filter((key) => !knownKeys.some((other) => other.startsWith(`${key}.`)))
)

const text = fc.oneof(
  fc.constantFrom(
    'true',
    'false',
    'a,b',
    '',
    '-1',
    '0',
    '1',
    '1.0',
    '01',
    '30s',
    '30000ms',
    '1m',
    '1gb',
    '1024mb',
    '1.5gb',
    'Request',
    'all',
    '2026-01-31',
    'index'
  ),
  fc.string({ maxLength: 6 }),
  fc.integer().map(String)
)

export const settingValue: fc.Arbitrary<SettingValue> = fc.oneof(
  { weight: 4, arbitrary: text },
  fc.array(text, { maxLength: 3 }),
  fc.constant(null)
)

/** What an index carries: nothing that is not set. */
export const liveSettings: fc.Arbitrary<SettingMap> = fc
  .array(
    fc.tuple(
      settingKey,
      settingValue.filter((value) => value !== null)
    ),
    { maxLength: 8 }
  )
  .map((entries) => new Map(entries))

export const declaredSettings: fc.Arbitrary<SettingMap> = fc
  .array(fc.tuple(settingKey, settingValue), { maxLength: 8 })
  .map((entries) => new Map(entries))
