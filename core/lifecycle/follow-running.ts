import { constants } from 'node:os';
import type { Instance } from '../run/runner.ts';
import { type Attachment, unreadStatus } from './attachment.ts';
import { followToEnd } from './follow-to-end.ts';
import type { Kernel } from './kernel.ts';
import { createLineWriter } from './line-writer.ts';
import { createLogPosition } from './log-position.ts';

const recentMs = 20_000;

/** Hands on the log of one that runs already, until it ends or is left; nothing of it is touched. */
export async function followRunning(
  kernel: Kernel,
  attachment: Attachment,
  instance: Instance,
): Promise<number> {
  const { service, tail, foreground, unlock } = attachment;
  unlock();
  const runner = await kernel.runnerOf(instance);
  // What is on a terminal of its own can be typed to there alone.
  const way = runner.runAttached
    ? ` To have it on this terminal, stop it first: \`devservices down ${service}\`.`
    : '';
  kernel.log.info(`${service} runs already: this is its log, and Ctrl-C leaves it running.${way}`);
  const leaving = new AbortController();
  const signal = AbortSignal.any([kernel.signal, leaving.signal]);
  let status: number | undefined;
  const leave = (withStatus: number) => {
    status ??= withStatus;
    leaving.abort(new Error('left'));
  };
  const { stdout, release } = foreground.take((name) => leave(128 + constants.signals[name]));
  const onGone = () => leave(unreadStatus);
  const write = createLineWriter({ ...attachment, stdout, onGone });
  try {
    return await followToEnd(kernel, {
      runner,
      instance,
      events: await runner.watch(kernel.project, signal),
      position: createLogPosition(
        tail === undefined ? { sinceMs: kernel.clock.now() - recentMs } : { tail },
      ),
      isOlder: true,
      isStopping: () => false,
      signal,
      write,
    });
  } catch (thrown) {
    if (status === undefined) throw thrown;
    kernel.log.info(`${service} keeps running.`);
    return status;
  } finally {
    release();
    leaving.abort(new Error('it is over'));
  }
}
