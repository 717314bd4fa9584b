/**
 * diff and export: verbs that only look.
 */
import assert from 'node:assert/strict'
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parse } from 'yaml'
import { ReconcileError, type ErrorCode } from '../../src/errors.ts'
import { ManualClock } from '../../src/testing/manual-clock.ts'
import { Bench, documentOf } from './bench.ts'
import { runThrough } from '../sidecar/test-host.ts'

describe('a verb that only looks', () => {
  let bench: Bench

  beforeEach(async () => {
    bench = await Bench.open()
    await bench.declare({ 'queues.json': '{"a": {}}' })
    bench.server.put('queue', 'a', { size: 1, mode: 'durable' })
  })

  afterEach(() => bench.close())

  for (const verb of ['diff', 'export']) {
    for (const code of ['UNAVAILABLE', 'CONFLICT', 'NO_ANSWER'] as const satisfies ErrorCode[]) {
      it(`${verb} tries again while the service asks for it (${code}), and is blind when its time is over`, async () => {
        bench.server.failCalls('observe', new ReconcileError(code, 'starting', { retryAfterMs: 100 }), 2)
        const patient = bench.host()
        assert.equal(await bench.run(patient, verb, 'fake', '--output', 'json'), 0)
        assert.equal(patient.err.split('waiting for the service: starting').length, 2)
        bench.server.failCalls('observe', new ReconcileError(code, 'starting'))
        const clock = new ManualClock()
        const host = bench.host({ clock })
        const looking = bench.run(host, verb, 'fake', '--output', 'json')
        await host.until(() => host.err.includes('waiting for the service'))
        assert.equal(await runThrough(clock, looking), 2)
        assert.deepEqual([documentOf(host).status, documentOf(host).error.code], ['blind', code])
      })
    }

    it(`${verb} does not wait for a service that is not there, nor for a fault of the plugin`, async () => {
      const ends: readonly (readonly [unknown, string, string])[] = [
        [new ReconcileError('UNREACHABLE', 'no'), 'UNREACHABLE', 'blind'],
        [new ReconcileError('TIMEOUT', 'no'), 'TIMEOUT', 'blind'],
        [new Error('a bug'), 'PLUGIN_FAULT', 'blind']
      ]
      for (const [thrown, code, status] of ends) {
        bench.server.failCalls('observe', thrown)
        const host = bench.host()
        assert.equal(await bench.run(host, verb, 'fake', '--output', 'json'), 2)
        assert.deepEqual([documentOf(host).status, documentOf(host).error.code], [status, code])
      }
      assert.equal(bench.server.count('observe'), ends.length)
    })
  }

  it('diff prints the warnings that validate prints', async () => {
    await bench.declare({
      'queues.json': '{"a": {"mode": "fast"}, "b": {"mode": "fast", "sise": 1}}',
      'settings.yaml': '{}',
      'other.txt': ''
    })
    const [validated, diffed, text] = [bench.host(), bench.host(), bench.host()]
    await bench.run(validated, 'validate', 'fake', '--output', 'json')
    await bench.run(diffed, 'diff', 'fake', '--output', 'json')
    await bench.run(text, 'diff', 'fake')
    const warnings = documentOf(validated).problems.filter(
      ({ severity }: { readonly severity: string }) => severity === 'warning'
    )
    assert.equal(warnings.length, 3)
    const printed: readonly { readonly path: string; readonly file: string; readonly message: string }[] =
      documentOf(diffed).warnings
    for (const warning of warnings.filter(({ path }: { readonly path: string }) => !path.startsWith('b'))) {
      assert.ok(
        printed.some(({ message }) => message === warning.message),
        warning.message
      )
      assert.ok(text.out.includes(warning.message))
    }
  })

  it('diff says nothing of an item that is in sync unless asked to', async () => {
    const [short, long] = [bench.host(), bench.host()]
    assert.equal(await bench.run(short, 'diff', 'fake'), 0)
    assert.equal(short.out, '✔ in sync  fake: 1 in sync\n')
    assert.equal(await bench.run(long, 'diff', 'fake', '--all'), 0)
    assert.match(long.out, /^= keep {4}fake\/queue\/a$/m)
  })

  describe('export', () => {
    let out = ''

    beforeEach(async () => {
      out = await mkdtemp(join(tmpdir(), 'infometis-export-'))
      bench.server.put('queue', '$protected', {})
      bench.server.put('queue', 'made-by-itself', {}, { excluded: 'made by the service' })
      bench.server.put('setting', 'default', { 'values.x': 'y' })
    })

    afterEach(() => rm(out, { recursive: true, force: true }))

    it('prints the first kind, or the one asked for, in JSON or YAML', async () => {
      const [first, text, yaml] = [bench.host(), bench.host(), bench.host()]
      assert.equal(await bench.run(first, 'export', 'fake', '--output', 'json'), 0)
      assert.deepEqual(documentOf(first), { a: { size: 1, mode: 'durable', labels: {} } })
      assert.equal(await bench.run(text, 'export', 'fake'), 0)
      assert.equal(text.out, first.out)
      assert.equal(await bench.run(yaml, 'export', 'fake', '--kind', 'setting', '--output', 'yaml'), 0)
      assert.deepEqual(parse(yaml.out), { values: { x: 'y' } })
    })

    it('writes all kinds into a directory, names each file, and overwrites none', async () => {
      const host = bench.host()
      assert.equal(await bench.run(host, 'export', 'fake', '--out', join(out, 'new')), 0)
      assert.deepEqual(await readdir(join(out, 'new')), ['queues.json', 'settings.json'])
      assert.equal(host.err, `${join(out, 'new/queues.json')}\n${join(out, 'new/settings.json')}\n`)
      const before = await readFile(join(out, 'new/queues.json'), 'utf8')
      bench.server.put('queue', 'b', {})
      const again = bench.host()
      assert.equal(await bench.run(again, 'export', 'fake', '--out', join(out, 'new'), '--output', 'json'), 2)
      assert.equal(documentOf(again).error.code, 'FLAG_INVALID')
      assert.equal(await readFile(join(out, 'new/queues.json'), 'utf8'), before)
    })

    it('leaves out what the service does not show by name', async () => {
      bench.server.refuse('a', 'not permitted')
      const host = bench.host()
      assert.equal(await bench.run(host, 'export', 'fake'), 0)
      assert.deepEqual(documentOf(host), {})
    })

    it('refuses a kind there is not', async () => {
      const host = bench.host()
      assert.equal(await bench.run(host, 'export', 'fake', '--kind', 'crate'), 2)
      assert.match(host.err, /--kind: expected one of queue, setting, found "crate"/)
    })
  })
})
