/**
 * `npm start [-- <service>] [-- --once]`: shows the main job on a real server and stays up, or ends with `--once`.
 * @module
 */
import type { Scene } from './play.ts'
import { say } from './stage.ts'

/** One demonstration per service, loaded when it is asked for. */
const demonstrations = new Map<string, () => Promise<Scene>>([
  ['kafka', async () => (await import('./kafka.ts')).demonstrate()],
  ['elasticsearch', async () => (await import('./elasticsearch.ts')).demonstrate()],
  ['nifi', async () => (await import('./nifi.ts')).demonstrate()]
])

async function main(words: readonly string[]): Promise<number> {
  const isOnce = words.includes('--once')
  const service = words.find((word) => !word.startsWith('-')) ?? 'kafka'
  const demonstrate = demonstrations.get(service)
  if (demonstrate === undefined) {
    say('✗', `expected one of ${[...demonstrations.keys()].join(', ')}, found "${service}"`)
    return 2
  }
  const scene = await demonstrate()
  if (!isOnce) {
    say('►', `edit ${scene.file} and watch; Ctrl-C ends`)
    scene.watch()
    await new Promise<void>((resolve) => {
      const hold = setInterval(() => undefined, 60_000)
      for (const signal of ['SIGINT', 'SIGTERM'] as const) {
        process.once(signal, () => {
          clearInterval(hold)
          resolve()
        })
      }
    })
  }
  const endedWell = await scene.end()
  const isGood = scene.failures === 0 && endedWell
  say(
    isGood ? '✔' : '✗',
    isGood
      ? 'everything happened as it should'
      : `${scene.failures} ${scene.failures === 1 ? 'step' : 'steps'} did not happen${endedWell ? '' : ', and the sidecar did not end cleanly'}`
  )
  return isGood ? 0 : 1
}

try {
  process.exitCode = await main(process.argv.slice(2))
} catch (error) {
  say('✗', error instanceof Error ? error.message : String(error))
  process.exitCode = 1
}
