/**
 * A flow as people write it by hand, once it is checked. Absent fields have NiFi's defaults; a component that is `null`
 * is not declared, so that a layer can take one away.
 * @module
 */

/** Values by name, as NiFi stores them; `null` unsets a property, also one with a default. */
export type Properties = Readonly<Record<string, string | null>>

/** Components by the key that is their identity: renaming one is a removal and an addition. */
type Named<T> = Readonly<Record<string, T>>

export interface InlineProcessor {
  /** `GenerateFlowFile`, or the full name of its class. */
  readonly type: string
  /** What the canvas shows, else the key. */
  readonly name?: string | undefined
  readonly comments?: string | undefined
  readonly properties?: Properties | undefined
  /** A time with its unit, `10 sec`; excludes `cron`. */
  readonly every?: string | undefined
  /** Quartz fields from seconds on, `0 0 * * * ?`. */
  readonly cron?: string | undefined
  readonly tasks?: number | undefined
  readonly penalty?: string | undefined
  readonly yield?: string | undefined
  readonly bulletin?: string | undefined
  readonly runOn?: 'all' | 'primary' | undefined
  /** Relationships whose FlowFiles end here. */
  readonly terminate?: readonly string[] | undefined
  readonly retry?: InlineRetry | undefined
  readonly disabled?: boolean | undefined
}

export interface InlineRetry {
  readonly count?: number | undefined
  readonly relationships: readonly string[]
  readonly backoff?: string | undefined
  readonly maxBackoff?: string | undefined
}

export interface InlineService {
  readonly type: string
  readonly name?: string | undefined
  readonly comments?: string | undefined
  readonly properties?: Properties | undefined
}

/** Its name is its key. */
export interface InlinePort {
  readonly comments?: string | undefined
  readonly tasks?: number | undefined
  readonly disabled?: boolean | undefined
}

export interface InlineLabel {
  readonly text: string
  readonly width?: number | undefined
  readonly height?: number | undefined
}

export interface InlineConnection {
  /** A key of the same group, or a port of a group inside it: `inner.out`. */
  readonly from: string
  /** Each once, sorted; empty where the source is a port or a funnel. */
  readonly relationships: readonly string[]
  readonly to: string
  readonly name?: string | undefined
  readonly maxObjects?: number | undefined
  readonly maxSize?: string | undefined
  readonly expire?: string | undefined
  /** Full names of their classes, the one that counts most first. */
  readonly prioritizers?: readonly string[] | undefined
  readonly loadBalance?: InlineLoadBalance | undefined
}

export interface InlineLoadBalance {
  readonly strategy: string
  readonly attribute?: string | undefined
  readonly compression?: string | undefined
}

/** A process group. */
export interface InlineGroup {
  readonly comments?: string | undefined
  /** `null`: none. Absent: that of the group around it, which NiFi itself does not hand down. */
  readonly parameterContext?: string | null | undefined
  readonly processors?: Named<InlineProcessor> | undefined
  readonly services?: Named<InlineService> | undefined
  readonly inputPorts?: Named<InlinePort> | undefined
  readonly outputPorts?: Named<InlinePort> | undefined
  readonly funnels?: Named<object> | undefined
  readonly labels?: Named<InlineLabel> | undefined
  readonly connections?: readonly InlineConnection[] | undefined
  readonly groups?: Named<InlineGroup & { readonly name?: string | undefined }> | undefined
}

/** The fields of a group that list what is in it; a declaration with one of them is an inline form. */
export const inlineParts = [
  'processors',
  'services',
  'inputPorts',
  'outputPorts',
  'funnels',
  'labels',
  'groups',
  'connections'
] as const
