import assert from 'node:assert/strict'
import { whyReused } from '../../../../../reconcilers/nifi/flow/by-hand/reused.ts'
import type { Component, Group } from '../../../../../reconcilers/nifi/flow/definition/model.ts'
import { compareFlow } from '../../../../../reconcilers/nifi/flow/compare.ts'
import { content, heartbeat, live, marker, processor, spec, state } from '../flows.ts'

type Inner = Group & { readonly identifier: string }

const inside = (identifier: string, more: Group): Inner => ({ identifier, name: identifier, ...more })
const port: Component = { identifier: 'in', name: 'in', type: 'INPUT_PORT' }
const funnel: Component = { identifier: 'in' }

function why(declared: Group, present: Group, form: 'file' | 'inline' = 'file'): string | undefined {
  return whyReused({ form, group: declared, parameterContexts: {}, externalControllerServices: {} }, present)
}

describe('an identifier that a definition uses again', () => {
  it('for a component of another kind holds the flow, in the same group and in another', () => {
    assert.match(
      why({ funnels: [funnel] }, { inputPorts: [port] }) ?? '',
      /^funnels\.in has the identifier of inputPorts\.in: /
    )
    assert.match(
      why(
        { processGroups: [inside('g', { funnels: [funnel] })] },
        { inputPorts: [port], processGroups: [inside('g', {})] }
      ) ?? '',
      /^processGroups\.g\.funnels\.in has the identifier of inputPorts\.in: /
    )
    assert.match(
      why({ funnels: [funnel] }, { inputPorts: [port] }, 'inline') ?? '',
      /^funnels\.in has the key of inputPorts\.in: /
    )
  })

  it('for what moves to a group around its own holds the flow, but for processors, services and connections', () => {
    const within = (group: Group): Group => ({ processGroups: [inside('a', { processGroups: [inside('b', group)] })] })
    const empty = within({})
    for (const list of ['inputPorts', 'outputPorts', 'funnels', 'labels', 'remoteProcessGroups'] as const) {
      assert.ok(why({ ...empty, [list]: [port] }, within({ [list]: [port] })) !== undefined, list)
      assert.equal(why(within({ [list]: [port] }), { ...empty, [list]: [port] }), undefined, `${list} inwards`)
    }
    for (const list of ['processors', 'controllerServices', 'connections'] as const)
      assert.equal(why({ ...empty, [list]: [port] }, within({ [list]: [port] })), undefined, list)
    assert.ok(
      why(
        { processGroups: [inside('a', { processGroups: [] }), inside('b', {})] },
        { processGroups: [inside('a', { processGroups: [inside('b', {})] })] }
      ) !== undefined
    )
  })

  it('for what stays, or is there beside, holds nothing', () => {
    assert.equal(why({ inputPorts: [port], funnels: [{ identifier: 'f' }] }, { inputPorts: [port] }), undefined)
    const copies: Group = { processGroups: [inside('a', { funnels: [funnel] }), inside('b', { inputPorts: [port] })] }
    assert.equal(why(copies, { processGroups: [inside('a', { funnels: [funnel] }), inside('b', {})] }), undefined)
  })

  it('is never written in part: all of the flow waits, whatever the policy says', () => {
    const before: Group = { ...heartbeat, inputPorts: [port] }
    const after: Group = {
      ...heartbeat,
      processors: [processor('gen', { 'File Size': '9KB' }), processor('log')],
      funnels: [funnel]
    }
    const fields = compareFlow(
      spec({ content: content(after), state: 'STOPPED' }),
      state({ definition: live(before), marker: marker(before, live(before)) })
    )
    assert.ok(fields.length > 3)
    assert.ok(
      fields.every(({ risk, why: reason }) => risk === 'unsupported' && /has the identifier of/.test(reason ?? ''))
    )
  })
})
