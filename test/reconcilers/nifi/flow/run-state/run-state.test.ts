import assert from 'node:assert/strict'
import fc from 'fast-check'
import { isInSync, runStateField, unfinishedField } from '../../../../../reconcilers/nifi/flow/run-state/run-state.ts'
import type { RunState } from '../../../../../reconcilers/nifi/flow/schema.ts'
import type { ServiceState } from '../../../../../reconcilers/nifi/reading/entities.ts'
import type { FlowState } from '../../../../../reconcilers/nifi/flow/state.ts'
import { marker, state } from '../flows.ts'

function flow(counts: Partial<FlowState['counts']>, ...services: readonly ServiceState[]): FlowState {
  return state({
    counts: { running: 0, stopped: 0, invalid: 0, disabled: 0, ...counts },
    services: services.map((each, index) => ({
      id: `s${index}`,
      name: `service ${index}`,
      state: each,
      validation: 'VALID',
      validationErrors: []
    }))
  })
}

function before(declared: RunState, actual: FlowState): unknown {
  return runStateField(declared, actual)[0]?.before
}

describe('the run state of a flow', () => {
  it('differs from RUNNING when something is stopped or invalid, or a service is not enabled', () => {
    assert.equal(before('RUNNING', flow({ running: 2 }, 'ENABLED')), undefined)
    assert.equal(before('RUNNING', flow({ stopped: 2 })), 'STOPPED')
    assert.equal(before('RUNNING', flow({ running: 2, stopped: 1 })), '2 running, 1 stopped')
    assert.equal(before('RUNNING', flow({ running: 2, invalid: 1 })), '2 running, 1 invalid')
    assert.equal(before('RUNNING', flow({ running: 2 }, 'ENABLED', 'ENABLING')), '2 running, service 1 ENABLING')
    assert.equal(before('RUNNING', flow({}, 'DISABLED')), 'service 0 DISABLED')
  })

  it('differs from STOPPED when anything runs; services may', () => {
    assert.equal(before('STOPPED', flow({ stopped: 2, invalid: 1 }, 'ENABLED')), undefined)
    assert.equal(before('STOPPED', flow({ running: 2 })), 'RUNNING')
    assert.equal(before('STOPPED', flow({ running: 1, stopped: 1 })), '1 running, 1 stopped')
  })

  it('does not mind what is disabled, nor that there is nothing to run', () => {
    assert.equal(before('RUNNING', flow({ running: 1, disabled: 3 })), undefined)
    assert.equal(before('RUNNING', flow({})), undefined)
  })

  it('never differs from IGNORE', () => {
    fc.assert(
      fc.property(fc.nat(3), fc.nat(3), (running, stopped) =>
        assert.equal(before('IGNORE', flow({ running, stopped }, 'DISABLED')), undefined)
      )
    )
  })

  it('is not finished as long as parts are stopped for a change, whatever is declared', () => {
    assert.deepEqual(unfinishedField(state()), [])
    assert.equal(
      unfinishedField({ marker: { ...marker(), stopped: ['id-7', 'id-8'] } })[0]?.before,
      '2 stopped for a change'
    )
  })

  it('is always one that can be declared', () => {
    fc.assert(
      fc.property(fc.record({ running: fc.nat(2), stopped: fc.nat(2), invalid: fc.nat(2) }), (counts) => {
        assert.ok((['RUNNING', 'STOPPED', 'IGNORE'] as const).some((declared) => isInSync(declared, flow(counts))))
        assert.equal(isInSync('STOPPED', flow(counts)), counts.running === 0)
      })
    )
  })
})
