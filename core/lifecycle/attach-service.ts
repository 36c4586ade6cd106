import { constants } from 'node:os';
import type { ResolvedConfig } from '../config/config.ts';
import type { Foreground } from '../command-foreground.ts';
import { reasonOf, throwAll } from '../errors/as-error.ts';
import { bugErrors } from '../errors/catalogue/bug.ts';
import { serviceErrors } from '../errors/catalogue/service.ts';
import type { PlanOptions } from '../plan/plan-context.ts';
import type { PlannedService } from '../plan/plan.ts';
import type { Instance, Runner } from '../run/runner.ts';
import { type Followed, followToEnd } from './follow-to-end.ts';
import type { Kernel } from './kernel.ts';
import { createLineWriter } from './line-writer.ts';
import { createLogPosition, type LogPosition } from './log-position.ts';
import { planUp } from './plan-up.ts';
import { removeAll } from './remove-instances.ts';
import type { Up, UpOptions, UpTaps } from './up.ts';

export interface AttachRequest extends Pick<UpOptions, 'waitTimeoutMs'> {
  service: string;
  /** Of one that runs already: the last lines to begin with. Default: those of the last 20 s. */
  tail?: number;
  foreground: Pick<Foreground, 'take'>;
}

type Attachment = AttachRequest & UpTaps;

const recentMs = 20_000;
const patienceMs = 20_000;
/** What shells say of a command that lost its reader. */
const unreadStatus = 128 + constants.signals.SIGPIPE;

/**
 * Runs a service in the foreground: its log on stdout, its exit status as the result. One that runs
 * already is only followed, and left as it is. One that is started here is stopped by the first
 * signal in its own way, killed by the second, and removed when it has ended; its data stays.
 */
export async function attachService(kernel: Kernel, attachment: Attachment): Promise<number> {
  const { service, waitTimeoutMs } = attachment;
  let onStarted: (instance: Instance) => void = () => {};
  const started = new Promise<Instance>((resolve) => (onStarted = resolve));
  const options: PlanOptions & UpOptions = {
    services: [service],
    again: [service],
    pull: 'missing',
    removeOrphans: false,
    waitTimeoutMs,
    onStarted: (name, instance) => void (name === service && onStarted(instance)),
  };
  const up = await planUp({ ...kernel, config: configOf(kernel) }, options, attachment.unlock);
  attachment.onUp(up);
  await up.beforeUp();
  const planned = up.plan.services[service];
  if (!planned) {
    const reason = up.plan.left[service]?.text ?? 'it is not part of the plan';
    throw serviceErrors.create('DS_SERVICE_NOT_STARTED', { service, reason });
  }
  const { action, instance } = planned;
  return action === 'unchanged' && instance
    ? followRunning(kernel, attachment, instance)
    : runAttached(kernel, attachment, { up, planned, started });
}

function configOf({ config }: Kernel): ResolvedConfig {
  if (config) return config;
  throw bugErrors.create('DS_BUG_INVARIANT', { what: 'it attaches without a configuration' });
}

async function followRunning(
  kernel: Kernel,
  attachment: Attachment,
  instance: Instance,
): Promise<number> {
  const { service, tail, foreground, unlock } = attachment;
  unlock();
  kernel.log.info(`${service} runs already: this is its log, and Ctrl-C leaves it running.`);
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
    const runner = await kernel.runnerOf(instance);
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

async function runAttached(
  kernel: Kernel,
  attachment: Attachment,
  { up, planned, started }: { up: Up; planned: PlannedService; started: Promise<Instance> },
): Promise<number> {
  const { service, unlock } = attachment;
  const runner = await kernel.runner(planned.run.kind, service);
  // Not the task's signal: the end of the service is waited for after Ctrl-C, too.
  const own = new AbortController();
  let instance: Instance | undefined;
  try {
    const events = await runner.watch(kernel.project, own.signal);
    const position = await passEarlierRuns(kernel, runner, planned);
    const bringUp = carryOut(up);
    const wholeUp = bringUp.then(
      () => tellTrouble(kernel, up, service),
      () => {},
    );
    instance = await Promise.race([started, bringUp.then(() => undefined)]);
    if (!instance) throw whyNotStarted(up, service);
    void wholeUp.finally(unlock);
    const exitCode = await runToEnd(kernel, attachment, {
      runner,
      instance,
      events,
      position,
      isOlder: false,
      signal: own.signal,
    });
    await wholeUp;
    return exitCode;
  } finally {
    await cleanUp(kernel, planned, instance);
    own.abort(new Error('it is over'));
  }
}

async function carryOut(up: Up): Promise<void> {
  await up.start();
  await up.health();
  await up.afterHealth();
}

/** Until it ends, by itself, by signals, or as nobody reads it. */
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

function whyNotStarted(up: Up, service: string): unknown {
  const { errors } = up.outcome();
  try {
    throwAll(errors);
  } catch (thrown) {
    return thrown;
  }
  return serviceErrors.create('DS_SERVICE_NOT_STARTED', { service, reason: 'nothing says why' });
}

// Its own end is no trouble: it is passed on.
function tellTrouble({ log }: Kernel, up: Up, service: string): void {
  const ends = ['DS_SERVICE_EXITED', 'DS_SERVICE_CRASH_LOOP', 'DS_SERVICE_REMOVED'];
  for (const { code, facts, message } of up.outcome().errors) {
    if (!(ends.includes(code) && facts['service'] === service)) log.warn(message);
  }
}

/** Removes what was started, also where Ctrl-C came so early that its start was not seen. */
async function cleanUp(
  kernel: Kernel,
  planned: PlannedService,
  instance: Instance | undefined,
): Promise<void> {
  const { service, instance: before } = planned;
  const signal = AbortSignal.timeout(patienceMs);
  try {
    const runner = await kernel.runner(planned.run.kind, service);
    const { instances } = await runner.observe(kernel.project, signal);
    const isOurs = ({ id, status }: Instance) =>
      instance ? id === instance.id : status === 'running' && id !== before?.id;
    const own = instances.filter((one) => one.service === service && isOurs(one));
    throwAll(await removeAll(kernel, own));
  } catch (thrown) {
    kernel.log.warn(`${service} may still be there: ${reasonOf(thrown)}`);
  }
}
