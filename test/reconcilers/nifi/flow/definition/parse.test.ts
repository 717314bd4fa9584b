import assert from 'node:assert/strict'
import { gzipSync } from 'node:zlib'
import type { Json } from '../../../../../src/records.ts'
import { ReconcileError } from '../../../../../src/errors.ts'
import { contentOf, parseDefinition } from '../../../../../reconcilers/nifi/flow/definition/parse.ts'
import { connection, fileContent, heartbeat, processor } from './sample.ts'

const bytes = (value: unknown): Uint8Array =>
  Buffer.from(typeof value === 'string' ? value : JSON.stringify(value, null, 1))

/** `line:column path CODE message` of every problem. */
function refusals(file: Uint8Array, name = 'a.flow.json'): readonly string[] {
  try {
    parseDefinition(file, name)
  } catch (error) {
    assert.ok(error instanceof ReconcileError && error.code === 'CONFIG_INVALID', String(error))
    assert.ok(error.message.startsWith(`${name}: `), error.message)
    assert.ok(error.problems.every((problem) => problem.file === name))
    return error.problems.map(({ line, column, path, code, message }) => `${line}:${column} ${path} ${code} ${message}`)
  }
  return []
}

describe('reading a flow definition', () => {
  it('takes it plain and packed, whatever it is called', () => {
    const expected = fileContent(heartbeat)
    assert.deepEqual(parseDefinition(bytes({ flowContents: heartbeat }), 'a.flow.json'), expected)
    assert.deepEqual(parseDefinition(gzipSync(bytes({ flowContents: heartbeat })), 'a.flow.json.gz'), expected)
    assert.deepEqual(parseDefinition(gzipSync(bytes({ flowContents: heartbeat })), 'a.flow.json'), expected)
    assert.deepEqual(contentOf({ flowContents: heartbeat }, 'definition'), expected)
  })

  it('keeps the contexts and services it brings along, and nothing of the rest', () => {
    const brought = {
      parameterContexts: { one: { name: 'one', parameters: [] } },
      externalControllerServices: { s: { identifier: 's', name: 'cache' } }
    }
    const file = {
      ...brought,
      flowContents: heartbeat,
      flowEncodingVersion: '1.0',
      latest: false,
      snapshotMetadata: {}
    }
    assert.deepEqual(parseDefinition(bytes(file), 'a.flow.json'), fileContent(heartbeat, brought))
    assert.deepEqual(
      parseDefinition(bytes({ flowContents: heartbeat, parameterContexts: null }), 'a.flow.json'),
      fileContent(heartbeat)
    )
  })

  it('takes null for absent, but for properties, which are not set then', () => {
    const file = {
      flowContents: {
        name: 'a',
        processors: [{ ...processor('gen'), comments: null, properties: { a: null } }],
        labels: null,
        processGroups: null
      }
    }
    assert.deepEqual(parseDefinition(bytes(file), 'a.flow.json').group, {
      name: 'a',
      processors: [processor('gen', { properties: { a: null } })]
    })
  })

  it('names connections without identifier by their ends, so that they stay the same from one cycle to the next', () => {
    const { identifier: _identifier, ...wire } = connection('', 'gen', 'log')
    const { group } = contentOf(
      { flowContents: { connections: [wire, wire, { ...wire, selectedRelationships: ['b', 'a'] }] } },
      'definition'
    )
    assert.deepEqual(
      group.connections?.map(({ identifier }) => identifier),
      ['gen:success -> log', 'gen:success -> log 2', 'gen:a,b -> log']
    )
  })

  it('keeps names like those of members of objects', () => {
    const file =
      '{"flowContents": {"processors": [{"identifier": "a", "properties": {"__proto__": "x", "constructor": "y"}}]}}'
    const [component] = parseDefinition(bytes(file), 'a.flow.json').group.processors ?? []
    assert.deepEqual(Object.entries(component?.['properties'] ?? {}), [
      ['__proto__', 'x'],
      ['constructor', 'y']
    ])
  })
})

describe('a file that is no flow definition', () => {
  it('is refused with the line and what was expected there', () => {
    assert.deepEqual(
      refusals(bytes('{\n "flowContents": {\n')).map((line) => line.split(' ')[2]),
      ['SYNTAX']
    )
    assert.deepEqual(refusals(bytes({ processors: [] })), [
      '1:1 flowContents DEFINITION expected the process group of a flow definition, as "Download flow definition" of NiFi writes it, found nothing'
    ])
  })

  it('is refused with the path of everything that is not as it must be, and no value', () => {
    const canary = 'canary-77ab'
    const file = {
      flowContents: {
        processors: [{ name: canary, properties: { Password: 12345 } }, canary],
        connections: {},
        processGroups: [{ identifier: 'g', funnels: [{ identifier: 7 }] }]
      }
    }
    const found = refusals(bytes(file))
    assert.deepEqual(
      found.map((line) => line.slice(line.indexOf(' ') + 1)),
      [
        'flowContents.processors.0.identifier DEFINITION expected text that is its own in the whole definition, found nothing',
        'flowContents.processors.0.properties.Password DEFINITION expected text or null, found a number',
        'flowContents.processors.1 DEFINITION expected an object, found text',
        'flowContents.connections DEFINITION expected a list, found an object',
        'flowContents.processGroups.0.funnels.0.identifier DEFINITION expected text, found a number'
      ]
    )
    assert.deepEqual(
      found.map((line) => line.split(':')[0]),
      ['4', '7', '10', '12', '18']
    )
    assert.equal(
      found.some((line) => line.includes(canary) || line.includes('12345')),
      false
    )
  })

  it('is refused where it stands in another file, with the words of that one', () => {
    const definition: Json = { flowContents: { processors: [{ name: 'a' }, { name: 'b' }] } }
    assert.throws(() => contentOf(definition, 'definition'), {
      code: 'CONFIG_INVALID',
      message:
        'definition.flowContents.processors.0.identifier: expected text that is its own in the whole definition, found nothing (and 1 more)'
    })
    assert.throws(() => contentOf('a', 'definition'), { message: 'definition: expected a flow definition, found text' })
  })

  it('is refused when it is larger than a ConfigMap, and told how to make it smaller', () => {
    const [found] = refusals(Buffer.alloc(1024 * 1024 + 1, ' '))
    assert.equal(
      found,
      '1:1  SIZE expected at most 1 MiB, which is what a ConfigMap holds, found 1025 KiB; mount it as .flow.json.gz'
    )
  })

  it('is refused when it is packed and broken, or unpacks to more than anything sensible', () => {
    const packed = gzipSync(bytes({ flowContents: heartbeat }))
    assert.match(
      refusals(packed.subarray(0, packed.length - 9), 'a.flow.json.gz').join(),
      /GZIP expected a whole gzip archive/
    )
    assert.match(
      refusals(gzipSync(Buffer.alloc(64 * 1024 * 1024 + 1, ' ')), 'a.flow.json.gz').join(),
      /GZIP expected at most 64 MiB unpacked/
    )
  })
})
