/**
 * Glob patterns over names: `*` matches anything, dots and slashes included, because names are not paths.
 * @module
 */
import picomatch from 'picomatch'

/** A test whether a name matches any of the patterns; no pattern matches nothing. */
export function matchesAny(patterns: readonly string[]): (name: string) => boolean {
  if (patterns.length === 0) return () => false
  return picomatch([...patterns], { dot: true, bash: true })
}

/** The first of the patterns that a name matches. */
export function matchingPattern(patterns: readonly string[]): (name: string) => string | undefined {
  const isMatch = matchesAny(patterns)
  return (name) => (isMatch(name) ? patterns.find((pattern) => matchesAny([pattern])(name)) : undefined)
}

/** Whether `path` is `prefix` or lies below it: `config` covers `config.retention.ms`. */
export function coversPath(prefix: string, path: string): boolean {
  return path === prefix || path.startsWith(`${prefix}.`) || path.startsWith(`${prefix}[`)
}
