import { withDeadline } from '../clock.ts';
import { reasonOf } from '../errors/as-error.ts';
import { serviceErrors } from '../errors/catalogue/service.ts';
import type { Instance, LogLine, Runner, RunnerEvent } from '../run/runner.ts';
import type { Kernel } from './kernel.ts';
import type { LogPosition } from './log-position.ts';
import { createLogReader, observePatiently } from './log-reader.ts';

// The last lines come a moment after the end, or from an engine in trouble never.
const lastLinesMs = 5000;
/** What commands that run others say of a failure of their own. */
const unknownStatus = 125;

interface End {
  /** Undefined where nobody saw it. */
  exitCode: number | undefined;
  isRemoval?: boolean;
}

export interface Followed {
  runner: Runner;
  instance: Instance;
  /** Of the runner, from before the instance was started or looked at. */
  events: AsyncIterable<RunnerEvent>;
  /** Where its log is read from. */
  position: LogPosition;
  /** It was not started by us: it may have ended before `events` began. */
  isOlder: boolean;
  /** We are what ends it. */
  isStopping(): boolean;
  /** Ends the following, and nothing else. */
  signal: AbortSignal;
  write(line: LogLine): void | Promise<void>;
}

/**
 * Hands on an instance's log until it ends for good, over what its own policy restarts and an engine
 * that comes back; gives its exit status. Throws DS_SERVICE_REMOVED, or the signal's reason.
 */
export async function followToEnd(kernel: Kernel, followed: Followed): Promise<number> {
  const { clock, project, log } = kernel;
  const { runner, instance, events, signal, isStopping } = followed;
  const { service, id } = instance;
  const reader = createLogReader({
    runner,
    instance,
    project,
    clock,
    signal,
    position: followed.position,
    onLine: followed.write,
    onError: (thrown) => log.warn(`The log of ${service} is lost: ${reasonOf(thrown)}`),
  });
  const removed = () => serviceErrors.create('DS_SERVICE_REMOVED', { service });
  const drain = () =>
    withDeadline({ clock, ms: lastLinesMs, signal }, () => reader.ended(), removed).catch(() => {
      signal.throwIfAborted();
    });
  /** How it ended, if it has. */
  const look = async (): Promise<End | undefined> => {
    const { instances } = await observePatiently({ runner, project, clock, signal });
    const now = instances.find((one) => one.id === id);
    if (!now) throw removed();
    reader.open();
    return now.status === 'exited' ? { exitCode: now.exitCode } : undefined;
  };

  let end: End | undefined;
  reader.open();
  if (followed.isOlder) end = await look();
  if (!end) {
    for await (const event of events) {
      if ('id' in event && (event.id !== id || isOfRunBefore(event, instance))) continue;
      if (event.type === 'started') reader.open();
      if (event.type === 'lost') log.warn(`${event.error.message} It goes on when it is back.`);
      if (event.type === 'regained') end = await look();
      if (event.type === 'removed' && !isStopping()) throw removed();
      if (event.type === 'exited' && !event.willRestart) {
        end = { exitCode: event.exitCode, isRemoval: event.isRemoval === true };
      }
      if (end) break;
    }
  }
  signal.throwIfAborted();
  await drain();
  if (end?.isRemoval && !isStopping()) throw removed();
  if (!end) return 0;
  if (end.exitCode === undefined) log.warn(`${service} ended; nobody saw with which exit code.`);
  return end.exitCode ?? unknownStatus;
}

const isOfRunBefore = (event: RunnerEvent, { endedAt }: Instance): boolean =>
  event.type === 'exited' && event.at !== undefined && endedAt !== undefined && event.at <= endedAt;
