/**
 * A reconciler for the files of one directory. One listing per cycle, and two reads for each declared file; undeclared files
 * are listed and not read.
 * @module
 */
import { chmod, readdir, readFile, realpath, stat, writeFile } from 'node:fs/promises'
import { isAbsolute, join } from 'node:path'
import { z } from 'zod'
import { answerEach, done, ReconcileError, refuse, toReconcileError, unchanged } from '../../src/plugin.ts'
import type { CheckContext, Desired, FieldChange, ItemResult, Kind, Cycle, Observed } from '../../src/plugin.ts'
import type { ErrorCode, Plugin, Remark, Resource, Sighting } from '../../src/plugin.ts'

/** One item of files.yaml. */
const fileSchema = z.strictObject({
  content: z.string().describe('the whole text of the file'),
  mode: z
    .string()
    .regex(/^[0-7]{3}$/, 'three octal digits as text, like "644"')
    .optional()
    .describe('permissions; absent: left untouched')
})
type FileSpec = z.output<typeof fileSchema>

/** The live file; null: not read, because the file is undeclared. */
interface FileState {
  readonly content: string | null
  readonly mode: string | null
}

interface DirectoryFacts {
  /** Names of sub-directories, links and everything else that is not a file. */
  readonly taken: ReadonlySet<string>
}

type File = Desired<FileSpec>
type Seen = Observed<FileState, DirectoryFacts>

const fileKind: Kind<FileSpec, FileState, DirectoryFacts> = {
  kind: 'file',
  file: 'files',
  schema: fileSchema,
  compare: compareFile,
  check: checkFiles,
  describe: ({ content, mode }) => ({ content, mode })
}

/** Declared fields that differ; all of them for a file that does not exist. Pure. */
function compareFile(spec: FileSpec, state: FileState | undefined): readonly FieldChange[] {
  const fields: FieldChange[] = []
  if (spec.content !== state?.content) {
    const change = { path: 'content', before: state?.content ?? null, after: spec.content } as const
    const isEmptied = spec.content === '' && state !== undefined
    fields.push(
      isEmptied ? { ...change, risk: 'destructive', why: 'the file would be emptied' } : { ...change, risk: 'safe' }
    )
  }
  if (spec.mode !== undefined && spec.mode !== state?.mode) {
    fields.push({ path: 'mode', before: state?.mode ?? null, after: spec.mode, risk: 'safe' })
  }
  return fields
}

/** Names that cannot be files here and, once the directory was observed, names of other entries. Pure. */
function checkFiles(
  desired: readonly File[],
  { observed }: CheckContext<FileState, DirectoryFacts>
): readonly Remark[] {
  return desired.flatMap(({ name }): Remark[] => {
    if (name.includes('/') || name.startsWith('.')) {
      const message = `expected a name without "/" or a leading ".", found "${name}"`
      return [{ name, verdict: 'invalid', code: 'NAME', path: [], message }]
    }
    if (observed?.facts.taken.has(name) !== true) return []
    return [{ name, verdict: 'hold', code: 'NAME_TAKEN', path: [], message: `"${name}" is there and is not a file` }]
  })
}

function fileResource(directory: string): Resource<FileSpec, FileState, DirectoryFacts> {
  const pathOf = ({ name }: File): string => join(directory, name)
  return {
    ...fileKind,
    scoped: true,
    observe: (desired, cycle) => observeFiles(directory, new Set(desired.map(({ name }) => name)), cycle),
    create: (items, { signal }) =>
      answerEach(items, (item) => write(pathOf(item), item, compareFile(item.spec, undefined), { flag: 'wx', signal })),
    update: (items, { signal }) =>
      answerEach(items, ({ desired, fields }) => write(pathOf(desired), desired, fields, { flag: 'w', signal }))
  }
}

async function observeFiles(directory: string, declared: ReadonlySet<string>, cycle: Cycle): Promise<Seen> {
  cycle.signal.throwIfAborted()
  const visible = (await readdir(directory, { withFileTypes: true }).catch(throwKnown)).filter(
    ({ name }) => !name.startsWith('.')
  )
  const shown = visible.filter(({ name }) => cycle.scope === 'all' || declared.has(name))
  const items = new Map<string, Sighting<FileState>>()
  for (const { name } of shown.filter((entry) => entry.isFile())) {
    const isRead = cycle.everything || declared.has(name)
    const sighting = isRead ? await look(join(directory, name), cycle.signal) : { state: { content: null, mode: null } }
    if (sighting !== undefined) items.set(name, sighting)
  }
  return { items, facts: { taken: new Set(visible.flatMap((entry) => (entry.isFile() ? [] : [entry.name]))) } }
}

/** undefined: the file was removed since it was listed. */
async function look(path: string, signal: AbortSignal): Promise<Sighting<FileState> | undefined> {
  try {
    const { mode } = await stat(path)
    const content = await readFile(path, { encoding: 'utf8', signal })
    return { state: { content, mode: (mode & 0o777).toString(8).padStart(3, '0') } }
  } catch (error) {
    if (systemCode(error) === 'ENOENT') return undefined
    if (systemCode(error) === 'EACCES') return { refused: 'permission denied' }
    throw knownError(error)
  }
}

interface Writing {
  /** `wx` fails on an existing file: the next observation compares a file that was created concurrently. */
  readonly flag: 'w' | 'wx'
  readonly signal: AbortSignal
}

async function write(
  path: string,
  { name, spec }: File,
  fields: readonly FieldChange[],
  how: Writing
): Promise<ItemResult> {
  try {
    for (const field of fields) {
      if (field.path === 'content') await writeFile(path, spec.content, how)
      else await chmod(path, Number.parseInt(spec.mode ?? '', 8))
    }
    return done(name)
  } catch (error) {
    if (systemCode(error) === 'EEXIST') return unchanged(name)
    throw knownError(error)
  }
}

const codes: Readonly<Record<string, ErrorCode>> = {
  ENOENT: 'UNREACHABLE',
  EACCES: 'NOT_PERMITTED',
  EPERM: 'NOT_PERMITTED',
  ENOSPC: 'UNAVAILABLE',
  ENAMETOOLONG: 'REJECTED'
}

/** An error of the file system as one of the framework, which recognises codes that are not in the table. */
function knownError(error: unknown): ReconcileError {
  const code = codes[systemCode(error)]
  return code === undefined ? toReconcileError(error) : new ReconcileError(code, String(error), { cause: error })
}

function systemCode(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : ''
}

function throwKnown(error: unknown): never {
  throw knownError(error)
}

/** What `--plugin` loads. */
export const plugin: Plugin = {
  name: 'directory',
  kinds: [fileKind],
  open: (environment) => {
    const directory = environment.required('DIRECTORY_PATH', '/srv/www')
    if (!isAbsolute(directory)) refuse('DIRECTORY_PATH', directory, 'an absolute path', '/srv/www')
    return {
      name: 'directory',
      resources: [fileResource(directory)],
      identity: () => realpath(directory).catch(throwKnown),
      close: () => Promise.resolve()
    }
  }
}
