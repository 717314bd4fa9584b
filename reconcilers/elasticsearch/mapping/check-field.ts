/**
 * What can be said of the definition of one field without a server.
 * @module
 */
import { didYouMean, type Json, type Remark } from '../../../src/plugin.ts'
import { isBody, type Body } from '../body.ts'
import { at, bodyAt, isObjectField, typeOf, word } from './definition.ts'
import { builtInAnalyzers, metadataFields } from './known.ts'

/** What the rules about one field have to know. */
export interface FieldContext {
  readonly types: ReadonlySet<string>
  /** Analyzers the index declares; undefined when that is not known. */
  readonly analyzers: ReadonlySet<string> | undefined
  /** Names of all declared fields. */
  readonly names: ReadonlySet<string>
}

type FieldRemark = Omit<Remark, 'name'>

/** All remarks about one field and its multi-fields, not about fields below it. Pure. */
export function checkDefinition(
  steps: readonly string[],
  name: string,
  definition: Body,
  context: FieldContext
): readonly FieldRemark[] {
  return [
    ...checkName(steps, name),
    ...checkType(steps, definition, context),
    ...checkPlace(steps, definition),
    ...checkReferences(steps, definition, context),
    ...checkAnalyzers(steps, definition, context),
    ...Object.entries(bodyAt(definition, 'fields') ?? {}).flatMap(([part, below]) =>
      isBody(below) ? checkMultiField([...steps, 'fields', part], part, below, context) : []
    )
  ]
}

function invalid(code: string, path: readonly string[], message: string): readonly FieldRemark[] {
  return [{ verdict: 'invalid', code, path, message }]
}

function warn(code: string, path: readonly string[], message: string): readonly FieldRemark[] {
  return [{ verdict: 'warn', code, path, message }]
}

/** Rules of ObjectMapper and DocumentParser. */
function checkName(steps: readonly string[], name: string): readonly FieldRemark[] {
  const refuse = (what: string): readonly FieldRemark[] =>
    invalid('FIELD_NAME', steps, `expected a name of a field, found ${JSON.stringify(name)}, ${what}; rename it`)
  if (name === '') return refuse('which is empty')
  if (name.split('.').includes('')) return refuse('which starts or ends with a dot or has two in a row')
  if (name.split('.').some((part) => part.trim() === ''))
    return refuse('which has nothing but white space between its dots')
  return steps.length === 2 && metadataFields.has(name) ? refuse('which the server keeps for itself') : []
}

/** A type may be left out where the server takes an object for granted: beside `properties`, or `enabled` alone. */
function checkType(steps: readonly string[], definition: Body, { types }: FieldContext): readonly FieldRemark[] {
  const type = typeOf(definition)
  if ((at(definition, 'type') ?? null) === null) {
    const keys = Object.keys(definition)
    if (keys.includes('properties') || (keys.length === 1 && keys[0] === 'enabled')) return []
    return invalid(
      'NO_TYPE',
      steps,
      `expected a "type", found ${keys.length === 0 ? 'an empty definition' : `only ${keys.join(', ')}`}`
    )
  }
  if (types.has(type)) return []
  return warn(
    'UNKNOWN_TYPE',
    [...steps, 'type'],
    `expected a known type of field, found "${type}"${didYouMean(type, types)}; the server decides`
  )
}

function checkPlace(steps: readonly string[], definition: Body): readonly FieldRemark[] {
  const type = typeOf(definition)
  const isObject = isObjectField(definition)
  if (isObject && at(definition, 'fields') !== undefined) {
    return invalid(
      'MISPLACED',
      [...steps, 'fields'],
      `expected "properties" below a field of type "${type}", found "fields", which only a field with a value has`
    )
  }
  if (isObject || at(definition, 'properties') === undefined) return []
  return invalid(
    'MISPLACED',
    [...steps, 'properties'],
    `expected "fields" below a field of type "${type}", found "properties", which only objects have`
  )
}

function checkReferences(steps: readonly string[], definition: Body, { names }: FieldContext): readonly FieldRemark[] {
  const targets: readonly Json[] = [at(definition, 'copy_to') ?? []].flat()
  const lost = targets.map(word).filter((target) => target !== '' && !names.has(target))
  return [
    ...lost.flatMap((target) =>
      warn(
        'COPY_TO',
        [...steps, 'copy_to'],
        `expected a declared field, found "${target}"${didYouMean(target, names)}; dynamic mapping makes it up`
      )
    ),
    ...(typeOf(definition) === 'alias' ? checkAlias(steps, word(at(definition, 'path')), names) : [])
  ]
}

function checkAlias(steps: readonly string[], path: string, names: ReadonlySet<string>): readonly FieldRemark[] {
  if (path === '')
    return invalid('ALIAS_PATH', steps, 'expected "path", the name of the field the alias stands for, found nothing')
  if (names.has(path)) return []
  return warn(
    'ALIAS_PATH',
    [...steps, 'path'],
    `expected a declared field, found "${path}"${didYouMean(path, names)}; the server refuses it unless the field is there`
  )
}

function checkAnalyzers(
  steps: readonly string[],
  definition: Body,
  { analyzers }: FieldContext
): readonly FieldRemark[] {
  if (analyzers === undefined) return []
  const known = new Set([...analyzers, ...builtInAnalyzers])
  return ['analyzer', 'search_analyzer', 'search_quote_analyzer'].flatMap((parameter) => {
    const name = word(at(definition, parameter))
    if (name === '' || known.has(name)) return []
    return warn(
      'UNKNOWN_ANALYZER',
      [...steps, parameter],
      `expected an analyzer of the settings or a built-in one, found "${name}"${didYouMean(name, known)}; the server decides`
    )
  })
}

function checkMultiField(
  steps: readonly string[],
  name: string,
  definition: Body,
  context: FieldContext
): readonly FieldRemark[] {
  if (at(definition, 'fields') !== undefined)
    return invalid(
      'MISPLACED',
      [...steps, 'fields'],
      'expected a multi-field, found "fields" below one, which the server refuses'
    )
  if (isObjectField(definition) && at(definition, 'type') !== undefined) {
    return invalid(
      'MISPLACED',
      [...steps, 'type'],
      `expected a field with a value as multi-field, found type "${typeOf(definition)}"`
    )
  }
  if (at(definition, 'copy_to') !== undefined)
    return invalid(
      'MISPLACED',
      [...steps, 'copy_to'],
      'expected "copy_to" at the field itself, found it at a multi-field, which copies nothing'
    )
  return checkDefinition(steps, name, definition, context)
}
