/**
 * What tests of a reconciler need: the conformance suite, a service in memory and a clock that is moved by hand.
 * @module
 */
export { conformance, conformanceRules, type ConformanceOptions, type ConformanceRule } from './conformance.ts'
export { testCall, testCycle } from './cycle.ts'
export type { RuleTitle } from './rules.ts'
export type { FakeFacts, FakeState, Fields, QueueSpec, SettingSpec } from './fake-kinds.ts'
export {
  FakeServer,
  type FakeCall,
  type FakeItem,
  type FakeKind,
  type FakeMethod,
  type FakeWrite
} from './fake-server.ts'
export { fakePlugin, fakeService } from './fake-service.ts'
export { JumpingClock } from './jumping-clock.ts'
export { queueConformance, queueRules, type OpenQueue, type QueueRule } from './queue-conformance.ts'
export { ManualClock } from './manual-clock.ts'
export type { Item, KindUnderTest, Subject } from './subject.ts'
