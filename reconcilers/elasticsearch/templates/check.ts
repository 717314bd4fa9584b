/**
 * Rules over the settings and aliases inside declared templates.
 * @module
 */
import type { Remark } from '../../../src/plugin.ts'
import { isBody, type Body } from '../body.ts'
import { aliasNameFault } from '../names.ts'
import { objectAt, settingReferences, type Reference } from '../references.ts'
import { checkSettings } from '../settings/check.ts'
import { flatSettings } from './settings.ts'

const path = ['template', 'settings']

/** All remarks about the field `template` of one item. Pure. */
export function checkTemplate(name: string, spec: Body): readonly Remark[] {
  const template = objectAt(spec, 'template')
  return [
    ...checkSettings(objectAt(template, 'settings'), path).map((remark) => ({ name, ...remark })),
    ...checkAliases(name, objectAt(template, 'aliases'))
  ]
}

/** What the field `template` of one item names. Pure. */
export function templateReferences(spec: Body): readonly Reference[] {
  return settingReferences(flatSettings(objectAt(objectAt(spec, 'template'), 'settings')), path)
}

function checkAliases(name: string, aliases: Body): readonly Remark[] {
  return Object.entries(aliases).flatMap(([alias, value]) => {
    // The placeholder {index} becomes the name of the index.
    const message = isBody(value) ? aliasNameFault(alias.replaceAll('{index}', 'index')) : undefined
    return message === undefined
      ? []
      : [{ name, verdict: 'invalid', code: 'NAME', path: ['template', 'aliases', alias], message }]
  })
}
