/**
 * What Elasticsearch accepts as a name. Each rule answers with what was expected and found, or with undefined when the
 * name is fine.
 * @module
 */
import type { Desired, Remark } from '../../src/plugin.ts'

/** A rule over names. */
export type NameRule = (name: string) => string | undefined

/** MetadataCreateIndexService.MAX_INDEX_NAME_BYTES, which LifecyclePolicy repeats. */
const longestName = 255

/** Strings.INVALID_FILENAME_CHARS, and the two characters MetadataCreateIndexService adds. */
const fileCharacters = /[\\/*?"<>| ,]/u
const indexCharacters = /[\\/*?"<>| ,#:]/u

/** MetadataCreateIndexService.validateIndexOrAliasName: the rules an alias shares with an index. */
export function aliasNameFault(name: string): string | undefined {
  if (/^<.*>$/u.test(name))
    return `expected a plain name, found the date math "${name}", which is another name every day; write the name out`
  const character = indexCharacters.exec(name)?.[0]
  if (character !== undefined) return badCharacter(character, '\\ / * ? " < > | , # : or a space', name)
  if (/^[-_+]/u.test(name)) return `expected a name that does not start with "_", "-" or "+", found "${name}"`
  if (name === '.' || name === '..') return `expected a name, found "${name}"`
  return tooLong(name)
}

/** MetadataCreateIndexService.validateIndexName; an index, unlike an alias, is lower case. */
export function indexNameFault(name: string): string | undefined {
  return aliasNameFault(name) ?? notLowerCase(name)
}

/** MetadataIndexTemplateService.validate, for component and index templates alike. */
export function templateNameFault(name: string): string | undefined {
  const character = /[ ,#*]/u.exec(name)?.[0]
  if (character !== undefined) return badCharacter(character, ', # * or a space', name)
  if (name.startsWith('_')) return `expected a name that does not start with "_", found "${name}"`
  return notLowerCase(name)
}

/** MetadataIndexTemplateService.validate, for the entries of `index_patterns`. */
export function indexPatternFault(pattern: string): string | undefined {
  const literal = pattern.replaceAll('*', '')
  const character = fileCharacters.exec(literal)?.[0] ?? /[#:]/u.exec(literal)?.[0]
  if (character !== undefined) return badCharacter(character, '\\ / ? " < > | , # : or a space', pattern)
  return pattern.startsWith('_') ? `expected a pattern that does not start with "_", found "${pattern}"` : undefined
}

/** LifecyclePolicy.validatePolicyName. */
export function policyNameFault(name: string): string | undefined {
  const character = /[ ,]/u.exec(name)?.[0]
  if (character !== undefined) return badCharacter(character, 'a comma or a space', name)
  return name.startsWith('_') ? `expected a name that does not start with "_", found "${name}"` : tooLong(name)
}

/** One remark for each declared item whose name breaks the rule; `warn` where the server only complains. */
export function nameRemarks(
  desired: readonly Desired<unknown>[],
  rule: NameRule,
  verdict: 'invalid' | 'warn' = 'invalid'
): readonly Remark[] {
  return desired.flatMap(({ name }) => {
    const message = rule(name)
    return message === undefined ? [] : [{ name, verdict, code: 'NAME', path: [], message }]
  })
}

function badCharacter(character: string, forbidden: string, name: string): string {
  return `expected a name without ${forbidden}, found ${JSON.stringify(character)} in "${name}"`
}

function notLowerCase(name: string): string | undefined {
  return name === name.toLowerCase()
    ? undefined
    : `expected a name in lower case, found "${name}"; did you mean "${name.toLowerCase()}"?`
}

function tooLong(name: string): string | undefined {
  const bytes = Buffer.byteLength(name)
  return bytes > longestName ? `expected at most ${longestName} bytes, found ${bytes}; shorten the name` : undefined
}
