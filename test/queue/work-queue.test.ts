import { WorkQueue } from '../../src/queue/work-queue.ts'
import { queueConformance } from '../../src/testing/queue-conformance.ts'

queueConformance('the queue in memory', (clock) => new WorkQueue(clock))
