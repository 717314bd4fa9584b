/**
 * What it means for a field of a definition to be the same: what stands for one that is absent, and the normal form of its
 * values, as servers of 1.18 and 2.3 write them.
 * @module
 */
import { isNumber, type Json, writtenNumber, writtenText } from '../../../../src/plugin.ts'
import { byText } from './parts.ts'
import { type Body, asBody, fieldOf, itemsOf, textOf } from '../../json.ts'

/** How one field is compared. */
export interface FieldRule {
  /** What NiFi takes when the field is absent; without one, a field the file leaves out stays as it is. */
  readonly fallback?: Json
  /** Known to some versions only: a server that does not show it does not have it. */
  readonly recent?: true
  /** Known to some versions only, and not shown while it is not set: those that show the other field know it. */
  readonly shownWith?: string
  /** Of a live list only those items count that the declared one has, by identifier: NiFi adds what it discovers. */
  readonly among?: true
  /** What the properties of a type are, NiFi decides when it takes a definition: it may come from another bundle there. */
  readonly isMade?: true
  /** Brings values that mean the same to one form. */
  normal?(value: Json): Json
}

/** Texts in any order, each once. */
export const set = {
  fallback: [],
  normal: (value: Json): Json => [...new Set(itemsOf(value).map(textOf))].toSorted(byText)
}
/** Whether it may run; that it does is no matter of a definition. */
export const state: FieldRule = { fallback: 'ENABLED', normal: (value) => (value === 'RUNNING' ? 'ENABLED' : value) }
/** Its version is that of the server. */
export const bundle: FieldRule = { isMade: true, normal: (value) => pick(value, ['group', 'artifact']) }
/** An end of a connection. */
export const end: FieldRule = { normal: (value) => pick(value, ['id', 'type']) }
/** Ports of a remote process group, in any order. */
export const remotePorts: FieldRule = {
  fallback: [],
  among: true,
  normal: (value) =>
    itemsOf(value)
      .map(asBody)
      .map(remotePort)
      .toSorted((a, b) => byText(textOf(a['identifier']), textOf(b['identifier'])))
}
/** NiFi writes a size in capitals, where it is that of a group. */
export const sizeOfGroup = {
  fallback: '1 GB',
  normal: (value: Json): Json => textOf(value).toUpperCase()
} satisfies FieldRule
/** NiFi keeps no variable without a value. */
export const variables: FieldRule = {
  fallback: {},
  recent: true,
  normal: (value) => Object.fromEntries(Object.entries(asBody(value)).filter(([, each]) => each !== null))
}
/** The bucket may be kept elsewhere, and 1.x counts versions where 2.x names them. */
export const coordinates: FieldRule = {
  fallback: null,
  normal: (value) => ({ ...pick(value, ['bucketId', 'flowId', 'branch']), version: digitsOf(asBody(value)['version']) })
}

/** A field's value in normal form, filled in where it is absent; undefined where nothing stands for it. */
export function normalValue(rule: FieldRule, value: Json | undefined): Json | undefined {
  if (value === undefined || value === null) return rule.fallback
  return rule.normal === undefined ? value : rule.normal(value)
}

/** A number of any size, which NiFi takes as text as well, and `1e4` for 10000. */
export function count(fallback: Json): FieldRule {
  return { fallback, normal: (value) => inDigits(value) ?? value }
}

function inDigits(value: Json): Json | undefined {
  const text = isNumber(value) ? writtenText(value) : textOf(value)
  if (/^\s*-?\d+\s*$/.test(text)) return writtenNumber(BigInt(text).toString())
  const double = Number(text)
  return isNumber(value) && Number.isInteger(double) ? writtenNumber(BigInt(double).toString()) : undefined
}

function remotePort(body: Body): Body {
  const tasks = normalValue(count(1), fieldOf(body, 'concurrentlySchedulableTaskCount')) ?? 1
  const batch = pick(body['batchSize'] ?? null, ['count', 'size', 'duration'])
  return {
    ...pick(body, ['identifier', 'name']),
    concurrentlySchedulableTaskCount: tasks,
    useCompression: body['useCompression'] === true,
    ...(Object.keys(batch).length > 0 && { batchSize: batch })
  }
}

function digitsOf(version: Json | undefined): string {
  return isNumber(version) ? writtenText(version) : textOf(version)
}

function pick(value: Json, fields: readonly string[]): Body {
  const body = asBody(value)
  return Object.fromEntries(
    fields.flatMap((field) =>
      fieldOf(body, field) === undefined || body[field] === null ? [] : [[field, body[field] ?? null]]
    )
  )
}
