/**
 * A live parameter context as a declaration, for `export`.
 * @module
 */
import type { Json } from '../../../src/plugin.ts'
import { written } from './compare.ts'
import type { ContextState, LiveParameter } from './state.ts'

/**
 * What would be declared to have this context. A sensitive value cannot be read, so it gets a file without a name:
 * `validate` refuses that until somebody fills it in. Pure.
 */
export function describeContext({ description, parameters, inherits }: ContextState): Json {
  const byName = [...parameters].toSorted(([a], [b]) => (a < b ? -1 : 1))
  return {
    ...(description === '' ? {} : { description }),
    parameters: Object.fromEntries(byName.map(([name, parameter]) => [name, describeParameter(parameter)])),
    ...(inherits.length === 0 ? {} : { inherits: inherits.map(({ name }) => name) })
  }
}

function describeParameter(parameter: LiveParameter): Json {
  const { sensitive, value, description } = parameter
  if (!sensitive || value === null) return written(parameter)
  return { valueFrom: { file: '' }, sensitive: true, ...(description === '' ? {} : { description }) }
}
