/**
 * Names in the path of a request. The server refuses a request line of more than 4,096 bytes.
 * @module
 */

/** Room for the method, the rest of the path and the query. Source: `http.max_initial_line_length`. */
const mostBytes = 3_500

/** One name, encoded. */
export function encodeName(name: string): string {
  return encodeURIComponent(name)
}

/** Names packed into as few lists as fit into a path, each encoded and joined with commas. Order is kept. Pure. */
export function nameLists(
  names: readonly string[]
): readonly { readonly names: readonly string[]; readonly path: string }[] {
  const lists: { names: string[]; path: string }[] = []
  for (const name of names) {
    const encoded = encodeName(name)
    const last = lists.at(-1)
    if (last !== undefined && last.path.length + 1 + encoded.length <= mostBytes) {
      last.names.push(name)
      last.path += `,${encoded}`
    } else lists.push({ names: [name], path: encoded })
  }
  return lists
}

/** Means something else than a name where a path takes several: wildcards, lists, exclusions, dates, remote clusters. */
const unusual = /[*?,<>|"\\/#:\s]|^[-_+]|^\.{0,2}$/u

/**
 * All names as one list for a path, joined with commas, and after them everything that begins with one of `prefixes`;
 * undefined where they do not fit into one path, or one of them would be taken for something else there. Pure.
 */
export function onePath(names: readonly string[], prefixes: readonly string[] = []): string | undefined {
  if ([...names, ...prefixes].some((name) => unusual.test(name))) return undefined
  const path = [...names.map(encodeName), ...prefixes.map((prefix) => `${encodeName(prefix)}*`)].join(',')
  return path === '' || path.length > mostBytes ? undefined : path
}
