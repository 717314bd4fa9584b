/**
 * How long `infometis apply` takes to create all topics, and how many requests it needs.
 * @module
 */
import type { Json } from '../../src/records.ts'
import { countRequests } from '../../test/servers/request-counter.ts'
import { cost } from '../processes.ts'
import { round } from '../statistics.ts'
import type { Scene } from './scene.ts'

/** Creates the topics of `directory`; from the start of the process until everything is seen converged. */
export async function measureCreate(scene: Scene, directory: string): Promise<{ readonly [key: string]: Json }> {
  const counter = await countRequests(scene.cluster.bootstrap)
  try {
    const args = [scene.commandLine.bundle, 'apply', 'kafka', '--config', directory, '--yes', '--timeout', '10m']
    const { wallMs, cpuMs } = await cost({
      file: process.execPath,
      args,
      env: { KAFKA_BOOTSTRAP_SERVERS: counter.bootstrap }
    })
    scene.say(
      `apply creates ${scene.topics} topics and sees them: ${round(wallMs)} ms, ${round(cpuMs)} ms CPU, ${JSON.stringify(counter.counts)}`
    )
    return { wallMs: round(wallMs), cpuMs: round(cpuMs), requests: counter.counts }
  } finally {
    await counter.close()
  }
}
