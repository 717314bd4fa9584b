/**
 * A plugin that brings a copy of this package, and of zod, of its own: its errors were no errors of ours
 * (VARIABLE_INVALID became INTERNAL, a fault of the reconciler), and its secrets were not hidden by the command line's
 * copy.
 */
import assert from 'node:assert/strict'
import { cp, mkdir, mkdtemp, readdir, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { loadPlugin } from '../../src/cli/load-plugin.ts'
import { fileSchema } from '../../src/cli/schema.ts'
import type { Plugin } from '../../src/contract.ts'
import type * as ErrorsModule from '../../src/errors.ts'
import { ReconcileError, toReconcileError } from '../../src/errors.ts'
import { parseDesired } from '../../src/parse/desired.ts'
import type * as SecretsModule from '../../src/secrets/mask.ts'
import { mask, registerSecret } from '../../src/secrets/mask.ts'
import { Environment } from '../../src/connect/environment.ts'
import { ServiceReconciler } from '../../src/reconciler/service-reconciler.ts'
import { configOf } from '../parse/box-kind.ts'
import { reading } from '../reading.ts'

const root = join(import.meta.dirname, '../..')

describe('a plugin with a copy of this package and of zod of its own', () => {
  let copy: string
  let plugin: Plugin
  let errors: typeof ErrorsModule
  let secrets: typeof SecretsModule

  before(async () => {
    copy = await mkdtemp(join(tmpdir(), 'copy-'))
    await cp(join(root, 'src'), join(copy, 'src'), { recursive: true })
    await cp(join(root, 'examples/directory'), join(copy, 'examples/directory'), { recursive: true })
    await writeFile(join(copy, 'package.json'), '{"type": "module"}')
    await mkdir(join(copy, 'node_modules'))
    for (const name of await readdir(join(root, 'node_modules'))) {
      if (name !== 'zod') await symlink(join(root, 'node_modules', name), join(copy, 'node_modules', name))
    }
    await cp(join(root, 'node_modules/zod'), join(copy, 'node_modules/zod'), { recursive: true })
    plugin = await loadPlugin('directory', join(copy, 'examples/directory/index.ts'), copy)
    errors = await import(pathToFileURL(join(copy, 'src/errors.ts')).href)
    secrets = await import(pathToFileURL(join(copy, 'src/secrets/mask.ts')).href)
  })

  after(() => rm(copy, { recursive: true }))

  it('throws errors that are recognised, with code, problems and when to try again', () => {
    assert.notEqual(errors.ReconcileError, ReconcileError)
    const problem = { severity: 'error', file: 'x', line: 1, column: 1, path: '', code: 'X', message: 'm' } as const
    const foreign = new errors.ReconcileError('UNAVAILABLE', 'later', { problems: [problem], retryAfterMs: 5 })
    assert.ok(foreign instanceof ReconcileError)
    const own = toReconcileError(foreign)
    assert.equal(own.constructor, ReconcileError)
    assert.deepEqual(
      [own.code, own.message, own.problems, own.retryAfterMs, own.retryable],
      ['UNAVAILABLE', 'later', [problem], 5, true]
    )
    assert.ok(new ReconcileError('REJECTED', 'no') instanceof errors.ReconcileError)
  })

  it('that is newer may have codes this copy does not know', () => {
    const newer = Object.assign(new errors.ReconcileError('REJECTED', 'no'), {
      code: 'FROM_THE_FUTURE',
      problems: undefined
    })
    const own = toReconcileError(newer)
    assert.deepEqual([own.code, own.message, own.problems, own.cause], ['INTERNAL', 'no', [], newer])
  })

  it('and nothing else is taken for one of ours', () => {
    const brand = Object.getOwnPropertySymbols(new ReconcileError('REJECTED', 'no')).find((symbol) =>
      symbol.description?.includes('ReconcileError')
    )
    assert.ok(brand)
    class Narrow extends ReconcileError {}
    for (const other of [
      null,
      'text',
      {},
      new Error('x'),
      { [brand]: true, code: 'REJECTED', message: 'no' },
      Object.assign(new Error('x'), { [brand]: true }),
      Object.assign(new Error('x'), { [brand]: 1, code: 'REJECTED' })
    ]) {
      assert.equal(other instanceof ReconcileError, false)
    }
    assert.deepEqual(
      [new ReconcileError('REJECTED', 'no') instanceof Narrow, new Narrow('REJECTED', 'no') instanceof Narrow],
      [false, true]
    )
  })

  it('refuses a variable by its name', () => {
    assert.throws(() => plugin.open(new Environment({ DIRECTORY_PATH: 'www' })), {
      code: 'VARIABLE_INVALID',
      message: /^DIRECTORY_PATH: expected an absolute path, found "www"/
    })
  })

  it('cannot look, and says why in its own code', async () => {
    const service = plugin.open(new Environment({ DIRECTORY_PATH: join(copy, 'gone') }))
    const report = await new ServiceReconciler(service, {
      source: reading(async () => configOf({ 'files.json': '{"a": {"content": "x"}}' }, 'd'))
    }).reconcile()
    assert.deepEqual([report.status, report.error?.code], ['blind', 'UNREACHABLE'])
  })

  it('registers secrets that no copy prints', () => {
    secrets.registerSecret('canary-of-the-copy')
    assert.equal(mask('so canary-of-the-copy it is'), 'so ****** it is')
    registerSecret('canary-of-ours')
    assert.equal(secrets.mask('so canary-of-ours it is'), 'so ****** it is')
    assert.equal(new errors.ReconcileError('REJECTED', 'canary-of-ours').message, '******')
  })

  it('has its files checked in the same words, and the same schema for editors', async () => {
    const ours = await loadPlugin('directory', join(root, 'examples/directory/index.ts'), root)
    assert.notEqual(plugin.kinds[0]?.schema.constructor, ours.kinds[0]?.schema.constructor)
    const wrong = configOf(
      {
        'files.json':
          '{"a": {"contnet": 1}, "b": {"content": 1}, "c": {"content": "", "mode": "rwx"}, "d": 5, "e": {"content": null, "mode": 644}}'
      },
      'd'
    )
    const problemsOf = ({ name, kinds }: Plugin): unknown =>
      parseDesired(wrong, { name, kinds }).desired?.kinds.map(({ invalid }) => invalid)
    assert.deepEqual(problemsOf(plugin), problemsOf(ours))
    assert.match(JSON.stringify(problemsOf(plugin)), /did you mean \\"content\\"/)
    const [theirs, own] = [plugin, ours].map(({ kinds }) => kinds.map((kind) => fileSchema(kind, 'title')))
    assert.deepEqual(theirs, own)
    assert.match(JSON.stringify(theirs), /the whole text of the file/)
  })
})
