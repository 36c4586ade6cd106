import type { Clock } from '../clock.ts';
import type { EngineStart } from '../config/config.ts';
import { formatDuration } from '../duration.ts';
import { asError, reasonOf } from '../errors/as-error.ts';
import { serviceErrors } from '../errors/catalogue/service.ts';
import { DevServicesError } from '../errors/error.ts';
import type { Logger } from '../log.ts';
import type { HostAsk } from './loaded-host.ts';
import type { Availability, Runner, Starter } from '../run/runner.ts';

export interface Awakening {
  start: EngineStart;
  ask: HostAsk | undefined;
  log: Logger;
  clock: Clock;
  signal: AbortSignal;
}

const longestMs = 90_000;
const lookAgainMs = 500;
const sayEveryMs = 10_000;

/**
 * Whether a runner can run here, after what it needs was started where that may be; each runner is
 * looked after once. Rejects with DS_ENGINE_NOT_STARTED where the start failed.
 */
export function createAwakener(awakening: Awakening): (runner: Runner) => Promise<Availability> {
  const known = new Map<Runner, Promise<Availability>>();
  return (runner) => {
    const found = known.get(runner) ?? awaken(awakening, runner);
    known.set(runner, found);
    return found;
  };
}

async function awaken(awakening: Awakening, runner: Runner): Promise<Availability> {
  const { start, ask, signal } = awakening;
  const availability = await runner.available(signal);
  if (availability.available || start === 'never') return availability;
  const starter = await runner.findStarter?.(signal);
  if (!starter) return availability;
  const { error } = availability;
  if (start === 'ask') {
    const by = `Start ${starter.what} by \`${starter.command}\``;
    const [reason] = error.message.split('\n');
    const answer = ask?.(`${reason} Start ${starter.what} (\`${starter.command}\`)?`);
    if (answer === undefined) {
      const hint = `${by}, or let it be started: --set engine.start=auto.`;
      return { available: false, error: withHint(error, hint) };
    }
    if (!(await answer)) return { available: false, error: withHint(error, `${by}.`) };
  }
  return startAndWait(awakening, { runner, starter });
}

async function startAndWait(
  { log, clock, signal }: Awakening,
  { runner, starter }: { runner: Runner; starter: Starter },
): Promise<Availability> {
  const { what, command } = starter;
  log.info(`Starting ${what}: \`${command}\``);
  const began = clock.monotonic();
  const failed = new AbortController();
  // Some commands return when all is up, others at once: their failure is what counts.
  starter.start(signal).catch((thrown: unknown) => failed.abort(thrown));
  let saidMs = 0;
  for (;;) {
    const availability = await runner.available(signal);
    if (availability.available) return availability;
    const waitedMs = clock.monotonic() - began;
    signal.throwIfAborted();
    const reason = failed.signal.aborted
      ? reasonOf(failed.signal.reason)
      : waitedMs >= longestMs
        ? `it does not answer after ${formatDuration(longestMs)}. ${availability.error.message}`
        : undefined;
    if (reason !== undefined) {
      const cause = failed.signal.aborted ? asError(failed.signal.reason) : availability.error;
      throw serviceErrors.create('DS_ENGINE_NOT_STARTED', { what, command, reason }, cause);
    }
    if (waitedMs - saidMs >= sayEveryMs) {
      saidMs = waitedMs;
      log.info(`Waiting for ${what}, ${Math.round(waitedMs / 1000)} s of ${longestMs / 1000} s.`);
    }
    await clock.sleep(lookAgainMs, signal);
  }
}

function withHint(error: DevServicesError, hint: string): DevServicesError {
  const { code, blame, message, facts, cause } = error;
  return new DevServicesError({ code, blame, message, facts, cause, hint });
}
