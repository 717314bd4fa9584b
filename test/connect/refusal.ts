/**
 * What a setting is refused with.
 * @module
 */
import assert from 'node:assert/strict'
import { ReconcileError } from '../../src/errors.ts'

/** The message of the VARIABLE_INVALID that is thrown. */
export function refusal(act: () => unknown): string {
  try {
    act()
  } catch (error) {
    assert.ok(error instanceof ReconcileError, String(error))
    assert.equal(error.code, 'VARIABLE_INVALID')
    return error.message
  }
  return assert.fail('was not refused')
}
