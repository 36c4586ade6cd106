export { createAddressBook, resolveTemplate } from './addresses.ts';
export { agree } from './cli/agree.ts';
export { type Clock, orAborted, systemClock, withDeadline } from './clock.ts';
export { runInForeground } from './command-foreground.ts';
export { prependLocalBins, topLevelOf } from './command-path.ts';
export { splitCommand } from './command-words.ts';
export { type Duration, formatDuration, resolveDuration, resolveMoment } from './duration.ts';
export { asError, reasonOf } from './errors/as-error.ts';
export { serviceErrors } from './errors/catalogue/service.ts';
export { stateErrors } from './errors/catalogue/state.ts';
export {
  defineErrors,
  DevServicesError,
  entry,
  type ErrorInit,
  isDevServicesError,
} from './errors/error.ts';
export { stackFrames } from './errors/stack-frames.ts';
export { fileReason, isErrno } from './identity/file-reason.ts';
export { findListeners, type Listener, listListeners } from './identity/listeners.ts';
export { acquireLock, type Lock } from './identity/lock.ts';
export { readLockHolder } from './identity/lock-folder.ts';
export { findPortHolder, type PortHolder } from './identity/port-owner.ts';
export { ensurePrivateFolder } from './identity/private-folder.ts';
export {
  identifyProcess,
  isAlive,
  type ProcessIdentity,
  readBootId,
} from './identity/process-identity.ts';
export { isZombie, type ProcessStat, readProcessStat } from './identity/process-stat.ts';
export { describeProcess, findSocketOwner } from './identity/socket-owner.ts';
export { socketsOf } from './identity/sockets-of.ts';
export { isObject, loadStateFile, parseObject, replaceStateFile } from './identity/state-file.ts';
export { watchPath } from './identity/watch-path.ts';
export type { ProjectAccess } from './host-access.ts';
export { createJournalCursor, type JournalCursor, type JournalStart } from './journal-cursor.ts';
export { type JournalEntry, type JournalReading, readJournal } from './journal-reader.ts';
export type { ServiceStats } from './lifecycle/read-stats.ts';
export { readVersion } from './own-url.ts';
export { operatorName } from './operator.ts';
export { plainText } from './plain-text.ts';
export { probeService } from './readiness/probe-service.ts';
export { type ReadinessSource, waitReady } from './readiness/wait-ready.ts';
export { createEventQueue, type EventQueue } from './run/event-queue.ts';
export { closestName, didYouMean } from './suggestion.ts';
export { type ArchivedFile, writeArchive } from './write-archive.ts';
