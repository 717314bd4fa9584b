/**
 * Where components stand on the canvas: what feeds another stands above it.
 * @module
 */

export interface Point {
  readonly x: number
  readonly y: number
}

/** NiFi draws a processor 352 wide and a group 176 high; connections need room between. */
const step = { x: 480, y: 240 }

/**
 * A place for every node in a grid: rows by the fewest connections from a source, columns by name. Pure; the order of
 * the arguments makes no difference. `edges` may only name nodes.
 */
export function layOut(
  nodes: readonly string[],
  edges: readonly (readonly [string, string])[]
): ReadonlyMap<string, Point> {
  const rows = Map.groupBy(
    [...ranksOf(nodes, edges)].map(([node, rank]) => ({ node, rank })),
    ({ rank }) => rank
  )
  return new Map(
    [...rows].flatMap(([rank, row]) =>
      row
        .map(({ node }) => node)
        .toSorted()
        .map((node, column) => [node, gridPoint(column, rank)] as const)
    )
  )
}

/** The place at a column and a row, both from 0 and to the left of the grid below 0. */
export function gridPoint(column: number, row: number): Point {
  return { x: column * step.x, y: row * step.y }
}

function ranksOf(nodes: readonly string[], edges: readonly (readonly [string, string])[]): ReadonlyMap<string, number> {
  const others = edges.filter(([from, to]) => from !== to)
  const next = Map.groupBy(others, ([from]) => from)
  const fed = new Set(others.map(([, to]) => to))
  const ranks = new Map<string, number>()
  const spread = (start: readonly string[]) => {
    for (let row = start, rank = 0; row.length > 0; rank++) {
      for (const node of row) ranks.set(node, rank)
      row = [...new Set(row.flatMap((node) => next.get(node) ?? []).map(([, to]) => to))].filter(
        (node) => !ranks.has(node)
      )
    }
  }
  const sorted = nodes.toSorted()
  spread(sorted.filter((node) => !fed.has(node)))
  // Circles that nothing feeds begin somewhere.
  for (const node of sorted) if (!ranks.has(node)) spread([node])
  return ranks
}
