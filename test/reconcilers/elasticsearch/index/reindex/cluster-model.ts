/**
 * A cluster as far as a reindex sees it, in memory, which can lose its caller before or after any write.
 * @module
 */
import assert from 'node:assert/strict'
import { isBody, type Body } from '../../../../../reconcilers/elasticsearch/body.ts'
import { word } from '../../../../../reconcilers/elasticsearch/mapping/definition.ts'
import type { Answer, Link, Request } from '../../../../../reconcilers/elasticsearch/connection/link.ts'
import type { Json } from '../../../../../src/records.ts'
import { refusal } from '../../scripted-link.ts'

interface Index {
  settings: Record<string, Json>
  mappings: Body
  readonly aliases: Record<string, Body>
  readonly documents: Map<string, string>
  /** The documents searches see: those of the last refresh. */
  visible: ReadonlyMap<string, string>
}

interface Task {
  readonly from: string
  readonly to: string
  /** Documents as they were when the task began. */
  readonly left: [string, string][]
  readonly total: number
  ended?: Body
}

/** Documents a task copies between two looks at it. */
const pace = 3

export class ClusterModel implements Link {
  readonly patience = { timeout: '9s', master_timeout: '9s' }
  readonly indices = new Map<string, Index>()
  readonly tasks = new Map<string, Task>()
  /** Writes since the start, as method and path. */
  readonly writes: string[] = []
  /** Everything asked, as method and path. */
  readonly asked: string[] = []
  /** Bytes free on its only disk of 1,000. */
  free = 900
  mostShards = 1_000
  /** Why a document cannot be written; undefined for one that can. */
  refuses: (document: string) => string | undefined = () => undefined
  /** Aliases that a template gives to every new index. */
  given: Readonly<Record<string, Body>> = {}
  /** A setting nobody may change. */
  refusesSetting: string | undefined
  #version = 0
  #dead = false
  #crash: { at: number; readonly reached: boolean } | undefined

  /** The caller dies at its n-th write from now, before or after the cluster gets it. */
  crashAt(write: number, reached: boolean): void {
    this.#crash = { at: this.writes.length + write, reached }
  }

  /** A new caller: what the old one asked is forgotten, what it did is not. */
  restart(): void {
    this.#dead = false
    this.#crash = undefined
  }

  get dead(): boolean {
    return this.#dead
  }

  add(name: string, index: Partial<Omit<Index, 'visible'>> = {}): void {
    this.indices.set(name, {
      visible: new Map(index.documents),
      settings: { 'index.number_of_shards': '1', 'index.number_of_replicas': '0' },
      mappings: {},
      aliases: {},
      documents: new Map(),
      ...index
    })
  }

  /** What a client writes through an alias; false when it is refused. */
  write(alias: string, id: string, document: string): boolean {
    const [index] = [...this.indices.values()].filter(({ aliases }) => Object.hasOwn(aliases, alias))
    if (index === undefined || index.settings['index.blocks.write'] === 'true') return false
    index.documents.set(id, document)
    return true
  }

  async ask(request: Request, signal: AbortSignal): Promise<Answer> {
    signal.throwIfAborted()
    await Promise.resolve()
    if (this.#dead) throw new Error('dead')
    const name = `${request.method} ${request.path}`
    this.asked.push(name)
    if (request.method === 'GET' || /_refresh$|_simulate_index/.test(request.path)) return this.#answer(request)
    const crash = this.#crash?.at === this.writes.length ? this.#crash : undefined
    this.#dead = crash !== undefined
    if (crash?.reached === false) throw new Error('dead')
    this.writes.push(name)
    this.#version += 1
    const answer = this.#answer(request)
    if (crash !== undefined) throw new Error('dead')
    return answer
  }

  close(): Promise<void> {
    return Promise.resolve()
  }

  #answer({ method, path, body = {} }: Request): Answer {
    const [first = '', second = '', third = ''] = path.slice(1).split('/').map(decodeURIComponent)
    const sent = isBody(body) ? body : {}
    const api = this.#apis[first]
    if (api !== undefined) return api(sent, second, third)
    if (method === 'PUT' && second === '') return this.#create(first, sent)
    return method === 'GET' && ['', '_mapping', '_alias'].includes(second)
      ? ok(this.#show(first.split(',')))
      : this.#index(first, second, sent)
  }

  /** By the first step of the path. */
  readonly #apis: Readonly<Record<string, (sent: Body, second: string, third: string) => Answer>> = {
    '': () => ok({ version: { number: '9.4.3' }, cluster_uuid: 'c' }),
    _alias: (_, names) => ok(this.#members(names.split(','))),
    _aliases: (sent) => this.#swap(sent),
    _cluster: (_, second, third) => ok(this.#cluster(second, third)),
    _index_template: () => ok({ template: { aliases: this.given } }),
    _nodes: () =>
      ok({
        nodes: { a: { roles: ['data'], fs: { total: { total_in_bytes: 1_000, available_in_bytes: this.free } } } }
      }),
    _reindex: (sent) => ok({ task: this.#begin(sent) }),
    _resolve: () => ok(this.#resolve()),
    _tasks: (_, id, what) => (id === '' ? ok(this.#running()) : this.#task(id, what))
  }

  #cluster(second: string, third: string): Body {
    if (second === 'state') return { version: this.#version, state_uuid: 's', cluster_uuid: 'c' }
    if (second === 'settings')
      return {
        defaults: {
          cluster: {
            max_shards_per_node: String(this.mostShards),
            routing: { allocation: { disk: { watermark: { high: '90%' } } } }
          }
        }
      }
    if (third === '') return { active_shards: this.indices.size, unassigned_shards: 0, number_of_data_nodes: 1 }
    return { indices: Object.fromEntries(third.split(',').map((name) => [name, { status: 'green' }])) }
  }

  #resolve(): Body {
    const aliases = new Set([...this.indices.values()].flatMap((index) => Object.keys(index.aliases)))
    const behind = (alias: string): string[] =>
      [...this.indices].filter(([, index]) => Object.hasOwn(index.aliases, alias)).map(([name]) => name)
    return {
      indices: [...this.indices.keys()].map((name) => ({ name, attributes: ['open'] })),
      aliases: [...aliases].map((name) => ({ name, indices: behind(name) })),
      data_streams: []
    }
  }

  #show(names: readonly string[]): Body {
    return Object.fromEntries(
      names.flatMap((name) => {
        const index = this.indices.get(name)
        return index === undefined
          ? []
          : [[name, { settings: { ...index.settings }, mappings: index.mappings, aliases: { ...index.aliases } }]]
      })
    )
  }

  #members(aliases: readonly string[]): Body {
    return Object.fromEntries(
      [...this.indices].map(([name, index]) => [
        name,
        { aliases: Object.fromEntries(Object.entries(index.aliases).filter(([alias]) => aliases.includes(alias))) }
      ])
    )
  }

  #create(name: string, { settings, mappings }: Body): Answer {
    if (this.indices.has(name))
      return refusal(400, 'resource_already_exists_exception', `index [${name}] already exists`).answer
    this.add(name, {
      settings: { 'index.number_of_shards': '1', 'index.number_of_replicas': '1', ...asBody(settings) },
      mappings: asBody(mappings),
      aliases: { ...this.given }
    })
    return ok({ acknowledged: true })
  }

  #index(name: string, what: string, sent: Body): Answer {
    const index = this.indices.get(name)
    if (index === undefined) return refusal(404, 'index_not_found_exception', `no such index [${name}]`).answer
    if (what === '_stats') return ok({ _all: { primaries: { store: { size_in_bytes: index.documents.size * 10 } } } })
    if (what === '_count') return ok({ count: index.visible.size, _shards: { failed: 0 } })
    if (what === '_refresh') index.visible = new Map(index.documents)
    if (what === '_block') index.settings['index.blocks.write'] = 'true'
    if (what === '_mapping') index.mappings = { ...index.mappings, ...sent }
    if (what === '_settings') {
      if (Object.keys(sent).some((key) => key === this.refusesSetting))
        return refusal(400, 'illegal_argument_exception', 'refused').answer
      const kept = Object.entries({ ...index.settings, ...sent }).filter(([, value]) => value !== null)
      index.settings = Object.fromEntries(kept)
    }
    return ok({ acknowledged: true })
  }

  #begin({ source, dest }: Body): string {
    const [from, to] = [word(asBody(source)['index']), word(asBody(dest)['index'])]
    assert.equal(asBody(dest)['op_type'], 'create')
    const id = `node:${this.tasks.size + 1}`
    const documents = [...(this.indices.get(from)?.visible ?? [])]
    this.tasks.set(id, { from, to, left: documents, total: documents.length })
    return id
  }

  /** Whoever looks sees the tasks as they are, and then they go on. */
  #running(): Body {
    const running = [...this.tasks].filter(([, { ended }]) => ended === undefined)
    const tasks = running.map(([id, { from, to, left, total }]) => ({
      node: 'node',
      id: Number(id.split(':')[1]),
      description: `reindex from [${from}] to [${to}]`,
      status: { total, created: total - left.length }
    }))
    for (const [, task] of running) this.#goOn(task)
    return { tasks }
  }

  #goOn(task: Task): void {
    const target = this.indices.get(task.to)
    const failures: Json[] = []
    for (const [id, document] of task.left.splice(0, pace)) {
      const why = this.refuses(document)
      if (why !== undefined)
        failures.push({ id, status: 400, cause: { type: 'document_parsing_exception', reason: why } })
      else if (target?.documents.has(id) === false) target.documents.set(id, document)
    }
    if (failures.length > 0 || task.left.length === 0) task.ended = { response: { failures } }
  }

  #task(id: string, what: string): Answer {
    const task = this.tasks.get(id)
    if (task === undefined)
      return refusal(404, 'resource_not_found_exception', `task [${id}] isn't running and hasn't stored its results`)
        .answer
    if (what === '_cancel') task.ended ??= { response: { failures: [], canceled: 'by user request' } }
    return ok({ completed: task.ended !== undefined, ...task.ended })
  }

  #swap({ actions }: Body): Answer {
    const parsed = (Array.isArray(actions) ? actions : []).map((action) => asBody(action))
    const removes = parsed.flatMap(({ remove }) => (isBody(remove) ? [remove] : []))
    const missing = removes.find(
      ({ index, alias }) => this.indices.get(word(index))?.aliases[word(alias)] === undefined
    )
    if (missing !== undefined) return refusal(404, 'aliases_not_found_exception', 'aliases missing').answer
    for (const { index, alias } of removes) delete this.indices.get(word(index))?.aliases[word(alias)]
    for (const { add } of parsed) {
      const { index, alias, ...member } = asBody(add)
      const target = this.indices.get(word(index))
      if (target !== undefined) target.aliases[word(alias)] = member
    }
    return ok({ acknowledged: true })
  }
}

function ok(body: Json): Answer {
  return { status: 200, body }
}

function asBody(value: Json | undefined): Body {
  return isBody(value) ? value : {}
}
