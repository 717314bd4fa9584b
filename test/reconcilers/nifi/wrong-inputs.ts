/**
 * What people write by mistake in files for NiFi, and what they are told before any NiFi is asked.
 * @module
 */
import { gzipSync } from 'node:zlib'

export type Files = Readonly<Record<string, string | Uint8Array>>

/** One mistake, in an item "bad" beside the flow "beat", which is as it should be. */
export interface WrongInput {
  readonly name: string
  readonly files: Files
  /** `severity file:line:column path CODE message` of every problem, in their order. */
  readonly expect: readonly string[]
}

const beat =
  'beat: {processors: {gen: {type: GenerateFlowFile}, log: {type: LogAttribute, terminate: success}}, connections: [gen:success -> log]}\n'

const wrong = (name: string, files: Files, ...expect: readonly string[]): WrongInput => ({ name, files, expect })
const flows = (text: string): Files => ({ 'flows.yaml': `${beat}${text}\n` })
/** A flow `bad` of one line. */
const bad = (spec: string): Files => flows(`bad: ${spec}`)
/** Beside a processor and a place to go to. */
const wired = (...connections: readonly string[]): Files =>
  bad(
    `{processors: {gen: {type: GenerateFlowFile}, log: {type: LogAttribute, terminate: success}}, connections: [${connections.join(', ')}]}`
  )
const processor = (fields: string): Files => bad(`{processors: {gen: {type: GenerateFlowFile, ${fields}}}}`)
const contexts = (text: string): Files => ({ 'parameter-contexts.yaml': `${text}\n` })
const file = (content: string | Uint8Array, name = 'a.flow.json'): Files => ({
  ...bad(`{definition: ${name}}`),
  [name]: content
})

type Fields = Readonly<Record<string, unknown>>

const gen = {
  identifier: 'g',
  name: 'Generate',
  type: 'GenerateFlowFile',
  position: { x: 0, y: 0 },
  properties: {},
  propertyDescriptors: {},
  style: {},
  schedulingPeriod: '1 min',
  schedulingStrategy: 'TIMER_DRIVEN',
  executionNode: 'ALL',
  penaltyDuration: '30 sec',
  yieldDuration: '1 sec',
  bulletinLevel: 'WARN',
  runDurationMillis: 0,
  concurrentlySchedulableTaskCount: 1,
  autoTerminatedRelationships: []
}
const wire = {
  identifier: 'w',
  source: { id: 'g', type: 'PROCESSOR' },
  destination: { id: 'g', type: 'PROCESSOR' },
  selectedRelationships: ['success'],
  labelIndex: 0,
  zIndex: 0,
  flowFileExpiration: '0 sec',
  backPressureObjectThreshold: 10_000,
  backPressureDataSizeThreshold: '1 GB'
}
const contents = (first: Fields, connection: Fields = {}): Fields => ({
  flowContents: { name: 'a', processors: [{ ...gen, ...first }], connections: [{ ...wire, ...connection }] }
})
/** A definition of one processor that feeds itself. */
const drawn = (first: Fields, connection: Fields = {}): Files =>
  file(JSON.stringify(contents(first, connection), null, 1))
const secret = { propertyDescriptors: { Password: { name: 'Password', sensitive: true } } }
const packed = gzipSync(JSON.stringify(contents({})))

export const wrongInputs: readonly WrongInput[] = [
  // flows.yaml
  wrong(
    'a mistyped part of a flow',
    bad('{processers: {gen: {type: G}}}'),
    'error flows.yaml:2:7 bad.processers UNKNOWN_FIELD expected one of definition, comments, parameterContext, processors, services, inputPorts, outputPorts, funnels, labels, connections, groups, state, onRemovedQueues, drainTimeout, adopt, reconcile, found "processers"; did you mean "processors"?'
  ),
  wrong(
    'a mistyped field of a processor',
    processor('evry: 10 sec'),
    'error flows.yaml:2:50 bad.processors.gen.evry UNKNOWN_FIELD expected one of type, name, comments, properties, every, cron, tasks, penalty, yield, bulletin, runOn, terminate, retry, disabled, found "evry"; did you mean "every"?'
  ),
  wrong(
    'a number in words',
    processor('tasks: two'),
    'error flows.yaml:2:57 bad.processors.gen.tasks TYPE expected an integer, found text "two"'
  ),
  wrong(
    'no type',
    bad('{processors: {gen: {every: 10 sec}}}'),
    'error flows.yaml:2:25 bad.processors.gen.type MISSING_FIELD expected the name of a class, such as "GenerateFlowFile", found nothing'
  ),
  wrong(
    'a type that is none',
    bad('{processors: {gen: {type: Generate FlowFile}}}'),
    'error flows.yaml:2:32 bad.processors.gen.type VALUE expected the name of a class, such as "GenerateFlowFile", found text "Generate FlowFile"'
  ),
  wrong(
    'a time in an unknown unit',
    processor('every: 10 secods'),
    'error flows.yaml:2:57 bad.processors.gen.every VALUE expected a time with its unit, such as "10 sec", found text "10 secods"'
  ),
  wrong(
    'a time without a unit',
    processor('every: 10'),
    'error flows.yaml:2:57 bad.processors.gen.every VALUE expected a time with its unit, such as "10 sec", found 10'
  ),
  wrong(
    'cron as Unix has it',
    processor('cron: 0/5 * * * *'),
    'error flows.yaml:2:56 bad.processors.gen.cron VALUE expected six or seven cron fields, seconds first, such as "0 0 * * * ?", found text "0/5 * * * *"'
  ),
  wrong(
    'a schedule twice',
    processor('every: 1 sec, cron: 0 0 * * * ?'),
    'error flows.yaml:2:70 bad.processors.gen.cron VALUE expected "every" or "cron", not both, found text "0 0 * * * ?"'
  ),
  wrong(
    'an object as a property',
    processor('properties: {File Size: {a: 1}}'),
    'error flows.yaml:2:74 bad.processors.gen.properties.File Size VALUE expected text, a number, true, false or null, found an object'
  ),
  wrong(
    'a parameter without quotes',
    flows('bad:\n  processors:\n    gen:\n      type: G\n      properties:\n        File Size: #{size}'),
    'error flows.yaml:7:20 bad.processors.gen.properties.File Size SYNTAX expected quotes around a value with "#{" in it, found none: " #" begins a comment, and the rest of the line is left out; write "#{…}"'
  ),
  wrong(
    'a parameter without quotes at the end of a value',
    flows('bad:\n  processors:\n    gen:\n      type: G\n      properties:\n        Host: cache #{domain}'),
    'error flows.yaml:7:15 bad.processors.gen.properties.Host SYNTAX expected quotes around a value with "#{" in it, found none: " #" begins a comment, and the rest of the line is left out; write "#{…}"'
  ),
  wrong(
    'a parameter and no context',
    processor('terminate: success, properties: {File Size: "#{size}"}'),
    'warning flows.yaml:2:1 bad UNKNOWN_PARAMETER expected a parameter context, found none for #{size}; name one as "parameterContext"'
  ),
  wrong(
    'a state in lower case',
    bad('{state: running, processors: {}}'),
    'error flows.yaml:2:14 bad.state VALUE expected one of RUNNING, STOPPED, IGNORE, found text "running"; did you mean "RUNNING"?'
  ),
  wrong(
    'a policy for queues nobody knows',
    bad('{onRemovedQueues: delete, processors: {}}'),
    'error flows.yaml:2:24 bad.onRemovedQueues VALUE expected one of fail, drain, drop, found text "delete"'
  ),
  wrong(
    'a time to drain in words',
    bad('{drainTimeout: 5 minutes, processors: {}}'),
    'error flows.yaml:2:21 bad.drainTimeout VALUE expected a duration with its unit, such as "60s", found text "5 minutes"'
  ),
  wrong(
    'both forms',
    bad('{definition: a.flow.json, processors: {}}'),
    'error flows.yaml:2:44 bad.processors VALUE expected "definition" or parts of a flow, not both, found an object'
  ),
  wrong(
    'neither form',
    bad('{state: RUNNING}'),
    'error flows.yaml:2:6 bad VALUE expected "definition", or parts of a flow such as "processors", found an object'
  ),
  wrong(
    'a file name in place of a flow',
    bad('a.flow.json'),
    'error flows.yaml:2:1 bad TYPE expected an object that declares the flow, found text'
  ),
  wrong(
    'a name of spaces',
    flows('"  ": {processors: {}}'),
    'error flows.yaml:2:1    NAME expected a name, found nothing but spaces'
  ),
  wrong(
    'a name that differs in a space',
    flows('"beat ": {processors: {}}'),
    'error flows.yaml:1:1 beat NAME_COLLISION expected a name of its own, found "beat " beside "beat", which differ in nothing but spaces; rename one',
    'error flows.yaml:2:1 beat  NAME_COLLISION expected a name of its own, found "beat" beside "beat ", which differ in nothing but spaces; rename one'
  ),
  wrong(
    'the name of an unfinished flow',
    flows('"bad [infometis import]": {processors: {}}'),
    'error flows.yaml:2:1 bad [infometis import] NAME expected a name without "[infometis import]" at its end, found "bad [infometis import]"; flows are called so while they are made'
  ),
  wrong(
    'the same flow twice',
    flows('bad: {processors: {}}\nbad: {processors: {}}'),
    'error flows.yaml:3:1 bad DUPLICATE_KEY expected "bad" once, found it twice, on lines 2 and 3; keep one of them'
  ),
  wrong(
    'the same processor twice',
    flows('bad:\n  processors:\n    gen: {type: G}\n    gen: {type: H}'),
    'error flows.yaml:5:5 bad.processors.gen DUPLICATE_KEY expected "gen" once, found it twice, on lines 4 and 5; keep one of them'
  ),
  wrong(
    'the key of a processor for a funnel',
    bad('{processors: {a: {type: G}}, funnels: {a: {}}}'),
    'error flows.yaml:2:48 bad.funnels.a VALUE expected another key than "a", which "processors" has already, found an object'
  ),
  wrong(
    'a key with a dot',
    bad('{processors: {a.b: {type: G}}}'),
    'error flows.yaml:2:25 bad.processors.a.b VALUE expected a key that is made of letters, digits, "_", "-" and single spaces, found an object'
  ),
  wrong(
    'groups deeper than six',
    bad(`${'{groups: {g: '.repeat(7)}{}${'}}'.repeat(7)}`),
    'error flows.yaml:2:85 bad.groups.g.groups.g.groups.g.groups.g.groups.g.groups.g.groups UNKNOWN_FIELD expected one of name, comments, parameterContext, processors, services, inputPorts, outputPorts, funnels, labels, connections, found "groups"'
  ),
  wrong(
    'tabs',
    flows('bad:\n\tprocessors: {}'),
    'error flows.yaml:3:1  SYNTAX expected spaces as indentation, found a tab'
  ),
  wrong(
    'an open bracket',
    flows('bad: {processors: {'),
    'error flows.yaml:3:1  SYNTAX expected "}" to close the object of line 2, found the end of the file'
  ),
  wrong(
    'an indentation too deep',
    flows('bad:\n  processors:\n    gen:\n      type: G\n       every: 1 sec'),
    'error flows.yaml:5:13  SYNTAX expected "key: value" on a line of its own (check for a missing ":" and the indentation of the next line), found text'
  ),
  wrong(
    'a list of flows',
    { 'flows.yaml': '- beat\n' },
    'error flows.yaml:1:1  TYPE expected an object at the top of the file, found a list'
  ),
  wrong(
    'an empty file',
    { 'flows.yaml': '' },
    'error flows.yaml:1:1  EMPTY expected an object, found an empty file; write {} if nothing is meant'
  ),
  wrong(
    'another file name',
    { 'flow.yaml': beat },
    'error :1:1  NO_FILE expected at least one of parameter-contexts.json, parameter-contexts.yaml, flows.json, flows.yaml, cluster.json, cluster.yaml, found only flow.yaml; did you mean "flows.yaml"?',
    'warning flow.yaml:1:1  UNKNOWN_FILE expected one of parameter-contexts.json, flows.json, cluster.json, policy.json (or .yaml, or a layer), found "flow.yaml", which is ignored; did you mean "flows.yaml"?'
  ),
  wrong(
    'a layer that mistypes a processor',
    { ...flows(''), 'flows.prod.yaml': 'beat: {processors: {gem: {every: 1 min}}}\n' },
    'error flows.prod.yaml:1:26 beat.processors.gem.type MISSING_FIELD expected the name of a class, such as "GenerateFlowFile", found nothing'
  ),
  wrong(
    'a layer that mistypes a flow',
    { ...flows(''), 'flows.prod.yaml': 'beet: {state: STOPPED}\n' },
    'error flows.prod.yaml:1:7 beet VALUE expected "definition", or parts of a flow such as "processors", found an object'
  ),
  // connections
  wrong(
    'a connection to nowhere',
    wired('gen:success -> lgo'),
    'error flows.yaml:2:113 bad.connections[0] VALUE expected the destination to be one of gen, log, not "lgo" (did you mean "log"?), found text "gen:success -> lgo"'
  ),
  wrong(
    'a connection from nowhere',
    wired('gne:success -> log'),
    'error flows.yaml:2:113 bad.connections[0] VALUE expected the source to be one of gen, log, not "gne" (did you mean "gen"?), found text "gne:success -> log"'
  ),
  wrong(
    'a connection with another arrow',
    wired('"gen:success => log"'),
    'error flows.yaml:2:113 bad.connections[0] VALUE expected a connection such as "gen:success -> log" or an object, found text "gen:success => log"'
  ),
  wrong(
    'a connection without a relationship',
    wired('gen -> log'),
    'error flows.yaml:2:113 bad.connections[0] VALUE expected a relationship of the processor "gen", such as "gen:success -> log", found text "gen -> log"'
  ),
  wrong(
    'the same connection twice',
    wired('gen:success -> log', 'gen:success -> log'),
    'error flows.yaml:2:133 bad.connections[1] VALUE expected every connection once, not "gen:success -> log" twice, found text "gen:success -> log"'
  ),
  wrong(
    'connections by name',
    bad('{processors: {gen: {type: G}}, connections: {gen: gen}}'),
    'error flows.yaml:2:50 bad.connections TYPE expected a list, found an object'
  ),
  wrong(
    'a relationship that ends and goes on',
    bad('{processors: {gen: {type: G, terminate: success}}, connections: [gen:success -> gen]}'),
    'error flows.yaml:2:71 bad.connections[0] VALUE expected the relationship "success" of "gen" to be terminated or connected, not both, found text "gen:success -> gen"'
  ),
  wrong(
    'a port of a group inside without the group',
    bad('{processors: {gen: {type: G}}, groups: {store: {inputPorts: {in: {}}}}, connections: [gen:success -> in]}'),
    'error flows.yaml:2:92 bad.connections[0] VALUE expected the destination to be one of gen, store.in, not "in", which is a port of the group "store"; write "store.in", found text "gen:success -> in"'
  ),
  wrong(
    'the wrong port of a group inside',
    bad(
      '{processors: {gen: {type: G}}, groups: {store: {outputPorts: {out: {}}}}, connections: [gen:success -> store.out]}'
    ),
    'error flows.yaml:2:94 bad.connections[0] VALUE expected the destination to be one of gen, not "store.out", which is an output port of "store", found text "gen:success -> store.out"'
  ),
  wrong(
    'a processor of a group inside',
    bad(
      '{processors: {gen: {type: G}}, groups: {store: {processors: {log: {type: L}}}}, connections: [gen:success -> store.log]}'
    ),
    'error flows.yaml:2:100 bad.connections[0] VALUE expected the destination to be one of gen, not "store.log"; what is in a group is connected through a port of "store", found text "gen:success -> store.log"'
  ),
  wrong(
    'a connection to a group',
    bad('{processors: {gen: {type: G}}, groups: {store: {inputPorts: {in: {}}}}, connections: [gen:success -> store]}'),
    'error flows.yaml:2:92 bad.connections[0] VALUE expected the destination to be one of gen, store.in, not "store", which is a group; name one of its ports, such as "store.in", found text "gen:success -> store"'
  ),
  wrong(
    'a connection to a service',
    bad('{processors: {gen: {type: G}}, services: {cache: {type: C}}, connections: [gen:success -> cache]}'),
    'error flows.yaml:2:81 bad.connections[0] VALUE expected the destination to be one of gen, not "cache", which is a service; name it as a property instead, found text "gen:success -> cache"'
  ),
  wrong(
    'a limit in words',
    wired('{from: gen, relationships: success, to: log, maxObjects: many}'),
    'error flows.yaml:2:170 bad.connections[0].maxObjects TYPE expected an integer, found text "many"'
  ),
  wrong(
    'a size in an unknown unit',
    wired('{from: gen, relationships: success, to: log, maxSize: 2 gigs}'),
    'error flows.yaml:2:167 bad.connections[0].maxSize VALUE expected a size with its unit, such as "100 MB", found text "2 gigs"'
  ),
  wrong(
    'an unknown way to spread load',
    wired('{from: gen, relationships: success, to: log, loadBalance: {strategy: ROUND}}'),
    'error flows.yaml:2:182 bad.connections[0].loadBalance.strategy VALUE expected one of ROUND_ROBIN, SINGLE_NODE, PARTITION_BY_ATTRIBUTE, DO_NOT_LOAD_BALANCE, found text "ROUND"'
  ),
  // definitions
  wrong(
    'a definition that is not in the ConfigMap',
    bad('{definition: a.flow.json}'),
    'error flows.yaml:2:1 bad CONFIG_INVALID definition: expected a file of the mount, found "a.flow.json", which is not there (there is no *.flow.json at all); add it to the ConfigMap or correct the name'
  ),
  wrong(
    'a mistyped definition',
    { ...file(JSON.stringify(contents({}))), ...bad('{definition: b.flow.json}') },
    'error flows.yaml:2:1 bad CONFIG_INVALID definition: expected a file of the mount, found "b.flow.json", which is not there (there is a.flow.json); did you mean "a.flow.json"?'
  ),
  wrong(
    'a definition of another ending',
    file('{}', 'a.json'),
    'error flows.yaml:2:19 bad.definition VALUE expected the name of a file that ends with .flow.json or .flow.json.gz, or a flow definition, found text "a.json"',
    'warning a.json:1:1  UNKNOWN_FILE expected one of parameter-contexts.json, flows.json, cluster.json, policy.json (or .yaml, or a layer), found "a.json", which is ignored'
  ),
  wrong(
    'a definition that is cut off',
    file(JSON.stringify(contents({}), null, 1).slice(0, 60)),
    'error a.flow.json:6:2  SYNTAX expected "}" to close the object of line 5, found the end of the file'
  ),
  wrong(
    'an archive that is cut off',
    file(packed.subarray(0, packed.length / 2), 'a.flow.json.gz'),
    'error a.flow.json.gz:1:1  GZIP expected a whole gzip archive, found one that is broken or cut off'
  ),
  wrong(
    'an archive that unpacks to too much',
    file(gzipSync(Buffer.alloc(65 * 1024 * 1024, ' ')), 'a.flow.json.gz'),
    'error a.flow.json.gz:1:1  GZIP expected at most 64 MiB unpacked, found more'
  ),
  wrong(
    'a definition of more than 1 MiB',
    file(' '.repeat(1024 * 1024 + 1)),
    'error a.flow.json:1:1  SIZE expected at most 1 MiB, which is what a ConfigMap holds, found 1025 KiB; mount it as .flow.json.gz'
  ),
  wrong(
    'an empty definition',
    file(''),
    'error a.flow.json:1:1  EMPTY expected an object, found an empty file; write {} if nothing is meant'
  ),
  wrong(
    'a definition in UTF-16',
    file(Buffer.from('\ufeff{}', 'utf16le')),
    'error a.flow.json:1:1  ENCODING expected UTF-8 text, found bytes that are not UTF-8; save the file as UTF-8'
  ),
  wrong(
    'a template of NiFi 1',
    file('<?xml version="1.0"?>\n<template encoding-version="1.3"/>'),
    'error a.flow.json:1:1  DEFINITION expected a flow definition in JSON, found XML; a template of NiFi 1 is none: put it on a canvas and take "Download flow definition"'
  ),
  wrong(
    'the flow of a whole server',
    file('{"rootGroup": {}}'),
    'error a.flow.json:1:2 rootGroup DEFINITION expected the process group of a flow definition, as "Download flow definition" of NiFi writes it, found the flow of a whole server, as NiFi keeps it itself; download the group'
  ),
  wrong(
    'a definition without content',
    file('{"name": "a"}'),
    'error a.flow.json:1:1 flowContents DEFINITION expected the process group of a flow definition, as "Download flow definition" of NiFi writes it, found nothing'
  ),
  wrong(
    'a definition of a list',
    file('{"flowContents": []}'),
    'error a.flow.json:1:2 flowContents DEFINITION expected the process group of a flow definition, as "Download flow definition" of NiFi writes it, found a list'
  ),
  wrong(
    'a count in words',
    drawn({ concurrentlySchedulableTaskCount: 'one' }),
    'error a.flow.json:23:5 flowContents.processors.0.concurrentlySchedulableTaskCount DEFINITION expected a number, found text'
  ),
  wrong(
    'a text in place of a list',
    drawn({ autoTerminatedRelationships: 'success' }),
    'error a.flow.json:24:5 flowContents.processors.0.autoTerminatedRelationships DEFINITION expected a list, found text'
  ),
  wrong(
    'a list of properties',
    drawn({ properties: [] }),
    'error a.flow.json:13:5 flowContents.processors.0.properties DEFINITION expected an object, found a list'
  ),
  wrong(
    'a number as a property',
    drawn({ properties: { 'Batch Size': 1 } }),
    'error a.flow.json:14:6 flowContents.processors.0.properties.Batch Size DEFINITION expected text or null, found a number'
  ),
  wrong(
    'a definition without a field an import needs',
    drawn({ position: null }),
    'error flows.yaml:2:7 bad.definition MISSING_FIELD a.flow.json: flowContents.processors.0.position: expected a value, found none; "Generate" cannot be imported without it'
  ),
  wrong(
    'a connection to an identifier nobody has',
    drawn({}, { destination: { id: 'x', type: 'PROCESSOR' } }),
    'error flows.yaml:2:7 bad.definition DANGLING_CONNECTION a.flow.json: flowContents.connections.0.destination: expected a component of the group, or a port of a group in it, found "x", which is neither, for the connection "Generate:success -> x"'
  ),
  wrong(
    'a connection to a port that is a processor',
    drawn({}, { destination: { id: 'g', type: 'INPUT_PORT' } }),
    'error flows.yaml:2:7 bad.definition DANGLING_CONNECTION a.flow.json: flowContents.connections.0.destination.type: expected PROCESSOR, found "INPUT_PORT" for the connection "Generate:success -> Generate"'
  ),
  wrong(
    'two components of one identifier',
    file(JSON.stringify({ flowContents: { processors: [gen, { ...gen, name: 'Other' }] } })),
    'error flows.yaml:2:7 bad.definition DUPLICATE_IDENTIFIER a.flow.json: flowContents.processors.1.identifier: expected an identifier of its own, found "g" for processors "Generate" and processors "Other"'
  ),
  wrong(
    'a secret in a definition',
    drawn({ ...secret, properties: { Password: 'hunter2' } }),
    'error flows.yaml:2:7 bad.definition SENSITIVE_VALUE a.flow.json: flowContents.processors.0.properties.Password: expected a reference to a sensitive parameter, as #{password}, found a literal; it cannot be compared with what is live, and a secret does not belong in this file'
  ),
  wrong(
    'a masked secret in a definition',
    drawn({ ...secret, properties: { Password: '********' } }),
    'error flows.yaml:2:7 bad.definition MASKED_VALUE a.flow.json: flowContents.processors.0.properties.Password: expected the value, found the mask NiFi shows in place of a secret; refer to a sensitive parameter, as #{password}'
  ),
  wrong(
    'a service nobody has',
    drawn({
      properties: { Cache: 'x' },
      propertyDescriptors: { Cache: { name: 'Cache', identifiesControllerService: true } }
    }),
    'warning flows.yaml:2:7 bad.definition UNKNOWN_SERVICE a.flow.json: flowContents.processors.0.properties.Cache: expected a controller service of this group, of one around it or of externalControllerServices, found another identifier'
  ),
  // parameter-contexts.yaml and cluster.json
  wrong(
    'a context nobody has',
    bad('{parameterContext: order, processors: {}}'),
    'warning flows.yaml:2:7 bad.parameterContext UNKNOWN_CONTEXT expected a parameter context, found "order", which is not declared here; the server may hold it'
  ),
  wrong(
    'a mistyped context',
    { ...bad('{parameterContext: order, processors: {}}'), ...contexts('orders: {}') },
    'warning flows.yaml:2:7 bad.parameterContext UNKNOWN_CONTEXT expected a parameter context, found "order", which is not declared here; the server may hold it; did you mean "orders"?'
  ),
  wrong(
    'a parameter the context does not give',
    {
      ...bad('{parameterContext: orders, processors: {gen: {type: G, properties: {a: "#{sise}"}}}}'),
      ...contexts('orders: {parameters: {size: 1}}')
    },
    'warning flows.yaml:2:7 bad.parameterContext UNKNOWN_PARAMETER expected a parameter of the context "orders", found #{sise}, which neither it nor what it inherits gives; did you mean "size"?'
  ),
  wrong(
    'a secret in a context',
    contexts('a: {parameters: {token: {value: hunter2, sensitive: true}}}'),
    'error parameter-contexts.yaml:1:18 a.parameters.token LITERAL_SECRET expected the value of a sensitive parameter in a file, found it in the configuration itself, where everybody can read it; use valueFrom'
  ),
  wrong(
    'contexts in a circle',
    contexts('a: {inherits: [b]}\nb: {inherits: [a]}'),
    'error parameter-contexts.yaml:1:5 a.inherits CYCLE expected parameter contexts that do not inherit from themselves, found a → b → a',
    'error parameter-contexts.yaml:2:5 b.inherits CYCLE expected parameter contexts that do not inherit from themselves, found b → a → b'
  ),
  wrong(
    'a context that inherits from nobody',
    contexts('a: {inherits: [b]}'),
    'warning parameter-contexts.yaml:1:16 a.inherits.0 UNKNOWN_CONTEXT expected a parameter context, found "b", which is not declared here; the server may hold it'
  ),
  wrong(
    'a file of a parameter that is not in the ConfigMap',
    contexts('a: {parameters: {query: {valueFrom: {file: query.txt}}}}'),
    'error parameter-contexts.yaml:1:1 a CONFIG_INVALID parameter "query": expected a file with its value at "query.txt", found no such file in the directory of the configuration; write an absolute path for a file elsewhere'
  ),
  wrong(
    'a value twice',
    contexts('a: {parameters: {query: {value: x, valueFrom: {file: query.txt}}}}'),
    'error parameter-contexts.yaml:1:47 a.parameters.query.valueFrom VALUE expected either "value" or "valueFrom", found an object'
  ),
  wrong(
    'a list of parameters',
    contexts('a: {parameters: [size]}'),
    'error parameter-contexts.yaml:1:17 a.parameters TYPE expected an object, found a list'
  ),
  wrong(
    'parameters without "parameters"',
    contexts('a: {size: 1KB}'),
    'error parameter-contexts.yaml:1:5 a.size UNKNOWN_FIELD expected one of description, parameters, inherits, reconcile, found "size"'
  ),
  wrong(
    'a parameter with a slash',
    contexts('a: {parameters: {a/b: x}}'),
    'error parameter-contexts.yaml:1:23 a.parameters.a/b VALUE expected a key that is of letters, digits, spaces, "_", "-" and ".", and begins and ends without a space, found text "x"'
  ),
  wrong(
    'a parameter without quotes in a context',
    contexts('a:\n  parameters:\n    size: #{other}'),
    'error parameter-contexts.yaml:3:11 a.parameters.size SYNTAX expected quotes around a value with "#{" in it, found none: " #" begins a comment, and the rest of the line is left out; write "#{…}"'
  ),
  wrong(
    'a mistyped setting',
    { 'cluster.json': '{"maxTimerDrivenThreads": 10}' },
    'error cluster.json:1:2 maxTimerDrivenThreads UNKNOWN_FIELD expected one of maxTimerDrivenThreadCount, reconcile, found "maxTimerDrivenThreads"; did you mean "maxTimerDrivenThreadCount"?'
  ),
  wrong(
    'no thread at all',
    { 'cluster.json': '{"maxTimerDrivenThreadCount": 0}' },
    'error cluster.json:1:31 maxTimerDrivenThreadCount VALUE expected an integer of at least 1, found 0'
  )
]
