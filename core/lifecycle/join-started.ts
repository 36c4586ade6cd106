import type { PlannedService } from '../plan/plan.ts';
import type { Instance, Runner } from '../run/runner.ts';
import { type Attachment, unreadStatus } from './attachment.ts';
import { type Followed, followToEnd } from './follow-to-end.ts';
import type { Kernel } from './kernel.ts';
import { createLineWriter } from './line-writer.ts';
import { createLogPosition, type LogPosition } from './log-position.ts';

/**
 * Gets ready for the output of a service that is about to be started; then hands it on until it ends,
 * by itself, by signals, or as nobody reads it, and gives its exit status.
 */
export async function joinStarted(
  kernel: Kernel,
  attachment: Attachment,
  { runner, planned, signal }: { runner: Runner; planned: PlannedService; signal: AbortSignal },
): Promise<(instance: Instance) => Promise<number>> {
  const events = await runner.watch(kernel.project, signal);
  const position = await passEarlierRuns(kernel, runner, planned);
  return (instance) =>
    runToEnd(kernel, attachment, { runner, instance, events, position, isOlder: false, signal });
}

async function runToEnd(
  kernel: Kernel,
  attachment: Attachment,
  followed: Omit<Followed, 'isStopping' | 'write'>,
): Promise<number> {
  const { service, foreground } = attachment;
  const { runner, instance, signal } = followed;
  let signals = 0;
  let isUnread = false;
  let fail: (thrown: unknown) => void = () => {};
  const failed = new Promise<never>((_, reject) => (fail = reject));
  failed.catch(() => {});
  const onSignal = () => {
    signals += 1;
    if (signals === 1) {
      kernel.log.info(`Stopping ${service}; once more, and it is killed.`);
      runner.stop(instance, { signal }).catch(fail);
    } else if (signals === 2) {
      runner.remove(instance, signal).catch(fail);
    }
  };
  const onGone = () => {
    isUnread = true;
    if (signals === 0) onSignal();
  };
  const { stdout, release } = foreground.take(onSignal);
  try {
    const write = createLineWriter({ ...attachment, stdout, onGone });
    const end = followToEnd(kernel, { ...followed, isStopping: () => signals > 0, write });
    const exitCode = await Promise.race([end, failed]);
    return isUnread ? unreadStatus : exitCode;
  } finally {
    release();
  }
}

/** A container that is started again still has the lines of its earlier runs: they are no part of this one. */
async function passEarlierRuns(
  { signal }: Kernel,
  runner: Runner,
  { action, instance }: PlannedService,
): Promise<LogPosition> {
  const position = createLogPosition({});
  if (action !== 'start' || !instance) return position;
  // The last lines of both streams are among these, or older than what is asked for next.
  const earlier = runner.logs(instance, { follow: false, tail: 200, signal });
  for await (const line of earlier) position.take(line);
  return position;
}
