/**
 * The public names, nothing else: what a plugin is made of, and what runs it. The page on writing a reconciler says
 * what each is for.
 * @module
 */

// What a plugin is made of.
export * from './plugin.ts'

// What runs a plugin.
export type { Observer } from './report/observer.ts'
export type { DesiredReading } from './reconciler/desired-source.ts'
export type { Look } from './reconciler/pass.ts'
export type { Control } from './reconciler/loop.ts'
export type { Requeued } from './reconciler/agenda.ts'
export { ServiceReconciler, type ReconcilerOptions } from './reconciler/service-reconciler.ts'
