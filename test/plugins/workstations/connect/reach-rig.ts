import { isDevServicesError } from 'devservices';
import { createFakeClock } from '../../../../core/testing/fake-clock.ts';
import type { Goal, Reach } from '../../../../plugins/workstations/connect/reach.ts';
import { reachState } from '../../../../plugins/workstations/connect/reach-state.ts';
import { startTimeLimit } from '../../../../plugins/workstations/connect/time-limit.ts';
import { createFakeProvider, fakeScope, type Sight } from '../fake-provider.ts';
import { walkUntil } from './walk-until.ts';

export const limitMs = 1_200_000;

export interface Given {
  goal: Goal;
  sights: readonly Sight[];
  /** What is seen once it was asked; absent: what was to be seen anyway. */
  after?: readonly Sight[];
  /** What comes of the first times that it is asked. */
  asked?: readonly (Error | 'hang')[];
  isNew?: boolean;
}

/** What a goal asks of its provider. */
export const calls = { running: 'start box', stopped: 'stop box', gone: 'delete box' } as const;

/** A way that has not begun, with a clock and a provider of its own. */
export function prepare({ goal, sights, after, asked = [], isNew = false }: Given) {
  const clock = createFakeClock();
  const provider = createFakeProvider();
  const said: { text: string; atMs: number }[] = [];
  const abort = new AbortController();
  provider.show('box', ...sights);
  if (after) provider.showAfter(calls[goal], ...after);
  provider.fail(calls[goal], ...asked);
  const reach: Reach<'running'> = {
    provider,
    // The same function whatever the goal: only what it gives is typed by it.
    goal: goal as 'running',
    which: { name: 'box', scope: fakeScope },
    isNew,
    limit: startTimeLimit(clock, limitMs),
    clock,
    say: (text) => void said.push({ text, atMs: clock.monotonic() }),
    signal: abort.signal,
  };
  return { reach, clock, provider, said, abort };
}

/** A whole way, to its end. */
export async function go(given: Given) {
  const way = prepare(given);
  const ending = await walkUntil(way.clock, reachState(way.reach));
  const { error } = ending;
  const code = isDevServicesError(error) ? error.code : undefined;
  return { ...way, ending, code, texts: way.said.map(({ text }) => text) };
}
