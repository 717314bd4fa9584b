/**
 * What an election relies on, of whatever keeps the lease.
 * @module
 */
import assert from 'node:assert/strict'
import type { Claim, Leases } from '../../src/kubernetes/lease.ts'
import { ReconcileError } from '../../src/errors.ts'

export interface Keeper {
  readonly leases: Leases
  /** Deletes the lease by hand. */
  readonly remove: () => Promise<void>
}

const { signal } = new AbortController()
const claim: Claim = {
  holder: 'a',
  transitions: 0,
  durationMs: 4_000,
  acquiredAt: 1_700_000_000_000,
  renewedAt: 1_700_000_000_000
}
const isConflict = (error: unknown): boolean => error instanceof ReconcileError && error.code === 'CONFLICT'

/** Declares the rules; `open` gives a keeper without a lease. */
export function leasesContract(open: () => Promise<Keeper>): void {
  it('knows no lease before one is created, and gives back what was written', async () => {
    const { leases } = await open()
    assert.equal(await leases.read(signal), undefined)
    const { version } = await leases.create(claim, signal)
    const { holder, transitions, durationMs, version: read } = (await leases.read(signal)) ?? assert.fail('no lease')
    assert.deepEqual(
      { holder, transitions, durationMs, read },
      { holder: 'a', transitions: 0, durationMs: 4_000, read: version }
    )
  })

  it('creates no second one', async () => {
    const { leases } = await open()
    await leases.create(claim, signal)
    await assert.rejects(leases.create({ ...claim, holder: 'b' }, signal), isConflict)
  })

  it('has another version after each write, and replaces only the newest', async () => {
    const { leases } = await open()
    const first = await leases.create(claim, signal)
    const second = await leases.replace(first, { ...claim, renewedAt: claim.renewedAt + 800 }, signal)
    assert.notEqual(second.version, first.version)
    await assert.rejects(leases.replace(first, { ...claim, holder: 'b' }, signal), isConflict)
    assert.equal((await leases.read(signal))?.holder, 'a')
  })

  it('lets one of many win who replace the same version at once', async () => {
    const { leases } = await open()
    const seen = await leases.create(claim, signal)
    const results = await Promise.allSettled(
      ['b', 'c', 'd', 'e'].map((holder) => leases.replace(seen, { ...claim, holder }, signal))
    )
    const [won, ...more] = results.flatMap((result) => (result.status === 'fulfilled' ? [result.value] : []))
    assert.deepEqual([won?.holder, more], [(await leases.read(signal))?.holder, []])
    assert.ok(results.every((result) => result.status === 'fulfilled' || isConflict(result.reason)))
  })

  it('can be let go: without a holder and a duration', async () => {
    const { leases } = await open()
    await leases.replace(await leases.create(claim, signal), { ...claim, holder: '', durationMs: undefined }, signal)
    const { holder, durationMs } = (await leases.read(signal)) ?? assert.fail('no lease')
    assert.deepEqual([holder, durationMs], ['', undefined])
  })

  it('replaces none that was deleted, and gives the next one a version of its own', async () => {
    const { leases, remove } = await open()
    const seen = await leases.create(claim, signal)
    await remove()
    assert.equal(await leases.read(signal), undefined)
    await assert.rejects(leases.replace(seen, claim, signal), isConflict)
    assert.notEqual((await leases.create(claim, signal)).version, seen.version)
  })
}
