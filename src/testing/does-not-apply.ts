/**
 * How a rule says that it cannot hold for this kind.
 * @module
 */

/** Thrown by a rule that has nothing to hold a kind to; the message is the reason, which is shown. */
export class DoesNotApply extends Error {
  override readonly name = 'DoesNotApply'
}
