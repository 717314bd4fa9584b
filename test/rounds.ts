/**
 * How often tests repeat what proves rare events.
 * @module
 */

/** `usual`, or `long` where INFOMETIS_LONG is 1. */
export function rounds(usual: number, long: number): number {
  return process.env['INFOMETIS_LONG'] === '1' ? long : usual
}
