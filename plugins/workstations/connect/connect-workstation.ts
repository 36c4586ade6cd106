import { type DevServicesError, orAborted } from 'devservices/machine';
import type { Connection } from '../contract.ts';
import { workstationErrors } from '../errors.ts';
import { TransientFailure } from '../transient-failure.ts';
import { assertRuns } from './assert-runs.ts';
import { createBackoff } from './backoff.ts';
import { type Progress, withProgress } from './progress.ts';
import { type LoginRequest, tryLogin } from './try-login.ts';
import { untilLimit } from './until-limit.ts';
import { workstationKey } from './workstation-key.ts';

export interface ConnectRequest extends Omit<LoginRequest, 'made'> {
  say(text: string): void;
}

/**
 * Opens a tunnel to a workstation that runs, and waits until a login by ssh works. A tunnel that is there
 * is taken; one that this call started is ended again where it fails or is interrupted.
 *
 * Throws DS_WORKSTATION_NOT_READY at the limit, …_LOGIN as soon as ssh is refused for good, …_FAILED and
 * …_GONE where it runs no longer, DS_TUNNEL_FAILED, and the signal's reason.
 */
export async function connectWorkstation(request: ConnectRequest): Promise<Connection> {
  const { workstation, tunnels, ssh, limit } = request;
  const { name } = workstation;
  const attempt: Attempt = { made: [], last: 'no tunnel to it has answered' };
  const notReady = (): DevServicesError => {
    const facts = { name, limit: limit.text, reason: attempt.last };
    return workstationErrors.create('DS_WORKSTATION_NOT_READY', facts);
  };
  try {
    return await withProgress({ ...request, first: `Opening a tunnel to ${name}` }, (progress) =>
      untilLimit(request, (signal) => logIn({ ...request, signal }, attempt, progress), notReady),
    );
  } catch (error) {
    if (attempt.made.length > 0) {
      // Not by the signal of what was interrupted: they are ended all the same.
      await tunnels.end(attempt.made, new AbortController().signal);
      await ssh.withdraw(workstationKey(workstation));
    }
    throw error;
  }
}

interface Attempt {
  /** Tunnels that this call started. */
  readonly made: string[];
  /** Why it is not ready. */
  last: string;
}

async function logIn(
  request: ConnectRequest,
  attempt: Attempt,
  progress: Progress,
): Promise<Connection> {
  const { provider, workstation, clock, signal } = request;
  const pauses = createBackoff(clock);
  for (;;) {
    const outcome = await unlessTransient(tryLogin({ ...request, made: attempt.made }));
    if ('connection' in outcome) return outcome.connection;
    attempt.last = outcome.reason;
    const why = outcome.reason.split('\n').at(-1) ?? '';
    progress.at(`${workstation.name} runs, and is not ready yet: ${why}; waiting until it is`);
    await pauses.wait(signal);
    const look = async () => ({
      seen: await orAborted(provider.look(workstation, signal), signal),
    });
    const sight = await unlessTransient(look());
    if ('seen' in sight) assertRuns(workstation, sight.seen);
  }
}

async function unlessTransient<T>(work: Promise<T>): Promise<T | { reason: string }> {
  try {
    return await work;
  } catch (thrown) {
    if (thrown instanceof TransientFailure) return { reason: thrown.message };
    throw thrown;
  }
}
