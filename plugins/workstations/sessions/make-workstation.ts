import { orAborted } from 'devservices/machine';
import type { Creation, Workstation } from '../contract.ts';
import { createBackoff } from '../connect/backoff.ts';
import { reachState } from '../connect/reach-state.ts';
import type { TimeLimit } from '../connect/time-limit.ts';
import { untilLimit } from '../connect/until-limit.ts';
import { workstationErrors } from '../errors.ts';
import { TransientFailure } from '../transient-failure.ts';
import type { SessionContext } from './session-context.ts';

export interface MakeRequest extends Pick<SessionContext, 'provider' | 'clock'> {
  creation: Creation;
  limit: TimeLimit;
  say(text: string): void;
  signal: AbortSignal;
}

/** Asks for a workstation once, and waits until it runs. Throws as `reachState`, and what `create` throws. */
export async function makeWorkstation(request: MakeRequest): Promise<Workstation> {
  const { creation, limit } = request;
  let reason: string | undefined;
  await untilLimit(
    request,
    (signal) => order({ ...request, signal }, (failure) => (reason = failure)),
    () =>
      workstationErrors.create('DS_WORKSTATION_TIMEOUT', {
        name: creation.name,
        goal: 'running',
        limit: limit.text,
        last: 'It was being asked for.',
        reason,
      }),
  );
  return reachState({ ...request, goal: 'running', which: creation, isNew: true });
}

async function order(
  { provider, creation, clock, say, signal }: MakeRequest,
  onFailure: (reason: string) => void,
): Promise<void> {
  const pauses = createBackoff(clock);
  for (;;) {
    try {
      await orAborted(provider.create(creation, { signal, say }), signal);
      return;
    } catch (thrown) {
      if (!(thrown instanceof TransientFailure)) throw thrown;
      onFailure(thrown.message);
      say(`${creation.name}: ${thrown.message}; looking whether it was taken`);
    }
    await pauses.wait(signal);
    if (await isThere({ provider, creation, signal })) return;
  }
}

async function isThere({
  provider,
  creation,
  signal,
}: Pick<MakeRequest, 'provider' | 'creation' | 'signal'>): Promise<boolean> {
  try {
    return (await orAborted(provider.look(creation, signal), signal)) !== undefined;
  } catch (thrown) {
    // Who cannot be asked has not said no either: the next try tells.
    if (thrown instanceof TransientFailure) return false;
    throw thrown;
  }
}
