/**
 * A flow written by hand without `comments` erased what people had written into the comments of its group.
 */
import assert from 'node:assert/strict'
import { compareFlow } from '../../reconcilers/nifi/flow/compare.ts'
import { completeFlow } from '../../reconcilers/nifi/flow/complete.ts'
import { flowSchema } from '../../reconcilers/nifi/flow/schema.ts'
import { state } from '../reconcilers/nifi/flow/flows.ts'
import { declaredComments } from '../../reconcilers/nifi/flow/declared.ts'

describe('comments of a person', () => {
  const spec = (more: object) =>
    completeFlow(
      flowSchema.parse({ processors: { gen: { type: 'GenerateFlowFile', terminate: ['success'] } }, ...more }),
      new Map()
    )
  const paths = (more: object) => compareFlow(spec(more), state({ comments: 'call Ann first' })).map(({ path }) => path)

  it('stay where a flow declares none', () => {
    assert.equal(declaredComments(spec({})), undefined)
    assert.ok(!paths({}).includes('comments'))
  })

  it('are replaced by those that are declared, also by none', () => {
    assert.ok(paths({ comments: 'Proof of life' }).includes('comments'))
    assert.ok(paths({ comments: '' }).includes('comments'))
  })
})
