/**
 * When properties of a processor or a service differ.
 * @module
 */
import type { Json } from '../../../../src/plugin.ts'
import type { Component } from './model.ts'
import { asBody, fieldOf } from '../../json.ts'

export interface PropertyChange {
  readonly name: string
  /** As people may see it; null: not set. */
  readonly before: Json
  readonly after: Json
  /** What is to be sent; null: nothing. */
  readonly value: Json
}

/** Stands for what nobody may see. */
const hidden = '(a sensitive value)'

/**
 * Properties that differ. Absent, null and "as the type has it" cannot be told from the outside, because a download shows
 * each property with its default and its descriptors do not say which value is one. So:
 * - What the file sets differs when the live value is another one.
 * - What the file leaves out is equal when it is not set live either.
 * - Set live, it was set by hand when it is dynamic (there is no default for it; only 2.x tells), sensitive (NiFi shows
 *   references only, and no default is one), written as null, or missing from a file that lists the type's properties: it
 *   has a descriptor of this one, or it was taken from the very same bundle version.
 * - Otherwise the file was written by hand or taken from another version, and the live value may be a default: it is left
 *   alone, unless the marker proves that it was set by hand (`unsetByHand`).
 * - A sensitive literal is never in a download and cannot be compared: equal while live shows nothing. Pure.
 */
export function propertyChanges(desired: Component, live: Component): readonly PropertyChange[] {
  const [wanted, present] = [asBody(desired['properties']), asBody(live['properties'])]
  const names = new Set([...Object.keys(wanted), ...Object.keys(present)])
  return [...names].flatMap((name) => {
    const [value, has] = [fieldOf(wanted, name) ?? null, fieldOf(present, name) ?? null]
    const isSecret = isSensitive(desired, name) || isSensitive(live, name)
    if (value === has || (isSecret && isHidden(value) && isHidden(has))) return []
    if (value === null && !isSecret && !isUnset(desired, live, name)) return []
    return [{ name, before: shown(has, isSecret), after: shown(value, isSecret), value }]
  })
}

/** Whether a component's type keeps a property secret, as far as its file says. */
export function isSensitive(component: Component, name: string): boolean {
  return descriptorOf(component, name)['sensitive'] === true
}

/** Whether a property holds the identifier of a service, as far as its file says. */
export function isService(component: Component, name: string): boolean {
  return Boolean(descriptorOf(component, name)['identifiesControllerService'])
}

/** Whether a value is a reference to a parameter and nothing else. */
export function isReference(value: Json | undefined): boolean {
  return typeof value === 'string' && /^#\{[^{}]+\}$/.test(value)
}

/** A literal, or nothing: a download shows neither of a sensitive property. */
function isHidden(value: Json): boolean {
  return !isReference(value)
}

function shown(value: Json, isSecret: boolean): Json {
  return isSecret && value !== null && isHidden(value) ? hidden : value
}

/** Whether the file means that a property is not set. */
function isUnset(desired: Component, live: Component, name: string): boolean {
  if (descriptorOf(live, name)['dynamic'] === true) return true
  const descriptors = asBody(desired['propertyDescriptors'])
  if (Object.hasOwn(asBody(desired['properties']), name) || Object.hasOwn(descriptors, name)) return true
  const version = asBody(desired['bundle'])['version']
  return (
    Object.keys(descriptors).length > 0 && typeof version === 'string' && version === asBody(live['bundle'])['version']
  )
}

function descriptorOf(component: Component, name: string): Readonly<Record<string, Json>> {
  return asBody(fieldOf(asBody(component['propertyDescriptors']), name))
}
