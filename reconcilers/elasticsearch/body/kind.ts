/**
 * The kinds whose items are one body each: what is known of them without a connection. Each of them is one row.
 * @module
 */
import type { CheckContext, Desired, Found, Json, Kind, Remark, z } from '../../../src/plugin.ts'
import type { Body } from '../body.ts'
import { protectedPatterns, type BodyKindName } from '../built-in.ts'
import type { Link } from '../connection/link.ts'
import type { Server } from '../connection/server.ts'
import { unsupportedRemarks, type Facts } from '../facts.ts'
import { nameRemarks, type NameRule } from '../names.ts'
import { referenceRemarks, surroundingsOf, type Reference, type Surroundings } from '../references.ts'
import { foundIn, managedRemarks, type NamedBody } from './read.ts'
import { compareBody, describeBody, undeclaredBody, type BodyShape, type BodyState } from './shape.ts'

/** One kind of bodies, and the API that reads and writes it. */
export interface BodyKind {
  readonly kind: BodyKindName
  readonly file: string
  /** Kinds whose items this kind's items need; absent: none. */
  readonly after?: readonly string[]
  readonly schema: z.ZodType<Body>
  readonly shape: BodyShape
  readonly nameFault: NameRule
  /** What a bad name is; `warn` where the server only complains. */
  readonly badName: 'invalid' | 'warn'
  /** Names of other items in a body. */
  readonly references: (spec: Body) => readonly Reference[]
  /** Rules of this kind alone. Pure. */
  readonly check: (desired: readonly Desired<Body>[], around: BodySurroundings) => readonly Remark[]
  /** Reads all items; `<path>/<name>` is one of them. */
  readonly path: string
  /** The items of an answer. Throws NO_ANSWER for anything else. */
  readonly entries: (answer: Json) => readonly NamedBody[]
  /** Time-outs of the server this API takes; another one would be refused as an unknown parameter. */
  readonly patience: readonly (keyof Link['patience'])[]
  /** Whether a body may carry our marker. */
  readonly takesMarker: (server: Pick<Server, 'distribution'>) => boolean
  /** Kinds an item may name, whose live names the rules need. */
  readonly refersTo: readonly LiveNames[]
}

/** How the names of a kind are read. */
export type LiveNames = Pick<BodyKind, 'kind' | 'path' | 'entries'>

/** What a rule may look at. */
export interface BodySurroundings extends Surroundings {
  readonly observed?: CheckContext<BodyState, Facts>['observed']
}

/** The pure half of the kind. */
export function bodyKind(row: BodyKind): Kind<Body, BodyState, Facts> {
  const { kind, file, after, schema, shape } = row
  return {
    kind,
    file,
    ...(after !== undefined && { after }),
    schema,
    numbersAsWritten: true,
    protect: protectedPatterns(kind),
    compare: (spec, state) => compareBody(shape, spec, state),
    undeclared: (spec, state) => undeclaredBody(shape, spec, state),
    check: (desired, context) => checkBodies(row, desired, context),
    describe: describeBody
  }
}

function checkBodies(
  row: BodyKind,
  desired: readonly Desired<Body>[],
  context: CheckContext<BodyState, Facts>
): readonly Remark[] {
  const { observed } = context
  const around = { ...surroundingsOf(row.kind, context), ...(observed && { observed }) }
  return [
    ...unsupportedRemarks(desired, observed?.facts),
    ...nameRemarks(desired, row.nameFault, row.badName),
    ...managedRemarks(row.shape, desired, context),
    ...row.check(desired, around),
    ...desired.flatMap(({ name, spec }) => referenceRemarks(name, row.references(spec), around))
  ]
}

/** The items of an answer, by name. Throws NO_ANSWER for anything else. */
export function bodiesFrom({ kind, shape, entries }: BodyKind, answer: Json): ReadonlyMap<string, Found<BodyState>> {
  return new Map(entries(answer).map(([name, body]) => [name, foundIn(kind, shape, name, body)]))
}
