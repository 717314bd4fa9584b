/**
 * What to grant where NiFi refuses: its words name what it refused, and not the policy that would have allowed it.
 * @module
 */

import { deniedBy, means } from './prose.ts'

const actions: Readonly<Record<string, string>> = { view: 'read', modify: 'write', operate: 'write' }

/**
 * The policy by its name on the canvas, and by what the REST API calls it; undefined where the words of a 403 do not tell.
 * Measured on NiFi 2.3 with its own authorizer. Pure.
 */
export function grantFor(words: string): string | undefined {
  // The words for what is started and stopped one by one; the name of it is left out.
  if (means(words, 'no-policy'))
    return `grant ${quoted('modify')}, or "operate the component", on the process group around it`
  const denied = deniedBy(words)
  return denied && `grant ${policyFor(denied.verb, denied.what)}`
}

/** A policy by what is refused and what NiFi calls what it is about, e.g. `modify`, `the controller`. Pure. */
export function policyFor(verb: string, what: string): string {
  const action = actions[verb] ?? verb
  const [, kind = what, id] = /^(.*) with ID (\S+)$/.exec(what) ?? []
  if (what === 'the user interface') return `"view the user interface" (${action} /flow)`
  if (what === 'the controller') return `"access the controller", ${verb} (${action} /controller)`
  if (what === 'parameter contexts') return `"access parameter contexts", ${verb} (${action} /parameter-contexts)`
  if (kind === 'Parameter Context') return contextPolicy(verb, action, id)
  if (what.startsWith('Components requiring additional permission'))
    return `"access restricted components" (${action} /restricted-components)`
  if (what.startsWith('the data for '))
    return `"${verb} the data" on the process group around it (${action} /data/process-groups/<id>)`
  if (kind === 'Process Group') return groupPolicy(verb, action, id)
  return `${quoted(verb)} on the process group around it, or on it where it has policies of its own`
}

function contextPolicy(verb: string, action: string, id = ''): string {
  return `"access parameter contexts", ${verb} (${action} /parameter-contexts), or ${quoted(verb)} on this one (${action} /parameter-contexts/${id})`
}

function groupPolicy(verb: string, action: string, id = ''): string {
  return `${quoted(verb)} on it (${action} /process-groups/${id}) or on the group around it`
}

/** What to grant, as `grantFor` says it, before NiFi is asked for what it would refuse. Pure. */
export function grantToModify(what: 'process group' | 'parameter context', id: string): string {
  return `grant ${what === 'process group' ? groupPolicy('modify', 'write', id) : contextPolicy('modify', 'write', id)}`
}

function quoted(verb: string): string {
  return `"${verb} the component"`
}
