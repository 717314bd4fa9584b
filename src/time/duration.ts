/**
 * Durations as Go and Kubernetes write them: `500ms`, `30s`, `1m30s`, `1.5h` (https://pkg.go.dev/time#ParseDuration).
 * @module
 */

const unitMs = new Map([
  ['ms', 1],
  ['s', 1_000],
  ['m', 60_000],
  ['h', 3_600_000]
])
const part = /(\d+(?:\.\d+)?)(ms|s|m|h)/gy
/** setTimeout takes no longer delay than this (2^31 - 1 ms, about 24 days). */
const longest = 2_147_483_647

/** Milliseconds; undefined for anything without a unit, not greater than zero or longer than a timer can hold. */
export function parseDuration(text: string): number | undefined {
  part.lastIndex = 0
  let total = 0
  let end = 0
  for (let match = part.exec(text); match !== null; match = part.exec(text)) {
    total += Number(match[1]) * (unitMs.get(match[2] ?? '') ?? Number.NaN)
    end = part.lastIndex
  }
  const whole = Math.round(total)
  return end === text.length && whole > 0 && whole <= longest ? whole : undefined
}

/** The shortest text that says it: `850 ms`, `12.3 s`, `4 min 5 s`. */
export function formatDuration(ms: number): string {
  const tenths = Math.round(ms / 100)
  if (Math.round(ms) < 1_000) return `${Math.round(ms)} ms`
  if (tenths < 600) return `${tenths / 10} s`
  const seconds = Math.round(ms / 1_000)
  return `${Math.floor(seconds / 60)} min${seconds % 60 === 0 ? '' : ` ${seconds % 60} s`}`
}
