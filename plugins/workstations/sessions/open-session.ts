import type { Connection, WaitOptions, Workstation, WorkstationSession } from '../contract.ts';
import { connectWorkstation } from '../connect/connect-workstation.ts';
import type { Goal } from '../connect/reach.ts';
import { reachState } from '../connect/reach-state.ts';
import { startTimeLimit, type TimeLimit } from '../connect/time-limit.ts';
import { untilLimit } from '../connect/until-limit.ts';
import { workstationErrors } from '../errors.ts';
import { createAsking } from './ask-provider.ts';
import { describeCreation, describePlace } from './describe-creation.ts';
import { findWorkstation } from './find-workstation.ts';
import { leaveAsItIs } from './leave-as-it-is.ts';
import { createLocalSide } from './local-side.ts';
import { makeWorkstation } from './make-workstation.ts';
import type { SessionContext } from './session-context.ts';

/** One provider in one scope; asks nothing before it is used. */
export function openSession(context: SessionContext): WorkstationSession {
  const { provider, scope, options, clock, log } = context;
  const ask = createAsking(context);
  const local = createLocalSide(context);
  const say = (text: string): void => log.info(text);

  const find = async (name: string, signal: AbortSignal): Promise<Workstation> =>
    findWorkstation({ ask, scope, name, signal });
  const search = (name: string, signal: AbortSignal): Promise<Workstation | undefined> =>
    ask(signal, (asked, until) => asked.find(name, until));
  const connect = (workstation: Workstation, waiting: Waiting): Promise<Connection> =>
    connectWorkstation({
      ...context,
      ...waiting,
      workstation,
      readyCommand: options.ready.command,
      say,
    });
  const reach = (workstation: Workstation, waiting: Waiting, goal: 'running' | 'stopped') =>
    reachState({ provider, clock, say, ...waiting, goal, which: workstation, seen: workstation });

  /** All of one command: looks for it within the limit, then works on what was found. */
  const within = async <Found, T>(
    { name, goal, signal, timeoutMs = options.timeout }: WaitOptions & { name: string; goal: Goal },
    look: (name: string, signal: AbortSignal) => Promise<Found>,
    work: (found: Found, waiting: Waiting) => Promise<T>,
  ): Promise<T> => {
    const limit = startTimeLimit(clock, timeoutMs);
    const found = await untilLimit(
      { clock, limit, signal },
      (until) => look(name, until),
      () =>
        workstationErrors.create('DS_WORKSTATION_TIMEOUT', {
          name,
          goal,
          limit: limit.text,
          last: 'Nothing was seen of it.',
        }),
    );
    return leaveAsItIs({ log, name, signal }, () => work(found, { limit, signal }));
  };

  return {
    provider: provider.name,
    scope,
    configs: (signal) => ask(signal, (asked, until) => asked.configs(until)),
    list: (signal) => ask(signal, (asked, until) => asked.list(until)),
    status: find,
    create: (name, wait) =>
      within({ ...wait, name, goal: 'running' }, search, async (found, waiting) => {
        if (found) {
          say(`There is a workstation ${name} in ${describePlace(found.scope)}; connecting to it.`);
          const running = await reach(found, waiting, 'running');
          return { ...(await connect(running, waiting)), isNew: false };
        }
        const { signal } = waiting;
        const creation = await ask(signal, (asked, until) => asked.describeNew(name, until));
        for (const line of describeCreation(creation)) say(line);
        const running = await makeWorkstation({ provider, clock, say, ...waiting, creation });
        return { ...(await connect(running, waiting)), isNew: true };
      }),
    connect: (name, wait) =>
      within({ ...wait, name, goal: 'running' }, find, async (found, waiting) =>
        connect(await reach(found, waiting, 'running'), waiting),
      ),
    start: (name, wait) =>
      within({ ...wait, name, goal: 'running' }, find, (found, waiting) =>
        reach(found, waiting, 'running'),
      ),
    stop: (name, wait) =>
      within({ ...wait, name, goal: 'stopped' }, find, async (found, waiting) => {
        const stopped = await reach(found, waiting, 'stopped');
        await local.disconnect(stopped, waiting.signal);
        return stopped;
      }),
    async losses(name, signal) {
      const found = await search(name, signal);
      if (!found) return [];
      const there = await ask(signal, (asked, until) => asked.losses(found, until));
      return [...there, ...local.losses(found)];
    },
    delete: (name, wait) =>
      within({ ...wait, name, goal: 'gone' }, search, async (found, waiting) => {
        if (!found) return { wasThere: false };
        const way = { provider, clock, say, ...waiting, which: found, seen: found };
        await reachState({ ...way, goal: 'gone' });
        await local.forget(found, waiting.signal);
        return { wasThere: true };
      }),
  };
}

interface Waiting {
  limit: TimeLimit;
  signal: AbortSignal;
}
