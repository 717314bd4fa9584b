import assert from 'node:assert/strict'
import { observers, silentObserver, type Observer } from '../../src/report/observer.ts'
import { outcome, reportWith } from '../reconciler/reports.ts'

describe('observers', () => {
  it('are told everything, each in its turn', () => {
    const told: string[] = []
    const observer = (name: string): Observer => ({
      configuration: ({ event }) => void told.push(`${name} ${event}`),
      outcome: (cycle, { result }, { done, total }) =>
        void told.push(`${name} ${cycle.runId} ${result} ${done}/${total}`),
      called: ({ operation, code }) => void told.push(`${name} ${operation} ${code}`),
      cycleFinished: ({ status }) => void told.push(`${name} ${status}`),
      leadership: ({ event }) => void told.push(`${name} ${event}`)
    })
    const both = observers(observer('a'), silentObserver, observer('b'))
    both.configuration({ event: 'polling', message: 'no watcher' })
    both.outcome({ runId: 'run', service: 'shop', target: '', digest: 'digest' }, outcome('done'), {
      done: 1,
      total: 2
    })
    both.called({ operation: 'create box', durationMs: 1, code: 'OK' })
    both.cycleFinished(reportWith([]))
    both.leadership({ event: 'leading' })
    assert.deepEqual(told, [
      'a polling',
      'b polling',
      'a run done 1/2',
      'b run done 1/2',
      'a create box OK',
      'b create box OK',
      'a in-sync',
      'b in-sync',
      'a leading',
      'b leading'
    ])
  })
})
