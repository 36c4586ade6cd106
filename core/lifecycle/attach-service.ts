import type { ResolvedConfig } from '../config/config.ts';
import { reasonOf, throwAll } from '../errors/as-error.ts';
import { bugErrors } from '../errors/catalogue/bug.ts';
import { serviceErrors } from '../errors/catalogue/service.ts';
import type { PlanOptions } from '../plan/plan-context.ts';
import type { PlannedService } from '../plan/plan.ts';
import type { Instance } from '../run/runner.ts';
import type { Attachment } from './attachment.ts';
import { followRunning } from './follow-running.ts';
import { joinStarted } from './join-started.ts';
import type { Kernel } from './kernel.ts';
import { planUp } from './plan-up.ts';
import { removeAll } from './remove-instances.ts';
import type { Up, UpOptions } from './up.ts';

/** Where the start of the attached service leads to. */
interface Start {
  /** Resolves when it was started. */
  readonly started: Promise<Instance>;
  /** Its exit status, where its runner runs it in the foreground itself. */
  ended?: Promise<number>;
}

const patienceMs = 20_000;

/**
 * Runs a service in the foreground: its log on stdout, its exit status as the result; a process of this
 * machine on the caller's own streams and terminal. One that runs already is only followed, and left as
 * it is. One that is started here is stopped by the first signal in its own way, killed by the second,
 * and removed when it has ended; its data stays.
 */
export async function attachService(kernel: Kernel, attachment: Attachment): Promise<number> {
  const { service, waitTimeoutMs, foreground } = attachment;
  let onStarted: (instance: Instance) => void = () => {};
  const start: Start = { started: new Promise((resolve) => (onStarted = resolve)) };
  const options: PlanOptions & UpOptions = {
    services: [service],
    again: [service],
    pull: 'missing',
    removeOrphans: false,
    waitTimeoutMs,
    onStarted: (name, instance) => void (name === service && onStarted(instance)),
    startAs(planned, instance, runner) {
      if (planned.service !== service || !runner.runAttached) return undefined;
      const attached = { run: foreground.run, signal: kernel.signal };
      return runner.runAttached(planned, instance, attached).then(({ ended, ...of }) => {
        // Whoever waits for it may not have got there yet.
        ended.catch(() => {});
        start.ended = ended;
        return of.instance;
      });
    },
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
    : runAttached(kernel, attachment, { up, planned, start });
}

function configOf({ config }: Kernel): ResolvedConfig {
  if (config) return config;
  throw bugErrors.create('DS_BUG_INVARIANT', { what: 'it attaches without a configuration' });
}

async function runAttached(
  kernel: Kernel,
  attachment: Attachment,
  { up, planned, start }: { up: Up; planned: PlannedService; start: Start },
): Promise<number> {
  const { service, unlock } = attachment;
  const runner = await kernel.runner(planned.run.kind, service);
  // Not the task's signal: the end of the service is waited for after Ctrl-C, too.
  const own = new AbortController();
  let instance: Instance | undefined;
  try {
    const join = runner.runAttached
      ? undefined
      : await joinStarted(kernel, attachment, { runner, planned, signal: own.signal });
    const bringUp = carryOut(up);
    const wholeUp = bringUp.then(
      () => tellTrouble(kernel, up, service),
      () => {},
    );
    instance = await Promise.race([start.started, bringUp.then(() => undefined)]);
    if (!instance) throw whyNotStarted(up, service);
    void wholeUp.finally(unlock);
    const exitCode = await (start.ended ?? join?.(instance));
    await wholeUp;
    return exitCode ?? 0;
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
    // A process that has ended may have been started again by somebody else.
    const isSame = ({ status, generation }: Instance) =>
      !runner.runAttached || status !== 'running' || generation === instance?.generation;
    const isOurs = (one: Instance) =>
      instance
        ? one.id === instance.id && isSame(one)
        : one.status === 'running' && one.id !== before?.id;
    const own = instances.filter((one) => one.service === service && isOurs(one));
    throwAll(await removeAll(kernel, own));
  } catch (thrown) {
    kernel.log.warn(`${service} may still be there: ${reasonOf(thrown)}`);
  }
}
