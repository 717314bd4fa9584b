/**
 * What is known of an index setting.
 * @module
 */

/**
 * How a setting changes on an index that exists. `dynamic`: in place. `reopen`: only while the index is closed.
 * `final`: never, only at creation. `server`: by the server alone; a configuration that names it is refused.
 */
export type SettingClass = 'dynamic' | 'reopen' | 'final' | 'server'

/**
 * How a value is read. `word`: a name in any case. `instant`: a date or milliseconds since the epoch. `free`: named by the
 * author of an analyzer or a similarity, which the server reads as it needs to.
 */
export type SettingType =
  | 'boolean'
  | 'integer'
  | 'decimal'
  | 'time'
  | 'bytes'
  | 'instant'
  | 'list'
  | 'word'
  | 'text'
  | 'free'

/** Settings of one class and one type, by key without `index.` or by how their keys begin. */
export interface SettingRow {
  readonly class: SettingClass
  readonly type: SettingType
  /** Where this was read. */
  readonly source: string
  readonly keys?: readonly string[]
  readonly prefixes?: readonly string[]
}
