/**
 * Gets the values that are to be written, and the digests beside them.
 * @module
 */
import type { Difference } from './compare.ts'
import { needsValue, type Written } from './delta.ts'
import type { ContextSpec } from './schema.ts'
import type { Secrets } from './secrets.ts'
import { readValue } from './value-file.ts'

/** Values by parameter of everything that differs; files are re-read. Throws CONFIG_INVALID, VARIABLE_INVALID. */
export async function valuesToWrite(
  context: string,
  spec: ContextSpec,
  differences: readonly Difference[],
  secrets: Secrets
): Promise<ReadonlyMap<string, Written>> {
  const values = differences.filter(needsValue).map(async ({ part }): Promise<readonly [string, Written][]> => {
    const declared = part.of === 'parameter' ? spec.parameters[part.name] : undefined
    if (part.of !== 'parameter' || !declared) return []
    const value = await readValue(part.name, declared)
    const digest =
      declared.sensitive && value !== null
        ? await secrets.digestFor({ context, parameter: part.name }, value)
        : undefined
    return [[part.name, { value, ...(digest !== undefined && { digest }) }]]
  })
  return new Map((await Promise.all(values)).flat())
}

/** Remembers the secrets among values that NiFi has taken. */
export function noteWritten(
  context: string,
  { parameters }: ContextSpec,
  values: ReadonlyMap<string, Written>,
  secrets: Secrets
): void {
  for (const [parameter, { value }] of values) {
    if (parameters[parameter]?.sensitive === true && value !== null) secrets.noteWritten({ context, parameter }, value)
  }
}
