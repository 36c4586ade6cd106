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
  const seen = await untilLimit(
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
  return reachState({ ...request, goal: 'running', which: creation, seen, isNew: true });
}

/** Gives it where a look saw it. */
async function order(
  { provider, creation, clock, say, signal }: MakeRequest,
  onFailure: (reason: string) => void,
): Promise<Workstation | undefined> {
  const pauses = createBackoff(clock);
  for (;;) {
    try {
      // Until it has ended by itself: what it began it may have to take back.
      await provider.create(creation, { signal, say });
      return undefined;
    } catch (thrown) {
      if (!(thrown instanceof TransientFailure)) throw thrown;
      onFailure(thrown.message);
      say(`${creation.name}: ${thrown.message}; looking whether it was taken`);
    }
    await pauses.wait(signal);
    const seen = await look({ provider, creation, signal });
    if (seen) return seen;
  }
}

async function look({
  provider,
  creation,
  signal,
}: Pick<MakeRequest, 'provider' | 'creation' | 'signal'>): Promise<Workstation | undefined> {
  try {
    return await orAborted(provider.look(creation, signal), signal);
  } catch (thrown) {
    // Who cannot be asked has not said no either: the next try tells.
    if (thrown instanceof TransientFailure) return undefined;
    throw thrown;
  }
}
