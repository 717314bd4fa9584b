/**
 * What people write by mistake and what they are told: by parsing, by `validate` and by every other verb.
 * @module
 */

export type Files = Readonly<Record<string, string | Uint8Array>>

/** One mistake in files that can be read. */
export interface WrongInput {
  readonly name: string
  readonly files: Files
  /** The first problem, in full. `file` is empty for what stands in no file. */
  readonly expect: {
    readonly severity: 'error' | 'warning'
    readonly file: string
    readonly line: number
    readonly column: number
    readonly path: string
    readonly code: string
    readonly message: string
  }
  /** How many problems follow the first one. */
  readonly more: number
}

/** One mistake that only reading a directory shows. */
export interface WrongDirectory {
  readonly name: string
  /** What the directory holds; `missing`: there is none, `file`: there is a file of that name. */
  readonly directory: Files | 'missing' | 'file'
  /** 1: a problem of the file, 2: an error. */
  readonly exit: 1 | 2
  readonly code: string
  readonly message: RegExp
}

/** `place` is `file line:column`. */
function wrong(
  name: string,
  files: Files,
  place: string,
  ...[path, code, message, rest = {}]: [
    path: string,
    code: string,
    message: string,
    rest?: { readonly severity?: 'warning'; readonly more?: number }
  ]
): WrongInput {
  const [, file = '', line, column] = /^(.*) (\d+):(\d+)$/.exec(place) ?? []
  const { severity = 'error', more = 0 } = rest
  return {
    name,
    files,
    expect: { severity, file, line: Number(line), column: Number(column), path, code, message },
    more
  }
}

const json = (text: string): Files => ({ 'topics.json': text })
const yaml = (text: string): Files => ({ 'topics.yaml': text })
const cluster = (text: string): Files => ({ 'cluster.json': text })
const policy = (text: string): Files => ({ 'topics.json': '{"orders": {}}', 'policy.yaml': text })

export const wrongInputs: readonly WrongInput[] = [
  // what is no JSON and no YAML
  wrong(
    'an empty file',
    json(''),
    'topics.json 1:1',
    '',
    'EMPTY',
    'expected an object, found an empty file; write {} if nothing is meant'
  ),
  wrong(
    'a file of blank lines',
    json(' \n\n'),
    'topics.json 1:1',
    '',
    'EMPTY',
    'expected an object, found only blank lines; write {} if nothing is meant'
  ),
  wrong(
    'a file of comments',
    yaml('# orders: {}\n'),
    'topics.yaml 1:1',
    '',
    'EMPTY',
    'expected an object, found no value, only comments or marks; write {} if nothing is meant'
  ),
  wrong(
    'a missing closing brace',
    json('{\n  "orders": {"partitions": 6}\n'),
    'topics.json 3:1',
    '',
    'SYNTAX',
    'expected "}" to close the object of line 1, found the end of the file'
  ),
  wrong(
    'a missing closing bracket',
    json('{"orders": {"config": {"cleanup.policy": ["delete", "compact"}}}'),
    'topics.json 1:62',
    '',
    'SYNTAX',
    'expected "]" to close the list of line 1, found "}"'
  ),
  wrong(
    'a missing comma between topics',
    json('{\n  "orders": {"partitions": 6}\n  "users": {}\n}'),
    'topics.json 3:3',
    '',
    'SYNTAX',
    'expected a comma between two entries, found a double quote'
  ),
  wrong(
    'a missing comma between fields',
    json('{"orders": {"partitions": 6 "replication-factor": 3}}'),
    'topics.json 1:29',
    '',
    'SYNTAX',
    'expected a comma or a closing bracket after the value, found a double quote'
  ),
  wrong(
    'a comma too many',
    json('{"orders": {},, "users": {}}'),
    'topics.json 1:15',
    '',
    'SYNTAX',
    'expected an entry before the comma, found ","'
  ),
  wrong(
    'a missing colon',
    json('{"orders" {"partitions": 6}}'),
    'topics.json 1:11',
    '',
    'SYNTAX',
    'expected ":" or a comma, found "{"'
  ),
  wrong('a missing value', json('{"orders": }'), 'topics.json 1:12', '', 'SYNTAX', 'expected a value, found "}"'),
  wrong(
    'a file that was cut off',
    json('{"orders": {"partitions":'),
    'topics.json 1:26',
    '',
    'SYNTAX',
    'expected a value, found the end of the file'
  ),
  wrong(
    'a missing closing quote',
    json('{\n  "orders": {"config": {"cleanup.policy": "compact}}\n}\n'),
    'topics.json 2:43',
    '',
    'SYNTAX',
    'expected a closing quote on the line of the opening one, found the end of the line'
  ),
  wrong(
    'a brace too many',
    json('{"orders": {}}}'),
    'topics.json 1:15',
    '',
    'SYNTAX',
    'expected the end of the entry or of the file, found "}"'
  ),
  wrong(
    'a name without quotes',
    json('{orders: {}}'),
    'topics.json 1:2',
    '',
    'SYNTAX',
    'expected a name in double quotes, found one without'
  ),
  wrong(
    'a text without quotes',
    json('{"orders": {"config": {"cleanup.policy": compact}}}'),
    'topics.json 1:42',
    '',
    'SYNTAX',
    'expected text in double quotes, a number, true, false, null, a list or an object, found text without quotes'
  ),
  wrong(
    'a comment in the style of JavaScript',
    json('{\n  // orders of the shop\n  "orders": {}\n}'),
    'topics.json 2:3',
    '',
    'SYNTAX',
    'expected an entry, found "/": comments start with "#"'
  ),
  wrong(
    'an escape nobody knows',
    json('{"orders": {"config": {"a": "C:\\dir"}}}'),
    'topics.json 1:32',
    '',
    'SYNTAX',
    'expected an escape that JSON knows, or \\\\ for a backslash, found "\\"'
  ),
  wrong(
    'a variable nobody replaced',
    json('{"orders": {"partitions": ${PARTITIONS}}}'),
    'topics.json 1:27',
    '',
    'SYNTAX',
    'expected a value, found "${": a variable that nothing has replaced'
  ),
  wrong(
    'a template nobody filled in',
    yaml('orders:\n  partitions: {{ .Values.partitions }}\n'),
    'topics.yaml 2:16',
    'orders.partitions',
    'SYNTAX',
    'expected a key that is text, found an object; is it a template that nothing has filled in?'
  ),
  wrong(
    'a merge nobody finished',
    json('{\n<<<<<<< HEAD\n  "orders": {}\n=======\n  "users": {}\n>>>>>>> prod\n}'),
    'topics.json 2:1',
    '',
    'SYNTAX',
    'expected a merged file, found a conflict marker of git; resolve the conflict'
  ),
  wrong(
    'two documents',
    yaml('orders: {}\n---\nusers: {}\n'),
    'topics.yaml 2:1',
    '',
    'SYNTAX',
    'expected one document, found a second one after "---"; keep one per file'
  ),
  wrong(
    'a tab as indentation',
    yaml('orders:\n\tpartitions: 6\n'),
    'topics.yaml 2:1',
    '',
    'SYNTAX',
    'expected spaces as indentation, found a tab'
  ),
  wrong(
    'a line indented less than its neighbours',
    yaml('orders:\n    partitions: 6\n  replication-factor: 3\n'),
    'topics.yaml 3:1',
    '',
    'SYNTAX',
    'expected the same indentation as in the lines above, found text'
  ),
  wrong(
    'a line indented more than its neighbours',
    yaml('orders:\n  partitions: 6\n    replication-factor: 3\n'),
    'topics.yaml 2:15',
    '',
    'SYNTAX',
    'expected "key: value" on a line of its own (check for a missing ":" and the indentation of the next line), found text'
  ),
  wrong(
    'two fields on one line',
    yaml('orders: partitions: 6\n'),
    'topics.yaml 1:9',
    '',
    'SYNTAX',
    'expected one value after ":" (quote it, or put it on lines of its own with deeper indentation), found text'
  ),
  wrong(
    'a comment without a space before it',
    yaml('orders: {}# of the shop\n'),
    'topics.yaml 1:11',
    '',
    'SYNTAX',
    'expected a space before "#", found "#"'
  ),
  wrong(
    'an open quote at the end',
    yaml(`orders:\n  config:\n    cleanup.policy: 'compact\n`),
    'topics.yaml 3:21',
    '',
    'SYNTAX',
    'expected a closing quote for the text that starts here, found the end of the file'
  ),
  wrong(
    'a text that begins with a percent sign',
    yaml('orders:\n  config:\n    a: %d\n'),
    'topics.yaml 3:8',
    '',
    'SYNTAX',
    'expected quotes around text that starts with this sign, found "%"'
  ),
  wrong(
    'a pattern without quotes',
    policy('protect: [*-changelog]\n'),
    'policy.yaml 1:11',
    'protect[0]',
    'SYNTAX',
    'expected an alias of an anchor above it, found an alias of none (quote text that starts with "*")'
  ),
  wrong(
    'a lone star',
    policy('owned: [*]\n'),
    'policy.yaml 1:9',
    '',
    'SYNTAX',
    'expected quotes around text that starts with "*" or "&", found "*"'
  ),
  wrong(
    'a tag',
    yaml('orders: !topic {}\n'),
    'topics.yaml 1:9',
    '',
    'SYNTAX',
    'expected a value without a tag (quote text that starts with "!"), found "!"'
  ),
  wrong(
    'an alias of itself',
    yaml('orders: &orders\n  config: *orders\n'),
    'topics.yaml 2:11',
    'orders.config',
    'SYNTAX',
    'expected an alias of an anchor above it, found one that contains itself'
  ),
  wrong(
    'a list as a name',
    yaml('? [orders, users]\n: {}\n'),
    'topics.yaml 1:3',
    '',
    'SYNTAX',
    'expected a key that is text, found a list or an alias'
  ),
  wrong(
    'too many levels',
    json(`{"orders": {"config": ${'['.repeat(120)}${']'.repeat(120)}}}`),
    'topics.json 1:121',
    `orders.config${'[0]'.repeat(29)}`,
    'SYNTAX',
    'expected at most 100 levels of nesting, found more; flatten the file'
  ),

  // numbers
  wrong(
    'a number with leading zeros',
    json('{"orders": {"partitions": 006}}'),
    'topics.json 1:27',
    '',
    'SYNTAX',
    'expected a number without leading zeros, found one that begins with 0; write it without, or as text'
  ),
  wrong(
    'a hexadecimal number',
    json('{"orders": {"partitions": 0x10}}'),
    'topics.json 1:27',
    '',
    'SYNTAX',
    'expected a decimal number, found another base'
  ),
  wrong(
    'a number with a plus sign',
    json('{"orders": {"partitions": +6}}'),
    'topics.json 1:27',
    '',
    'SYNTAX',
    'expected a number without "+", found one with it'
  ),
  wrong(
    'a number without a digit before the point',
    json('{"orders": {"partitions": .5}}'),
    'topics.json 1:27',
    '',
    'SYNTAX',
    'expected a digit before the decimal point, found none'
  ),
  wrong(
    'NaN',
    json('{"orders": {"partitions": NaN}}'),
    'topics.json 1:27',
    '',
    'SYNTAX',
    'expected a number that can be written out, found NaN or infinity'
  ),
  wrong(
    'a number with a unit',
    json('{"orders": {"config": {"max.message.bytes": 6MB}}}'),
    'topics.json 1:45',
    '',
    'SYNTAX',
    'expected a number or text in double quotes, found a number that goes on as text'
  ),
  wrong(
    'infinity',
    yaml('orders: {partitions: .inf}\n'),
    'topics.yaml 1:22',
    'orders.partitions',
    'NUMBER',
    'expected a number that can be written out, found .inf'
  ),
  wrong(
    'a number of 500 digits',
    json(`{"orders": {"partitions": ${'9'.repeat(500)}}}`),
    'topics.json 1:27',
    'orders.partitions',
    'NUMBER',
    'expected a number of at most 400 digits, found one of 500 characters'
  ),
  wrong(
    '2^53 + 1 partitions',
    json('{"orders": {"partitions": 9007199254740993}}'),
    'topics.json 1:27',
    'orders.partitions',
    'VALUE',
    'expected an integer of at most 2147483647, found 9007199254740993'
  ),
  wrong(
    '2^63 - 1 partitions',
    json('{"orders": {"partitions": 9223372036854775807}}'),
    'topics.json 1:27',
    'orders.partitions',
    'VALUE',
    'expected an integer of at most 2147483647, found 9223372036854775807'
  ),
  wrong(
    '-2^63 partitions',
    json('{"orders": {"partitions": -9223372036854775808}}'),
    'topics.json 1:27',
    'orders.partitions',
    'VALUE',
    'expected an integer of at least -1, found -9223372036854775808'
  ),
  wrong(
    '1e400 partitions',
    json('{"orders": {"partitions": 1e400}}'),
    'topics.json 1:27',
    'orders.partitions',
    'VALUE',
    'expected an integer of at most 2147483647, found 1e400'
  ),
  wrong(
    'a fraction no double holds',
    json('{"orders": {"partitions": 6.00000000000000000001}}'),
    'topics.json 1:27',
    'orders.partitions',
    'TYPE',
    'expected an integer, found 6.00000000000000000001'
  ),
  wrong(
    '2^31 partitions',
    json('{"orders": {"partitions": 2147483648}}'),
    'topics.json 1:27',
    'orders.partitions',
    'VALUE',
    'expected an integer of at most 2147483647, found 2147483648'
  ),
  wrong(
    '2^15 replicas',
    json('{"orders": {"replication-factor": 32768}}'),
    'topics.json 1:35',
    'orders.replication-factor',
    'VALUE',
    'expected an integer of at most 32767, found 32768'
  ),
  wrong(
    'no partitions',
    json('{"orders": {"partitions": 0}}'),
    'topics.json 1:27',
    'orders.partitions',
    'VALUE',
    'expected an integer of at least 1, or -1 for the default of the broker, found 0'
  ),
  wrong(
    'less than no partitions',
    json('{"orders": {"partitions": -2}}'),
    'topics.json 1:27',
    'orders.partitions',
    'VALUE',
    'expected an integer of at least -1, found -2'
  ),
  wrong(
    'half a partition',
    json('{"orders": {"partitions": 6.5}}'),
    'topics.json 1:27',
    'orders.partitions',
    'TYPE',
    'expected an integer, found 6.5'
  ),

  // types
  wrong(
    'a list of topics',
    yaml('- name: orders\n  partitions: 6\n'),
    'topics.yaml 1:1',
    '',
    'TYPE',
    'expected an object at the top of the file, found a list'
  ),
  wrong(
    'a file that is null',
    json('null'),
    'topics.json 1:1',
    '',
    'TYPE',
    'expected an object at the top of the file, found null'
  ),
  wrong(
    'a file that is text',
    json('"orders"'),
    'topics.json 1:1',
    '',
    'TYPE',
    'expected an object at the top of the file, found text'
  ),
  wrong(
    'a topic that is text',
    json('{"orders": "six partitions"}'),
    'topics.json 1:2',
    'orders',
    'TYPE',
    'expected an object that declares the topic, found text'
  ),
  wrong(
    'a topic that is a number',
    json('{"orders": 6}'),
    'topics.json 1:2',
    'orders',
    'TYPE',
    'expected an object that declares the topic, found 6'
  ),
  wrong(
    'a topic that is true',
    json('{"orders": true}'),
    'topics.json 1:2',
    'orders',
    'TYPE',
    'expected an object that declares the topic, found true'
  ),
  wrong(
    'a topic that is a list',
    json('{"orders": []}'),
    'topics.json 1:2',
    'orders',
    'TYPE',
    'expected an object that declares the topic, found a list'
  ),
  wrong(
    'a missing space after a colon',
    yaml('orders:\n  partitions:6\n'),
    'topics.yaml 1:1',
    'orders',
    'TYPE',
    'expected an object that declares the topic, found text; write a space after ":"'
  ),
  wrong(
    'partitions in quotes',
    json('{"orders": {"partitions": "6"}}'),
    'topics.json 1:27',
    'orders.partitions',
    'TYPE',
    'expected an integer, found text "6"; remove the quotes'
  ),
  wrong(
    'partitions in words',
    json('{"orders": {"partitions": "six"}}'),
    'topics.json 1:27',
    'orders.partitions',
    'TYPE',
    'expected an integer, found text "six"'
  ),
  wrong(
    'partitions that are null',
    json('{"orders": {"partitions": null}}'),
    'topics.json 1:27',
    'orders.partitions',
    'TYPE',
    'expected an integer, found null'
  ),
  wrong(
    'partitions that are a list',
    json('{"orders": {"partitions": [6]}}'),
    'topics.json 1:27',
    'orders.partitions',
    'TYPE',
    'expected an integer, found a list'
  ),
  wrong(
    'partitions that are an object',
    json('{"orders": {"partitions": {"count": 6}}}'),
    'topics.json 1:27',
    'orders.partitions',
    'TYPE',
    'expected an integer, found an object'
  ),
  wrong(
    'a replication factor that is true',
    json('{"orders": {"replication-factor": true}}'),
    'topics.json 1:35',
    'orders.replication-factor',
    'TYPE',
    'expected an integer, found true'
  ),
  wrong(
    'a configuration that is a list',
    json('{"orders": {"config": ["cleanup.policy=compact"]}}'),
    'topics.json 1:23',
    'orders.config',
    'TYPE',
    'expected an object, found a list'
  ),
  wrong(
    'a configuration that is text',
    json('{"orders": {"config": "cleanup.policy=compact"}}'),
    'topics.json 1:23',
    'orders.config',
    'TYPE',
    'expected an object, found text "cleanup.policy=compact"'
  ),
  wrong(
    'a configuration value that is an object',
    json('{"orders": {"config": {"retention.ms": {"value": 1}}}}'),
    'topics.json 1:40',
    'orders.config.retention.ms',
    'VALUE',
    'expected text, a number, true, false, a list of these or null, found an object'
  ),
  wrong(
    'a configuration value that is a list of lists',
    json('{"orders": {"config": {"cleanup.policy": ["delete", ["compact"]]}}}'),
    'topics.json 1:53',
    'orders.config.cleanup.policy[1]',
    'VALUE',
    'expected text, a number or true or false, found a list'
  ),
  wrong(
    'a configuration value that is a list with null',
    json('{"orders": {"config": {"cleanup.policy": [null, "delete"]}}}'),
    'topics.json 1:43',
    'orders.config.cleanup.policy[0]',
    'VALUE',
    'expected text, a number or true or false, found null'
  ),

  // fields nobody knows
  wrong(
    'a mistyped field',
    json('{"orders": {"partitons": 6}}'),
    'topics.json 1:13',
    'orders.partitons',
    'UNKNOWN_FIELD',
    'expected one of partitions, replication-factor, config, reconcile, found "partitons"; did you mean "partitions"?'
  ),
  wrong(
    'a field in another notation',
    json('{"orders": {"replicationFactor": 3}}'),
    'topics.json 1:13',
    'orders.replicationFactor',
    'UNKNOWN_FIELD',
    'expected one of partitions, replication-factor, config, reconcile, found "replicationFactor"; did you mean "replication-factor"?'
  ),
  wrong(
    'a field of another tool',
    json('{"orders": {"retention": "7d"}}'),
    'topics.json 1:13',
    'orders.retention',
    'UNKNOWN_FIELD',
    'expected one of partitions, replication-factor, config, reconcile, found "retention"; did you mean "config.retention.ms"?'
  ),
  wrong(
    'a key beside the configuration',
    json('{"orders": {"config.retention.ms": 1}}'),
    'topics.json 1:13',
    'orders.config.retention.ms',
    'UNKNOWN_FIELD',
    'expected one of partitions, replication-factor, config, reconcile, found "config.retention.ms"'
  ),
  wrong(
    'a field called __proto__',
    json('{"orders": {"__proto__": {"partitions": 6}}}'),
    'topics.json 1:13',
    'orders.__proto__',
    'UNKNOWN_FIELD',
    'expected another name, found "__proto__", which is reserved'
  ),
  wrong(
    'a configuration key called __proto__',
    json('{"orders": {"config": {"__proto__": 6}}}'),
    'topics.json 1:24',
    'orders.config.__proto__',
    'UNKNOWN_FIELD',
    'expected another name, found "__proto__", which is reserved'
  ),
  wrong(
    'topics below a name of their own',
    yaml('topics:\n  orders: {partitions: 6}\n'),
    'topics.yaml 2:3',
    'topics.orders',
    'UNKNOWN_FIELD',
    'expected one of partitions, replication-factor, config, reconcile, found "orders"'
  ),
  wrong(
    'a mistyped pause',
    json('{"orders": {"reconcile": {"pause": true}}}'),
    'topics.json 1:27',
    'orders.reconcile.pause',
    'UNKNOWN_FIELD',
    'expected one of paused, ignore, exact, found "pause"; did you mean "paused"?'
  ),
  wrong(
    'a pause in words',
    json('{"orders": {"reconcile": {"paused": "yes"}}}'),
    'topics.json 1:37',
    'orders.reconcile.paused',
    'TYPE',
    'expected true or false, found text "yes"'
  ),
  wrong(
    'a reconcile that is true',
    json('{"orders": {"reconcile": true}}'),
    'topics.json 1:26',
    'orders.reconcile',
    'TYPE',
    'expected an object, found true'
  ),
  wrong(
    'an ignore that is text',
    json('{"orders": {"reconcile": {"ignore": "config"}}}'),
    'topics.json 1:37',
    'orders.reconcile.ignore',
    'TYPE',
    'expected a list, found text "config"'
  ),
  wrong(
    'an ignore that is empty',
    json('{"orders": {"reconcile": {"ignore": [""]}}}'),
    'topics.json 1:38',
    'orders.reconcile.ignore[0]',
    'VALUE',
    'expected text that is not empty, found text ""'
  ),
  wrong(
    'a mistyped configuration key',
    json('{"orders": {"config": {"retension.ms": 1}}}'),
    'topics.json 1:24',
    'orders.config.retension.ms',
    'UNKNOWN_KEY',
    'expected a known topic configuration key, found "retension.ms"; did you mean "retention.ms"?; the broker decides',
    { severity: 'warning' }
  ),

  // names
  wrong('an empty name', json('{"": {}}'), 'topics.json 1:2', '', 'VALUE', 'expected a name, found an empty one'),
  wrong(
    'a name with a blank',
    json('{"my orders": {}}'),
    'topics.json 1:2',
    'my orders',
    'NAME',
    'expected only letters, digits, ".", "_" and "-", found " "; rename the topic'
  ),
  wrong(
    'a name with a slash',
    json('{"shop/orders": {}}'),
    'topics.json 1:2',
    'shop/orders',
    'NAME',
    'expected only letters, digits, ".", "_" and "-", found "/"; rename the topic'
  ),
  wrong(
    'a name with an umlaut',
    json('{"aufträge": {}}'),
    'topics.json 1:2',
    'aufträge',
    'NAME',
    'expected only letters, digits, ".", "_" and "-", found "ä"; rename the topic'
  ),
  wrong(
    'a name of one dot',
    json('{".": {}}'),
    'topics.json 1:2',
    '.',
    'NAME',
    'expected a topic name, found ".", which Kafka reserves'
  ),
  wrong(
    'a name of two dots',
    json('{"..": {}}'),
    'topics.json 1:2',
    '..',
    'NAME',
    'expected a topic name, found "..", which Kafka reserves'
  ),
  wrong(
    'a name of 250 characters',
    json(`{"${'a'.repeat(250)}": {}}`),
    'topics.json 1:2',
    'a'.repeat(250),
    'NAME',
    'expected at most 249 characters, found 250; shorten the name'
  ),

  // duplicates and collisions
  wrong(
    'a topic twice in a file',
    json('{\n  "orders": {"partitions": 6},\n  "users": {},\n  "orders": {"partitions": 3}\n}'),
    'topics.json 4:3',
    'orders',
    'DUPLICATE_KEY',
    'expected "orders" once, found it twice, on lines 2 and 4; keep one of them'
  ),
  wrong(
    'a topic twice on a line',
    json('{"users": {}, "users": {}}'),
    'topics.json 1:15',
    'users',
    'DUPLICATE_KEY',
    'expected "users" once, found it twice on line 1; keep one of them'
  ),
  wrong(
    'a field twice',
    yaml('orders:\n  partitions: 6\n  partitions: 3\n'),
    'topics.yaml 3:3',
    'orders.partitions',
    'DUPLICATE_KEY',
    'expected "partitions" once, found it twice, on lines 2 and 3; keep one of them'
  ),
  wrong(
    'a topic in two base files',
    { 'topics.json': '{"orders": {}}', 'topics.yaml': '# again\norders: {}\n' },
    'topics.yaml 2:1',
    'orders',
    'DUPLICATE_ITEM',
    'expected "orders" in one base file, found it in topics.json:1 and topics.yaml:2; keep one of them'
  ),
  wrong(
    'a topic declared and undeclared in two base files',
    { 'topics.json': '{\n  "users": {}\n}', 'topics.yaml': 'users: null\n' },
    'topics.yaml 1:1',
    'users',
    'DUPLICATE_ITEM',
    'expected "users" in one base file, found it in topics.json:2 and topics.yaml:1; keep one of them'
  ),
  wrong(
    'names that Kafka takes for one',
    json('{"shop.orders": {}, "shop_orders": {}}'),
    'topics.json 1:2',
    'shop.orders',
    'NAME_COLLISION',
    'expected a name that differs from others in more than "." and "_", found "shop.orders" beside "shop_orders", which is declared too; rename one',
    { more: 1 }
  ),

  // values that do not fit their key
  wrong(
    'a retention with a unit',
    json('{"orders": {"config": {"retention.ms": "1d"}}}'),
    'topics.json 1:24',
    'orders.config.retention.ms',
    'VALUE',
    'expected a whole number of ms from -1 to 9223372036854775807 (-1: no limit), found "1d"; did you mean 86400000?'
  ),
  wrong(
    'a number in groups',
    json('{"orders": {"config": {"retention.ms": "86_400_000"}}}'),
    'topics.json 1:24',
    'orders.config.retention.ms',
    'VALUE',
    'expected a whole number of ms from -1 to 9223372036854775807 (-1: no limit), found "86_400_000"; did you mean 86400000?'
  ),
  wrong(
    'a size with a unit',
    json('{"orders": {"config": {"segment.bytes": "64MiB"}}}'),
    'topics.json 1:24',
    'orders.config.segment.bytes',
    'VALUE',
    'expected a whole number of bytes from 14 to 2147483647, found "64MiB"; did you mean 67108864?'
  ),
  wrong(
    'a boolean in the words of YAML 1.1',
    yaml('orders: {config: {preallocate: "yes"}}\n'),
    'topics.yaml 1:19',
    'orders.config.preallocate',
    'VALUE',
    'expected true or false, found "yes"'
  ),
  wrong(
    'a ratio in percent',
    json('{"orders": {"config": {"min.cleanable.dirty.ratio": "50%"}}}'),
    'topics.json 1:24',
    'orders.config.min.cleanable.dirty.ratio',
    'VALUE',
    'expected a number from 0 to 1, found "50%"'
  ),
  wrong(
    'a mistyped policy',
    json('{"orders": {"config": {"cleanup.policy": ["compact", "delte"]}}}'),
    'topics.json 1:24',
    'orders.config.cleanup.policy',
    'VALUE',
    'expected a list of compact, delete, found "compact,delte"; did you mean "delete"?'
  ),
  wrong(
    'a codec in capitals',
    json('{"orders": {"config": {"compression.type": "GZIP"}}}'),
    'topics.json 1:24',
    'orders.config.compression.type',
    'VALUE',
    'expected one of uncompressed, zstd, lz4, snappy, gzip, producer, found "GZIP"; did you mean "gzip"?'
  ),
  wrong(
    'no replica in sync',
    json('{"orders": {"config": {"min.insync.replicas": 0}}}'),
    'topics.json 1:24',
    'orders.config.min.insync.replicas',
    'VALUE',
    'expected a whole number from 1 to 2147483647, found "0"'
  ),
  wrong(
    'a cluster value with a unit',
    cluster('{"config": {"message.max.bytes": "2MB"}}'),
    'cluster.json 1:13',
    'config.message.max.bytes',
    'VALUE',
    'expected a whole number of bytes from 0 to 2147483647, found "2MB"'
  ),

  // keys and fields by other names
  wrong(
    'a key in another unit',
    json('{"orders": {"config": {"retention.hours": 24}}}'),
    'topics.json 1:24',
    'orders.config.retention.hours',
    'UNKNOWN_KEY',
    'expected a known topic configuration key, found "retention.hours"; did you mean "retention.ms"?; the broker decides',
    { severity: 'warning' }
  ),
  wrong(
    'a key as brokers call it',
    json('{"orders": {"config": {"log.retention.minutes": 24}}}'),
    'topics.json 1:24',
    'orders.config.log.retention.minutes',
    'UNKNOWN_KEY',
    'expected a known topic configuration key, found "log.retention.minutes"; did you mean "retention.ms"?; the broker decides',
    { severity: 'warning' }
  ),
  wrong(
    'a field below config',
    json('{"orders": {"config": {"replication.factor": 3}}}'),
    'topics.json 1:24',
    'orders.config.replication.factor',
    'UNKNOWN_KEY',
    'expected a known topic configuration key, found "replication.factor"; did you mean the field "replication-factor" beside "config"?; the broker decides',
    { severity: 'warning' }
  ),
  wrong(
    'replicas',
    json('{"orders": {"replicas": 3}}'),
    'topics.json 1:13',
    'orders.replicas',
    'UNKNOWN_FIELD',
    'expected one of partitions, replication-factor, config, reconcile, found "replicas"; did you mean "replication-factor"?'
  ),
  wrong(
    'a cluster key as topics call it',
    cluster('{"config": {"retention.ms": 1}}'),
    'cluster.json 1:13',
    'config.retention.ms',
    'UNKNOWN_KEY',
    'expected a known cluster-wide configuration key, found "retention.ms"; did you mean "log.retention.ms"?; the broker decides',
    { severity: 'warning' }
  ),

  // what cannot work
  wrong(
    'more in-sync replicas than replicas',
    json('{"orders": {"replication-factor": 2, "config": {"min.insync.replicas": 3}}}'),
    'topics.json 1:49',
    'orders.config.min.insync.replicas',
    'MIN_INSYNC_REPLICAS',
    'expected min.insync.replicas of at most the replication factor 2, found 3: producers with acks=all would fail'
  ),
  wrong(
    'as many in-sync replicas as replicas',
    json('{"orders": {"replication-factor": 2, "config": {"min.insync.replicas": 2}}}'),
    'topics.json 1:49',
    'orders.config.min.insync.replicas',
    'MIN_INSYNC_REPLICAS',
    'expected min.insync.replicas of less than the replication factor 2, found 2: producers with acks=all fail as soon as one broker is down',
    { severity: 'warning' }
  ),

  // cluster.json
  wrong(
    'an empty cluster file',
    cluster(''),
    'cluster.json 1:1',
    '',
    'EMPTY',
    'expected an object, found an empty file; write {} if nothing is meant'
  ),
  wrong(
    'a cluster file that is a list',
    cluster('[]'),
    'cluster.json 1:1',
    '',
    'TYPE',
    'expected an object at the top of the file, found a list'
  ),
  wrong(
    'a key beside config',
    cluster('{"log.retention.ms": 1}'),
    'cluster.json 1:2',
    'log.retention.ms',
    'UNKNOWN_FIELD',
    'expected one of config, reconcile, found "log.retention.ms"; did you mean "config.log.retention.ms"?'
  ),
  wrong(
    'a cluster configuration that is text',
    cluster('{"config": "log.retention.ms=1"}'),
    'cluster.json 1:12',
    'config',
    'TYPE',
    'expected an object, found text "log.retention.ms=1"'
  ),
  wrong(
    'a cluster value that is an object',
    cluster('{"config": {"log.retention.ms": {}}}'),
    'cluster.json 1:33',
    'config.log.retention.ms',
    'VALUE',
    'expected text, a number, true, false, a list of these or null, found an object'
  ),
  wrong(
    'a mistyped cluster key',
    cluster('{"config": {"log.retension.ms": 1}}'),
    'cluster.json 1:13',
    'config.log.retension.ms',
    'UNKNOWN_KEY',
    'expected a known cluster-wide configuration key, found "log.retension.ms"; did you mean "log.retention.ms"?; the broker decides',
    { severity: 'warning' }
  ),
  wrong(
    'config in two base files',
    { 'cluster.json': '{"config": {"log.retention.ms": 1}}', 'cluster.yaml': 'config: {log.retention.bytes: 1}\n' },
    'cluster.yaml 1:1',
    'config',
    'DUPLICATE_ITEM',
    'expected "config" in one base file, found it in cluster.json:1 and cluster.yaml:1; keep one of them'
  ),

  // policy.yaml
  wrong(
    'an empty policy',
    policy(''),
    'policy.yaml 1:1',
    '',
    'EMPTY',
    'expected an object, found an empty file; write {} if nothing is meant'
  ),
  wrong(
    'a policy that is a list',
    policy('- mode: observe\n'),
    'policy.yaml 1:1',
    '',
    'TYPE',
    'expected an object at the top of the file, found a list'
  ),
  wrong(
    'a mistyped policy field',
    policy('modus: observe\n'),
    'policy.yaml 1:1',
    'modus',
    'UNKNOWN_FIELD',
    'expected one of mode, hold, protect, owned, guard, exact, cluster, found "modus"; did you mean "mode"?'
  ),
  wrong(
    'a mistyped mode',
    policy('mode: enforced\n'),
    'policy.yaml 1:7',
    'mode',
    'VALUE',
    'expected one of enforce, observe, found text "enforced"; did you mean "enforce"?'
  ),
  wrong(
    'a mode that is not there',
    policy('mode:\n'),
    'policy.yaml 1:6',
    'mode',
    'VALUE',
    'expected one of enforce, observe, found null'
  ),
  wrong(
    'a risk nobody knows',
    policy('hold: [dangerous]\n'),
    'policy.yaml 1:8',
    'hold[0]',
    'VALUE',
    'expected one of safe, disruptive, destructive, unsupported, found text "dangerous"'
  ),
  wrong(
    'a hold that is text',
    policy('hold: destructive\n'),
    'policy.yaml 1:7',
    'hold',
    'TYPE',
    'expected a list, found text "destructive"'
  ),
  wrong(
    'a pattern that is a number',
    policy('protect: [1]\n'),
    'policy.yaml 1:11',
    'protect[0]',
    'TYPE',
    'expected text, found 1; write it in quotes'
  ),
  wrong(
    'a guard of more than everything',
    policy('guard:\n  maxShrinkPercent: 150\n'),
    'policy.yaml 2:21',
    'guard.maxShrinkPercent',
    'VALUE',
    'expected an integer of at most 100, found 150'
  ),
  wrong(
    'a guard in percent',
    policy('guard:\n  maxShrinkPercent: 50%\n'),
    'policy.yaml 2:21',
    'guard.maxShrinkPercent',
    'TYPE',
    'expected an integer, found text "50%"'
  ),
  wrong(
    'a guard below zero',
    policy('guard: {maxChanges: -1}\n'),
    'policy.yaml 1:21',
    'guard.maxChanges',
    'VALUE',
    'expected an integer of at least 0, found -1'
  ),
  wrong(
    'a guard of one change and a half',
    policy('guard: {maxChanges: 1.5}\n'),
    'policy.yaml 1:21',
    'guard.maxChanges',
    'TYPE',
    'expected an integer, found 1.5'
  ),
  wrong(
    'a mistyped guard',
    policy('guard: {maxShrinkPercentage: 10}\n'),
    'policy.yaml 1:9',
    'guard.maxShrinkPercentage',
    'UNKNOWN_FIELD',
    'expected one of maxShrinkPercent, maxChanges, found "maxShrinkPercentage"; did you mean "maxShrinkPercent"?'
  ),
  wrong(
    'an exact in words',
    policy('exact: yes\n'),
    'policy.yaml 1:8',
    'exact',
    'TYPE',
    'expected true or false, found text "yes"'
  ),
  wrong(
    'an exact in quotes',
    policy('exact: "true"\n'),
    'policy.yaml 1:8',
    'exact',
    'TYPE',
    'expected true or false, found text "true"; remove the quotes'
  ),
  wrong(
    'a cluster that is a number',
    policy('cluster: 12345\n'),
    'policy.yaml 1:10',
    'cluster',
    'TYPE',
    'expected text, found 12345; write it in quotes'
  ),
  wrong(
    'a cluster that is empty',
    policy('cluster: ""\n'),
    'policy.yaml 1:10',
    'cluster',
    'VALUE',
    'expected text that is not empty, found text ""'
  ),
  wrong(
    'a mode in two policies',
    { 'topics.json': '{"orders": {}}', 'policy.json': '{"mode": "observe"}', 'policy.yaml': 'mode: enforce\n' },
    'policy.yaml 1:1',
    'mode',
    'DUPLICATE_ITEM',
    'expected "mode" in one base file, found it in policy.json:1 and policy.yaml:1; keep one of them'
  ),

  // layers
  wrong(
    'a broken layer',
    { 'topics.json': '{"orders": {}}', 'topics.prod.json': '{"orders": {}' },
    'topics.prod.json 1:14',
    '',
    'SYNTAX',
    'expected "}" to close the object of line 1, found the end of the file'
  ),
  wrong(
    'an empty layer',
    { 'topics.json': '{"orders": {}}', 'topics.prod.yaml': '' },
    'topics.prod.yaml 1:1',
    '',
    'EMPTY',
    'expected an object, found an empty file; write {} if nothing is meant'
  ),
  wrong(
    'a wrong type in a layer',
    { 'topics.json': '{"orders": {"partitions": 6}}', 'topics.prod.yaml': 'orders:\n  partitions: "12"\n' },
    'topics.prod.yaml 2:15',
    'orders.partitions',
    'TYPE',
    'expected an integer, found text "12"; remove the quotes'
  ),
  wrong(
    'a topic that a layer makes a number',
    { 'topics.json': '{"orders": {"partitions": 6}}', 'topics.prod.yaml': 'orders: 12\n' },
    'topics.prod.yaml 1:1',
    'orders',
    'TYPE',
    'expected an object that declares the topic, found 12'
  ),
  wrong(
    'a wrong mode in a layer of the policy',
    { 'topics.json': '{"orders": {}}', 'policy.yaml': 'mode: observe\n', 'policy.prod.yaml': 'mode: "off"\n' },
    'policy.prod.yaml 1:7',
    'mode',
    'VALUE',
    'expected one of enforce, observe, found text "off"'
  ),

  // files
  wrong(
    'no file at all',
    {},
    ' 1:1',
    '',
    'NO_FILE',
    'expected at least one of topics.json, topics.yaml, cluster.json, cluster.yaml, found an empty directory'
  ),
  wrong(
    'no file of the service',
    { 'README.md': '# topics' },
    ' 1:1',
    '',
    'NO_FILE',
    'expected at least one of topics.json, topics.yaml, cluster.json, cluster.yaml, found only README.md',
    { more: 1 }
  ),
  wrong(
    'only a policy',
    { 'policy.yaml': 'mode: observe\n' },
    ' 1:1',
    '',
    'NO_FILE',
    'expected at least one of topics.json, topics.yaml, cluster.json, cluster.yaml, found only policy.yaml'
  ),
  wrong(
    'topics with the wrong ending',
    { 'topics.yml': 'orders: {}\n' },
    ' 1:1',
    '',
    'NO_FILE',
    'expected at least one of topics.json, topics.yaml, cluster.json, cluster.yaml, found only topics.yml; did you mean "topics.yaml"?',
    { more: 1 }
  ),
  wrong(
    'topics with a capital',
    { 'Topics.json': '{}' },
    ' 1:1',
    '',
    'NO_FILE',
    'expected at least one of topics.json, topics.yaml, cluster.json, cluster.yaml, found only Topics.json; did you mean "topics.json"?',
    { more: 1 }
  ),
  wrong(
    'a policy with the wrong ending',
    { 'topics.json': '{"orders": {}}', 'policy.yml': 'mode: observe\n' },
    'policy.yml 1:1',
    '',
    'UNKNOWN_FILE',
    'expected one of topics.json, cluster.json, policy.json (or .yaml, or a layer), found "policy.yml", which is ignored; did you mean "policy.yaml"?',
    { severity: 'warning' }
  ),
  wrong(
    'a layer with the wrong ending',
    { 'topics.json': '{"orders": {}}', 'topics.prod.yml': 'orders: {}\n' },
    'topics.prod.yml 1:1',
    '',
    'UNKNOWN_FILE',
    'expected one of topics.json, cluster.json, policy.json (or .yaml, or a layer), found "topics.prod.yml", which is ignored; did you mean "topics.prod.yaml"?',
    { severity: 'warning' }
  ),
  wrong(
    'a backup',
    { 'topics.json': '{"orders": {}}', 'topics.json.bak': '{}' },
    'topics.json.bak 1:1',
    '',
    'UNKNOWN_FILE',
    'expected one of topics.json, cluster.json, policy.json (or .yaml, or a layer), found "topics.json.bak", which is ignored; did you mean "topics.json"?',
    { severity: 'warning' }
  ),
  wrong(
    'nothing declared',
    json('{}'),
    'topics.json 1:1',
    '',
    'NOTHING_DECLARED',
    'expected at least one topic, found none; everything the service holds is an orphan',
    { severity: 'warning' }
  ),
  wrong(
    'everything undeclared',
    yaml('orders: null\n'),
    'topics.yaml 1:1',
    '',
    'NOTHING_DECLARED',
    'expected at least one topic, found none; everything the service holds is an orphan',
    { severity: 'warning' }
  ),

  // secrets
  wrong(
    'a secret without quotes',
    json('{"orders": {"config": {"ssl.key.password": hunter2}}}'),
    'topics.json 1:44',
    '',
    'SYNTAX',
    'expected text in double quotes, a number, true, false, null, a list or an object, found text without quotes'
  ),
  wrong(
    'a secret with an open quote',
    json('{"orders": {"config": {"ssl.keystore.key": "hunter2}}\n}'),
    'topics.json 1:44',
    '',
    'SYNTAX',
    'expected a closing quote on the line of the opening one, found the end of the line'
  ),
  wrong(
    'a secret where an integer belongs',
    json('{"db-password": {"partitions": "hunter2"}}'),
    'topics.json 1:32',
    'db-password.partitions',
    'TYPE',
    'expected an integer, found text'
  ),
  wrong(
    'a secret number where an object belongs',
    json('{"orders-token": 4711081547110815}'),
    'topics.json 1:2',
    'orders-token',
    'TYPE',
    'expected an object that declares the topic, found a number'
  ),
  wrong(
    'a secret of many digits',
    yaml(`orders: {config: {ssl.key.password: ${'4711'.repeat(101)}}}\n`),
    'topics.yaml 1:37',
    'orders.config.ssl.key.password',
    'NUMBER',
    'expected a number of at most 400 digits, found another'
  ),
  wrong(
    'a secret in a list of lists',
    json('{"orders": {"config": {"sasl.jaas.config": [["hunter2"]]}}}'),
    'topics.json 1:45',
    'orders.config.sasl.jaas.config[0]',
    'VALUE',
    'expected text, a number or true or false, found a list'
  ),

  // other encodings
  wrong(
    'a file in Latin-1',
    { 'topics.json': Buffer.from('{\n  "größe": {}\n}', 'latin1') },
    'topics.json 2:6',
    '',
    'ENCODING',
    'expected UTF-8 text, found bytes that are not UTF-8; save the file as UTF-8'
  ),
  wrong(
    'a file in UTF-16',
    { 'topics.json': Buffer.from('{"orders": {}}', 'utf16le') },
    'topics.json 1:2',
    '',
    'ENCODING',
    'expected UTF-8 text, found a NUL character, as in UTF-16 or a binary file; save the file as UTF-8'
  ),
  wrong(
    'a compressed file',
    { 'topics.json': Uint8Array.of(0x1f, 0x8b, 8, 0) },
    'topics.json 1:2',
    '',
    'ENCODING',
    'expected UTF-8 text, found bytes that are not UTF-8; save the file as UTF-8'
  )
]

/** Most bytes the API server takes in one ConfigMap. */
const mostBytes = 1_048_576
const padded = (bytes: number): string => '{"orders": {}}'.padEnd(bytes, ' ')

export const wrongDirectories: readonly WrongDirectory[] = [
  {
    name: 'a directory that is missing',
    directory: 'missing',
    exit: 2,
    code: 'CONFIG_MISSING',
    message: /cannot read the configuration directory ".*": it does not exist/
  },
  {
    name: 'a directory that is a file',
    directory: 'file',
    exit: 2,
    code: 'CONFIG_MISSING',
    message: /cannot read the configuration directory ".*": it is not a directory/
  },
  {
    name: 'a file of more than 1 MiB',
    directory: json(padded(mostBytes + 1)),
    exit: 1,
    code: 'TOO_LARGE',
    message: /^expected at most 1048576 bytes in one ConfigMap, found 1048577 in the directory; split it into several$/
  },
  {
    name: 'files of more than 1 MiB together',
    directory: { 'topics.json': padded(mostBytes / 2), 'topics.prod.json': '{}'.padEnd(mostBytes / 2 + 7, '\n') },
    exit: 1,
    code: 'TOO_LARGE',
    message: /^expected at most 1048576 bytes in one ConfigMap, found 1048583 in the directory; split it into several$/
  }
]
