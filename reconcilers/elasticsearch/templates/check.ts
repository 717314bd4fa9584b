/**
 * Rules over the settings and aliases inside declared templates.
 * @module
 */
import type { Remark } from '../../../src/contract.ts'
import { isBody, type Body } from '../body.ts'
import { fieldOf } from '../body/compare.ts'
import { aliasNameFault } from '../names.ts'
import { objectAt, settingReferenceRemarks, type Surroundings } from '../references.ts'
import { flatSettings, isServerOwned } from './settings.ts'

/** All remarks about the field `template` of one item. Pure. */
export function checkTemplate(name: string, spec: Body, around: Surroundings): readonly Remark[] {
  const template = objectAt(spec, 'template')
  const settings = flatSettings(objectAt(template, 'settings'))
  return [
    ...checkSettings(name, settings),
    ...checkAliases(name, objectAt(template, 'aliases')),
    ...settingReferenceRemarks(name, settings, ['template', 'settings'], around)
  ]
}

function checkSettings(name: string, settings: Body): readonly Remark[] {
  return Object.keys(settings).flatMap((key) => {
    if (!isServerOwned(key) || fieldOf(settings, key) === null) return []
    const message = `expected a setting that can be declared, found "${key}", which the server sets itself; remove it`
    return [{ name, verdict: 'invalid', code: 'SERVER_OWNED', path: ['template', 'settings', key], message }]
  })
}

function checkAliases(name: string, aliases: Body): readonly Remark[] {
  return Object.entries(aliases).flatMap(([alias, value]) => {
    // The placeholder {index} becomes the name of the index.
    const message = isBody(value) ? aliasNameFault(alias.replaceAll('{index}', 'index')) : undefined
    return message === undefined ? [] : [{ name, verdict: 'invalid', code: 'NAME', path: ['template', 'aliases', alias], message }]
  })
}
