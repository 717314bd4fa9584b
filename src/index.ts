/**
 * The public names, nothing else.
 * @module
 */
export type * from './contract.ts'
export { errorTable, ReconcileError, toReconcileError, type ErrorCode } from './errors.ts'
export { answerEach } from './apply/answers.ts'
export { done, failed, unchanged, waiting } from './apply/outcome.ts'
export { keyOf } from './key.ts'
export type { Observer } from './report/observer.ts'
export type { Clock } from './run/clock.ts'
export { Environment, refuse, type MountedFile, type Secret } from './run/environment.ts'
export type { DesiredReading } from './run/desired-source.ts'
export { ServiceReconciler, type ReconcilerOptions } from './service-reconciler.ts'
