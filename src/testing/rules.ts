/**
 * The rules of the conformance suite. Each runs the real line on a service of its own.
 * @module
 */
import { abortIsHonoured, answersKeepTheContract, silenceIsThrown } from './rules/answering.ts'
import { missingVerbIsHeld, observeModeIsIdle, orphansAreUntouched, pausedIsUntouched } from './rules/leaving-alone.ts'
import { compareIsPure, observeListsAll, observeNeverWrites, unknownFieldsAreRefused } from './rules/looking.ts'
import { scopedReadingIsConstant, scopedReadingIsTheSame } from './rules/scope.ts'
import { applyConverges, badItemFailsAlone, driftIsRepaired } from './rules/writing.ts'
import { secondApplyIsIdle, updateIsNarrow } from './rules/writing.ts'

/** In the order in which a plugin is usually written. */
export const rules = [
  { title: 'observe never writes', hold: observeNeverWrites },
  { title: 'an observation of nothing declared lists what is there', hold: observeListsAll },
  { title: 'a scoped reading shows the same items as a whole one', hold: scopedReadingIsTheSame },
  { title: 'a scoped reading costs a constant number of requests', hold: scopedReadingIsConstant },
  { title: 'compare is pure, and empty on what was just written', hold: compareIsPure },
  { title: 'after apply the diff is empty', hold: applyConverges },
  { title: 'a second apply does nothing', hold: secondApplyIsIdle },
  { title: 'an update changes the named field and no other', hold: updateIsNarrow },
  { title: 'drift made by hand is found and repaired', hold: driftIsRepaired },
  { title: 'one bad item fails alone', hold: badItemFailsAlone },
  { title: 'an abort is honoured within a second', hold: abortIsHonoured },
  { title: 'no answer to a write is thrown, and is no failure of an item', hold: silenceIsThrown },
  { title: 'orphans are reported and untouched', hold: orphansAreUntouched },
  { title: 'unknown fields are refused by their name', hold: unknownFieldsAreRefused },
  { title: 'a paused item is untouched', hold: pausedIsUntouched },
  { title: 'mode observe writes nothing', hold: observeModeIsIdle },
  { title: 'a verb without a method is held as unsupported', hold: missingVerbIsHeld },
  { title: 'every answer is in the words of the contract', hold: answersKeepTheContract }
] as const

export type RuleTitle = (typeof rules)[number]['title']
