/**
 * What flows.yaml may declare, and what is said of what it may not.
 */
import assert from 'node:assert/strict'
import { fileSchema } from '../../../../src/cli/schema.ts'
import type { AnyKind } from '../../../../src/contract.ts'
import { parseDesired } from '../../../../src/parse/desired.ts'
import { flowSchema } from '../../../../reconcilers/nifi/flow/schema.ts'

const kind: AnyKind = { kind: 'flow', file: 'flows', schema: flowSchema, compare: () => [] }

function read(yaml: string) {
  const files = new Map([['flows.yaml', Buffer.from(yaml)]])
  const [flows] = parseDesired({ digest: '', files }, { name: 'nifi', kinds: [kind] }).desired?.kinds ?? []
  assert.ok(flows !== undefined)
  return flows
}

/** `path: message` of everything that is wrong. */
function problems(yaml: string): readonly string[] {
  return read(yaml).invalid.flatMap((item) => item.problems.map(({ path, message }) => `${path}: ${message}`))
}

function assertRefused(yaml: string, ...expected: readonly RegExp[]): void {
  const found = problems(yaml)
  assert.equal(found.length, expected.length, found.join('\n'))
  for (const [index, pattern] of expected.entries()) assert.match(found[index] ?? '', pattern)
}

function spec(yaml: string): unknown {
  const { items, invalid } = read(yaml)
  assert.deepEqual(
    invalid.flatMap((item) => item.problems),
    []
  )
  return items[0]?.spec
}

const defaults = { state: 'RUNNING', onRemovedQueues: 'fail', drainTimeout: 60_000, adopt: false }

describe('a declared flow', () => {
  it('is a definition in a file, or as it stands', () => {
    assert.deepEqual(
      spec('a: {definition: a.flow.json, state: STOPPED, drainTimeout: 2m, comments: hello, parameterContext: p}'),
      {
        ...defaults,
        definition: 'a.flow.json',
        state: 'STOPPED',
        drainTimeout: 120_000,
        comments: 'hello',
        parameterContext: 'p'
      }
    )
    assert.deepEqual(spec('a: {definition: {flowContents: {big: 9223372036854775807, list: [1, null]}}}'), {
      ...defaults,
      definition: { flowContents: { big: JSON.rawJSON('9223372036854775807'), list: [1, null] } }
    })
  })

  it('or is written by hand, with values as people write them', () => {
    const yaml = `
a:
  processors:
    gen: {type: G, properties: {text: x, number: 1e8, fraction: 0.1, long: 9223372036854775807, yes: true, none: null}, terminate: [b, a, b]}
    log: {type: L}
    gone: null
  labels: {note: hello}
  connections: ["gen:z, y -> log", {from: gen, relationships: x, to: log}]
  groups: {inner: {processors: {log: {type: L}}}}
`
    const item = { from: 'gen', to: 'log' }
    assert.deepEqual(JSON.parse(JSON.stringify(spec(yaml))), {
      ...defaults,
      processors: {
        gen: {
          type: 'G',
          properties: {
            text: 'x',
            number: '100000000',
            fraction: '0.1',
            long: '9223372036854775807',
            yes: 'true',
            none: null
          },
          terminate: ['a', 'b']
        },
        log: { type: 'L' }
      },
      labels: { note: { text: 'hello' } },
      connections: [
        { ...item, relationships: ['y', 'z'] },
        { ...item, relationships: ['x'] }
      ],
      groups: { inner: { processors: { log: { type: 'L' } } } }
    })
  })

  it('is one of both, not neither', () => {
    assertRefused('a: {}', /^a: expected "definition", or parts of a flow such as "processors", found an object/)
    assertRefused(
      'a: {definition: x.flow.json, labels: {}}',
      /^a\.labels: expected "definition" or parts of a flow, not both/
    )
    assertRefused(
      'a: {definition: [x]}',
      /^a\.definition: expected the name of a file that ends with \.flow\.json or \.flow\.json\.gz, or a flow definition, found a list/
    )
    assert.deepEqual(problems('a: {processors: {}}'), [])
  })

  it('has no unknown field at any depth, and the nearest known one is named', () => {
    assertRefused('a: {procesors: {}}', /^a\.procesors: .*did you mean "processors"\?/)
    assertRefused('a: {processors: {gen: {type: G, evry: 1 s}}}', /^a\.processors\.gen\.evry: .*did you mean "every"\?/)
    assertRefused(
      'a: {funnels: {f: {}}, connections: [{from: f, to: f, maxObject: 1}]}',
      /^a\.connections\[0\]\.maxObject: .*did you mean "maxObjects"\?/
    )
    const deep = 'a: {groups: {b: {groups: {c: {groups: {d: {groups: {e: {services: {s: {typ: X, type: X}}}}}}}}}}}'
    assertRefused(
      deep,
      /^a\.groups\.b\.groups\.c\.groups\.d\.groups\.e\.services\.s\.typ: expected one of type, name, comments, properties, found "typ"; did you mean "type"\?/
    )
    assertRefused('a: {processors: {}, state: running}', /^a\.state: .*did you mean "RUNNING"\?/)
  })

  it('has times and sizes with units', () => {
    assertRefused(
      'a: {processors: {gen: {type: G, every: 10}}}',
      /every: expected a time with its unit, such as "10 sec", found 10/
    )
    assertRefused(
      'a: {processors: {gen: {type: G, penalty: 1m30s}}}',
      /penalty: expected a time with its unit, such as "30 sec", found text "1m30s"/
    )
    assertRefused(
      'a: {funnels: {f: {}}, connections: [{from: f, to: f, maxSize: 1 Gig}]}',
      /maxSize: expected a size with its unit, such as "100 MB"/
    )
    assertRefused(
      'a: {processors: {}, drainTimeout: 60}',
      /drainTimeout: expected a duration with its unit, such as "60s", found 60/
    )
    for (const time of ['0 sec', '10s', '1.5 Hours', '#{period}', '2 wks'])
      assert.deepEqual(problems(`a: {processors: {gen: {type: G, every: "${time}"}}}`), [], time)
  })

  it('runs every so often or by cron', () => {
    assertRefused(
      'a: {processors: {gen: {type: G, every: 1 s, cron: 0 0 * * * ?}}}',
      /^a\.processors\.gen\.cron: expected "every" or "cron", not both/
    )
    assertRefused(
      'a: {processors: {gen: {type: G, cron: "* * * * *"}}}',
      /cron: expected six or seven cron fields, seconds first/
    )
  })

  it('spreads by an attribute only where it names one', () => {
    assertRefused(
      'a: {funnels: {f: {}}, connections: [{from: f, to: f, loadBalance: {strategy: PARTITION_BY_ATTRIBUTE}}]}',
      /loadBalance\.attribute: expected an attribute/
    )
    assertRefused(
      'a: {funnels: {f: {}}, connections: [{from: f, to: f, prioritizers: [Oldest]}]}',
      /prioritizers\[0\]: expected .*PriorityAttributePrioritizer or the full name of a class, found text "Oldest"/
    )
  })

  it('has keys that do not look like ends of connections', () => {
    for (const key of ['a.b', 'a:b', 'a/b', 'a>b', 'a, b', ' a', '']) {
      assertRefused(
        `a: {processors: {"${key}": {type: G}}}`,
        /expected a key that is made of letters, digits, "_", "-" and single spaces/
      )
    }
    assertRefused(
      'a: {processors: {x: {type: G}}, services: {x: {type: S}}}',
      /^a\.services\.x: expected another key than "x", which "processors" has already/
    )
  })

  it('can be described to an editor without references', () => {
    assert.doesNotMatch(JSON.stringify(fileSchema(kind, 'flows')), /\$ref/)
  })
})

describe('a declared connection', () => {
  const parts =
    'processors: {gen: {type: G}, log: {type: L, terminate: done}}, inputPorts: {in: {}}, outputPorts: {out: {}}, funnels: {f: {}}, services: {s: {type: S}}'
  const inner =
    'groups: {inner: {inputPorts: {in: {}}, outputPorts: {out: {}}, processors: {p: {type: P}}, groups: {deep: {inputPorts: {in: {}}}}}}'
  const flow = (...connections: readonly string[]) =>
    `a: {${parts}, ${inner}, connections: ${JSON.stringify(connections)}}`

  it('begins and ends at what is there', () => {
    assert.deepEqual(
      problems(
        flow(
          'gen:x -> log',
          'in -> f',
          'f -> out',
          'inner.out -> inner.in',
          'gen:x -> inner.in',
          'f -> f',
          'gen:x -> gen'
        )
      ),
      []
    )
    assertRefused(
      flow('gen:x -> lgo'),
      /^a\.connections\[0\]: expected the destination to be one of gen, log, out, f, inner\.in, not "lgo" \(did you mean "log"\?\), found text "gen:x -> lgo"/
    )
    assertRefused(
      flow('gne:x -> log'),
      /expected the source to be one of gen, log, in, f, inner\.out, not "gne" \(did you mean "gen"\?\)/
    )
    assertRefused(
      'a: {processors: {gen: {type: G}}, connections: ["constructor -> gen"]}',
      /the source to be one of gen, not "constructor"/
    )
  })

  it('is told why something that is there is no end of it', () => {
    assertRefused(flow('out -> log'), /not "out", which is an output port/)
    assertRefused(flow('gen:x -> in'), /not "in", which is an input port/)
    assertRefused(
      'a: {processors: {gen: {type: G}}, groups: {inner: {outputPorts: {out: {}}}}, connections: ["out -> gen"]}',
      /which is a port of the group "inner"; write "inner\.out"/
    )
    assertRefused(flow('inner.in -> log'), /not "inner\.in", which is an input port of "inner"/)
    assertRefused(flow('gen:x -> inner'), /not "inner", which is a group; name one of its ports, such as "inner\.in"/)
    assertRefused(flow('gen:x -> s'), /not "s", which is a service/)
    assertRefused(flow('gen:x -> inner.p'), /not "inner\.p"; what is in a group is connected through a port of "inner"/)
    assertRefused(flow('gen:x -> inner.deep.in'), /in this group or a group right inside it, not "inner\.deep\.in"/)
  })

  it('has relationships exactly where its source is a processor', () => {
    assertRefused(flow('gen -> log'), /expected a relationship of the processor "gen", such as "gen:success -> log"/)
    assertRefused(flow('in:success -> log'), /expected no relationship, as "in" is a port: "in -> log"/)
    assertRefused(flow('f:success -> log'), /expected no relationship, as "f" is a funnel/)
  })

  it('does not end what is terminated', () => {
    assertRefused(
      flow('log:done -> f'),
      /expected the relationship "done" of "log" to be terminated or connected, not both/
    )
  })

  it('stands there once', () => {
    assertRefused(
      flow('gen:x,y -> log', 'gen:y,x -> log'),
      /^a\.connections\[1\]: expected every connection once, not "gen:x,y -> log" twice/
    )
    assertRefused(
      'a: {connections: [gen]}',
      /^a\.connections\[0\]: expected a connection such as "gen:success -> log" or an object, found text "gen"/
    )
  })

  it('is looked at in groups inside as well', () => {
    assertRefused(
      'a: {groups: {b: {processors: {x: {type: X}}, connections: ["y:s -> x"]}}}',
      /^a\.groups\.b\.connections\[0\]: expected the source to be one of x, not "y"/
    )
  })
})
