/**
 * What stands in place of a sensitive value, in NiFi's answers and in ours.
 * @module
 */

/** NiFi shows this for every sensitive value that is set. It is never compared as a value, and never written. */
export const mask = '********'
