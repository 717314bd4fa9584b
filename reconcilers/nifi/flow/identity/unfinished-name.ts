/**
 * What a flow's group is called while it is being made, so that it is found again whatever happens in between.
 * @module
 */

const suffix = ' [infometis import]'

/** The name under which a flow is imported, until it is finished. */
export function unfinishedName(flow: string): string {
  return `${flow}${suffix}`
}

/** The flow a group of this name was begun for; undefined for any other name. The inverse of `unfinishedName`. */
export function flowOfUnfinished(name: string): string | undefined {
  return name.endsWith(suffix) && name.length > suffix.length ? name.slice(0, -suffix.length) : undefined
}
