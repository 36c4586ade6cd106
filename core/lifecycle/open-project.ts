import { join } from 'node:path';
import type { Clock } from '../clock.ts';
import { asError } from '../errors/as-error.ts';
import { type DevServicesEvent, type EventStream, isTaskFinished } from '../events.ts';
import { type Checkout, listCheckouts, openCheckout } from '../identity/checkout.ts';
import { acquireLock, type Lock } from '../identity/lock.ts';
import { resolveProject } from '../identity/project-name.ts';
import type { ProjectIdentity } from '../identity/project.ts';
import { openJournal } from '../journal.ts';
import type { Logger } from '../log.ts';

type Env = Readonly<Record<string, string | undefined>>;

/** Who a folder is to this machine. */
export interface OpenProject {
  checkout: Checkout;
  identity: ProjectIdentity;
}

/**
 * Finds or makes the identity of a checkout and of its project. `name` is what flag, variable or
 * configuration say; where the configuration is broken, the name it had the last time is taken.
 */
export function openProject(options: {
  root: string;
  env: Env;
  clock: Clock;
  log: Logger;
  name: string | undefined;
  isConfigBroken: boolean;
}): OpenProject {
  const { root, env, clock, log, name, isConfigBroken } = options;
  const checkout = openCheckout({ root, env, now: () => clock.now() });
  for (const warning of checkout.warnings) log.warn(warning);
  if (name === undefined && isConfigBroken) {
    const known = listCheckouts(env)
      .find(({ id }) => id === checkout.id)
      ?.projects.at(-1);
    if (known !== undefined)
      return { checkout, identity: { project: known, checkout: checkout.id } };
  }
  return { checkout, identity: resolveProject({ checkout, name }) };
}

/** Keeps events until there is a journal to write them to, then writes each at once. */
export function createRecorder(events: EventStream, log: Logger) {
  let early: DevServicesEvent[] | undefined = [];
  let stop = events.subscribe((event) => void early?.push(event));
  return {
    /** Opens the checkout's journal; what happened before goes in first. */
    open({ checkout }: OpenProject): void {
      if (!early) return;
      const kept = early;
      early = undefined;
      stop();
      const journal = openJournal(join(checkout.stateFolder, 'events.ndjson'), {
        onFailure: (error) => log.warn(`${asError(error).message} This run is not in the journal.`),
      });
      for (const event of kept) journal.append(withoutToken(event));
      // A service's log has a place of its own; here it would only be a second copy.
      const leave = events.subscribe((event) => {
        if (event.event !== 'log') journal.append(withoutToken(event));
      });
      stop = () => {
        leave();
        journal.close();
      };
    },
    close: () => stop(),
  };
}

/** A token is told once, to whoever asked for it: the journal stays on the disk. */
function withoutToken(event: DevServicesEvent): DevServicesEvent {
  if (event.event === 'serving') {
    const { token: _token, ...rest } = event;
    return rest;
  }
  if (!isTaskFinished(event) || event.result?.['token'] === undefined) return event;
  const { token: _token, ...result } = event.result;
  return { ...event, result };
}

/** Waits until no other task changes this checkout, and says for whom. */
export function lockCheckout(
  { checkout }: OpenProject,
  options: { task: string; clock: Clock; signal: AbortSignal; log: Logger },
): Promise<Lock> {
  return acquireLock({
    path: join(checkout.stateFolder, 'lock'),
    task: options.task,
    clock: options.clock,
    signal: options.signal,
    onWait: ({ task, pid }) =>
      options.log.info(`Waiting for \`${task}\` (pid ${pid}), which works on this checkout.`),
  });
}
