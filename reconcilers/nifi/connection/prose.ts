/**
 * Sentences of NiFi on which something depends. NiFi answers with a status and a text, without a code: what such a text means
 * is decided here and nowhere else.
 * @module
 */

/** What a text of NiFi means, and how NiFi words it. */
const sentences = {
  /** 400 to a write (1.18 and 2.3): somebody else has changed it since. */
  'stale-revision': /is not the most up-to-date revision/,
  /** 409 to everything (1.18 and 2.3) until the flow is loaded; nodes of a cluster vote first (IllegalClusterStateExceptionMapper). */
  initializing: /flow controller is initializing|still in the process of voting/i,
  /** 409 to a login, right after the start of 1.18: the key that signs tokens is not made yet. */
  'no-token-key': /signer not configured/i,
  /** 400 (2.x): the certificate of NiFi has another name. */
  'wrong-server-name': /invalid sni/i,
  /** A page with status 200 (1.x): nifi.web.proxy.host does not list the name. */
  'wrong-host': /<h\d>\s*System Error[^]*invalid host header|invalid host header[^]*<h\d>\s*System Error/i,
  /** 403 to whoever starts and stops components one by one (1.18 and 2.3); the name of the component is left out. */
  'no-policy': /\bNo applicable policies could be found\b/,
  /** The end of a replace-request (1.18 and 2.3): a connection that would be removed holds FlowFiles. */
  'queue-not-empty': /currently has data in the queue/,
  /** The end of a replace-request (2.3): somebody has started a processor since. */
  'processor-running': /while processor is running/,
  /** The end of a replace-request that failed only at starting components again (2.3): the definition is there. */
  replaced: /^Successfully updated flow/,
  /** `state` of a replace-request (1.18 and 2.3). */
  'stopping-processors': /^Stopping Affected Processors$/,
  /** A validation error of what refers to a service that is disabled: with its id, or while it validates with it (1.18 and 2.3). */
  'service-disabled': /Controller Service (?:with ID \S+|that) is (?:currently )?disabled/
} as const

export type Meaning = keyof typeof sentences

/** Whether a text of NiFi has this meaning. Pure. */
export function means(text: string, meaning: Meaning): boolean {
  return sentences[meaning].test(text)
}

/** `Unable to view Processor with ID 4f…. Contact the system administrator.` (1.18 and 2.3). */
const denied = /\bUnable to (?<verb>view|modify|operate) (?<what>.+?)\. Contact the system administrator\b/

/** What the text of a 403 says was denied; undefined where it does not say. Pure. */
export function deniedBy(text: string): { readonly verb: string; readonly what: string } | undefined {
  const { verb, what } = denied.exec(text)?.groups ?? {}
  return verb === undefined || what === undefined ? undefined : { verb, what }
}
