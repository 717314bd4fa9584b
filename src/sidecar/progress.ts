/**
 * How far a long apply is: a bar on a terminal, a log line every few seconds elsewhere.
 * @module
 */
import { isWriteVerb } from '../plan/write.ts'
import { silentObserver, type Observer, type Progress } from '../report/observer.ts'
import type { LogLine } from '../report/line.ts'
import { formatDuration } from '../time/duration.ts'

const barWidth = 30
/** Shorter applies show no progress. */
const quietMs = 1_000
const barEveryMs = 100
const lineEveryMs = 5_000

/** What is needed of stderr. */
export interface ProgressStream {
  readonly isTTY?: boolean
  write(text: string): unknown
}

/** Shows done, total, rate and time left. */
export function progressObserver(stream: ProgressStream, log: LogLine, now: () => number): Observer {
  let startedAt: number | undefined
  let shownAt = 0
  let isBarShown = false
  const clear = (): void => {
    if (isBarShown) stream.write('\r\u001B[2K')
    isBarShown = false
  }
  return {
    ...silentObserver,
    outcome: (_cycle, outcome, progress) => {
      if (!isWriteVerb(outcome.verb)) return
      startedAt ??= now()
      const elapsed = now() - startedAt
      const isDue = now() - shownAt >= (stream.isTTY === true ? barEveryMs : lineEveryMs)
      if (elapsed < quietMs || !isDue) return
      shownAt = now()
      const text = progressText(progress, elapsed)
      if (stream.isTTY === true) stream.write(`\r\u001B[2K${bar(progress)} ${text}`)
      else log('info', `progress ${text}`, { ...progress })
      isBarShown = stream.isTTY === true
    },
    cycleFinished: () => {
      clear()
      startedAt = undefined
    }
  }
}

/** `120/1000, 60 a second, 15 s left`. Pure. */
export function progressText({ done, total }: Progress, elapsedMs: number): string {
  const rate = done / Math.max(1, elapsedMs / 1_000)
  const left = rate > 0 ? formatDuration(((total - done) / rate) * 1_000) : 'unknown'
  return `${done}/${total}, ${rate.toFixed(rate < 10 ? 1 : 0)} a second, ${left} left`
}

function bar({ done, total }: Progress): string {
  const filled = Math.round((done / Math.max(1, total)) * barWidth)
  return `${'█'.repeat(filled)}${'░'.repeat(barWidth - filled)}`
}
