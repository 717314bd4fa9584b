/**
 * Names that are never touched, by whose rule.
 * @module
 */
import type { AnyKind } from '../contract.ts'
import type { Policy } from '../parse/policy.ts'
import { matchingPattern } from './patterns.ts'

/**
 * Why a name is never touched: which pattern it matches, and where that pattern stands; undefined for every other name.
 * Pure.
 */
export function protectionOf(
  { kind, protect = [] }: AnyKind,
  policy: Pick<Policy, 'protect'>
): (name: string) => string | undefined {
  const [byKind, byPolicy] = [matchingPattern(protect), matchingPattern(policy.protect)]
  return (name) => {
    const own = byKind(name)
    if (own !== undefined) {
      return `protected: a name that matches "${own}" is never touched (built-in rule of kind ${kind})`
    }
    const set = byPolicy(name)
    return set === undefined
      ? undefined
      : `protected: a name that matches "${set}" is never touched (policy.yaml: protect)`
  }
}
