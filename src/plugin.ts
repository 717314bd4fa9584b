/**
 * The public face for plugins, `infometis-reconcilers/plugin`: all that a service needs of the framework, and nothing
 * that runs it. The services in this repository import nothing else of it.
 * @module
 */

// The contract and its records.
export type * from './contract.ts'
export type * from './line.ts'
export { risks } from './contract.ts'
export type * from './records.ts'
export { failReasons, holdReasons, invalidReasons, keyOf, waitReasons } from './records.ts'

// What a call of a plugin answers.
export { answerEach } from './apply/answers.ts'
export { done, failed, unchanged, waiting } from './apply/outcome.ts'

// Errors.
export { deepestMessage, errorTable, ReconcileError, systemErrorCode, toReconcileError } from './errors.ts'
export type { ErrorCode } from './errors.ts'
export {
  addressOf,
  codeOf,
  connectionErrorCode,
  connectionErrorReason,
  trustReason
} from './connect/connection-errors.ts'

// Settings: variables, URLs, logins, credentials and secrets.
export { Environment, refuse, type MountedFile, type Secret } from './connect/environment.ts'
export { parseDuration } from './time/duration.ts'
export { parseUrl, type ParsedUrl, type UrlLogin, type UrlVariable } from './connect/url.ts'
export { readLogin, type Login, type LoginPlaces, type OtherCredential } from './connect/login.ts'
export { CredentialWatch, fingerprintOf } from './connect/credentials.ts'
export { readTlsTexts, type TlsFiles, type TlsTexts } from './connect/tls-files.ts'
export { registerSecret } from './secrets/mask.ts'

// Deadlines and time.
export { requestDeadline, within, withinRequest, type RequestDeadline } from './time/deadline.ts'
export { systemClock, type Clock } from './time/clock.ts'

// Schemas, documents, names and numbers.
export { z } from 'zod'
export { parseDocument, type ParsedDocument } from './parse/document.ts'
export { placeOf, toValue, type Node } from './parse/node.ts'
export { digestOf } from './parse/items.ts'
export { didYouMean, type UsualMistakes } from './parse/nearest.ts'
export { exactNumber, numberText } from './parse/number.ts'
export {
  equalNumber,
  isNumber,
  isWrittenNumber,
  parseWithNumbers,
  reportable,
  sameNumber,
  writtenNumber,
  writtenText,
  type WrittenNumber
} from './parse/written-number.ts'
export { joinPath } from './parse/schema.ts'
export { coversPath, matchesAny } from './plan/patterns.ts'
export { remember } from './remember.ts'

// Packages that only some users install.
export { loadPeer } from './connect/peer.ts'
