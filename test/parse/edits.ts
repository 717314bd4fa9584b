/**
 * Edits of a directory of configuration files, as people make them one after the other: small ones, and some that break a
 * file until the next one mends it.
 * @module
 */
import fc from 'fast-check'
import type { DesiredKind } from '../../src/parse/items.ts'
import type { Parsed } from '../../src/parse/desired.ts'
import type { Files } from './box-kind.ts'

const names = ['a', 'b', 'x.y', 'ü', '😀 x', 'a-name-of-thirteen', '1', 'true', '__proto__', ''] as const
/** Each is a value in YAML as well. */
const values = [
  '{}',
  '{"size": 1}',
  '{"size": 2}',
  '{"size": "x"}',
  '{"labels": {"ä😀": "ö", "b": 12345678901234567890}}',
  '{ "labels": { "a": "{,}\\"]", "b": "\\u00e4\\n" } }',
  '{"reconcile": {"paused": true}, "tags": ["x", "y"]}',
  '{"reconcile": {"exact": 3}}',
  '{"weight": 1.50, "nope": 1}',
  '{"drawing": "a.drawing.txt"}',
  '{"drawing": "b.drawing.txt", "size": 7}',
  '{"values": {"x": 1}}',
  'null',
  '[1, 2]',
  '"text"',
  '{\n   "size": 3,\n   "colour": "red"\n }',
  '{"__proto__": {"size": 1}}'
] as const
const gaps = ['', '\n', '\n\n', '\r\n', ' ', '\n  '] as const
/** Behind the last entry. */
const damages = ['', '', '', '', '\n# end\n', '}', '"', '\n---\n{}'] as const
const sizes = {
  'boxes.json': 6,
  'boxes.yaml': 3,
  'boxes.prod.json': 3,
  'boxes.prod.yaml': 3,
  'settings.json': 2
} as const
const others = {
  'policy.yaml': ['exact: true', 'exact: false', 'exact: 3', 'mode: observe\n', 'mode: ['],
  'a.drawing.txt': ['one', 'two'],
  'b.drawing.txt': ['one', 'two']
} as const

type Declaring = keyof typeof sizes
type Other = keyof typeof others

/** What is done to the directory. */
export type Edit =
  | {
      readonly of: 'entry'
      readonly file: Declaring
      readonly index: number
      readonly name: string
      readonly value: string
      readonly gap: string
    }
  | { readonly of: 'order'; readonly file: Declaring; readonly index: number }
  | { readonly of: 'removal'; readonly file: Declaring; readonly index: number }
  | { readonly of: 'file'; readonly file: Declaring | Other }
  | { readonly of: 'damage'; readonly file: Declaring; readonly text: string }
  | { readonly of: 'other'; readonly file: Other; readonly text: string }

const declaring = fc.constantFrom<Declaring>(
  'boxes.json',
  'boxes.json',
  'boxes.yaml',
  'boxes.prod.json',
  'boxes.prod.yaml',
  'settings.json'
)
const index = fc.nat({ max: 5 })
const entry = {
  of: fc.constant('entry' as const),
  file: declaring,
  index,
  name: fc.constantFrom(...names),
  value: fc.constantFrom(...values),
  gap: fc.constantFrom(...gaps)
}
const other = fc
  .constantFrom<Other>('policy.yaml', 'a.drawing.txt', 'b.drawing.txt')
  .chain((file) =>
    fc.record({ of: fc.constant('other' as const), file: fc.constant(file), text: fc.constantFrom(...others[file]) })
  )

/** One edit after the other; most change, add or reformat one entry. */
export const edits: fc.Arbitrary<readonly Edit[]> = fc.array(
  fc.oneof(
    { weight: 8, arbitrary: fc.record(entry) },
    { weight: 1, arbitrary: fc.record({ of: fc.constant('order' as const), file: declaring, index }) },
    { weight: 1, arbitrary: fc.record({ of: fc.constant('removal' as const), file: declaring, index }) },
    { weight: 1, arbitrary: fc.record({ of: fc.constant('file' as const), file: declaring }) },
    {
      weight: 1,
      arbitrary: fc.record({ of: fc.constant('damage' as const), file: declaring, text: fc.constantFrom(...damages) })
    },
    { weight: 2, arbitrary: other }
  ),
  { minLength: 2, maxLength: 25 }
)

interface Written {
  entries: { name: string; value: string; gap: string }[]
  end: string
}

/** The directory after each edit; it begins with some boxes. */
export function statesAfter(all: readonly Edit[]): readonly Files[] {
  const written = new Map<string, Written>([
    ['boxes.json', { entries: names.slice(0, 6).map((name) => ({ name, value: '{"size": 1}', gap: '\n' })), end: '' }]
  ])
  const beside = new Map<string, string>()
  return all.map((edit) => {
    apply(edit, written, beside)
    return {
      ...Object.fromEntries([...written].map(([file, content]) => [file, render(file, content)])),
      ...Object.fromEntries(beside)
    }
  })
}

function apply(edit: Edit, written: Map<string, Written>, beside: Map<string, string>): void {
  if (edit.of === 'other') return void beside.set(edit.file, edit.text)
  if (edit.of === 'file') return void written.delete(edit.file)
  const content = written.get(edit.file) ?? { entries: [], end: '' }
  written.set(edit.file, content)
  const { entries } = content
  if (edit.of === 'damage') content.end = edit.text
  else if (edit.of === 'order') entries.push(...entries.splice(edit.index, 1))
  else if (edit.of === 'removal') entries.splice(edit.index, 1)
  else {
    const { name, value, gap } = edit
    const at = entries.findIndex((each) => each.name === name)
    if (at === -1) entries.splice(edit.index, 0, { name, value, gap })
    else entries[at] = { name, value, gap }
  }
  return undefined
}

function render(file: string, { entries, end }: Written): string {
  if (file.endsWith('.json'))
    return `{${entries.map(({ name, value, gap }) => `${gap}${JSON.stringify(name)}:${gap}${value}`).join(',')}}${end}`
  const lines = entries.map(({ name, value, gap }) => {
    const key = /^[\w.-]+$/.test(name) ? name : JSON.stringify(name)
    return `${key}: ${value}\n${gap.includes('\n') ? '# gap\n' : ''}`
  })
  return entries.length === 0 ? '{}' : `${lines.join('')}${end}`
}

/** A result with the documents of its items, which are read when they are asked for. */
export function withDocuments({ desired, ...others_ }: Parsed): unknown {
  const kindOf = ({ nodes, ...kind }: DesiredKind): unknown => ({
    ...kind,
    documents: [...kind.items, ...kind.invalid].map(({ name }) => [name, nodes.get(name)])
  })
  if (desired !== undefined) return { ...desired, kinds: desired.kinds.map(kindOf) }
  const { legible, problems } = others_
  return {
    problems,
    legible: legible && { ...legible, kinds: legible.kinds.map(kindOf), torn: legible.torn.map(kindOf) }
  }
}
