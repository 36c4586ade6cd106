import { existsSync } from 'node:fs';
import { type Clock, isAlive, systemClock, watchPath } from 'devservices/machine';
import type { ProjectIdentity, Relay } from 'devservices/runner';
import type { ProcessPlaces } from '../record/process-record.ts';
import {
  protocolVersion,
  type ServiceRequest,
  type StartAnswer,
  type StartRequest,
  type SupervisorEvent,
  type SupervisorFile,
} from '../supervisor/protocol.ts';
import { processErrors } from '../errors.ts';
import { openEvents } from './events.ts';
import { askSupervisor } from './request.ts';
import { readLivingSupervisor } from './supervisor-file.ts';

type SupervisorNews = Exclude<SupervisorEvent, { type: 'listening' }>;

/** A supervisor that lives. Each method throws what it answers, and DS_PROCESS_SUPERVISOR_LOST. */
export interface SupervisorClient {
  start(request: StartRequest, signal?: AbortSignal): Promise<StartAnswer>;
  /** Resolves when nothing of it is left and its ports are free. */
  stop(request: ServiceRequest, signal?: AbortSignal): Promise<void>;
  restart(request: ServiceRequest, signal?: AbortSignal): Promise<StartAnswer>;
  /** Stops it, closes its relays and removes its record and log. */
  remove(request: ServiceRequest, signal?: AbortSignal): Promise<void>;
  relay(route: Relay, signal?: AbortSignal): Promise<void>;
  /**
   * Asks it to end; all processes go on. Resolves when it is gone. With `ifEmpty` it stays where it has
   * services, of any project, and false comes back.
   */
  leave(options?: { ifEmpty?: boolean; signal?: AbortSignal }): Promise<boolean>;
  /** Listening when it resolves; a supervisor that goes away ends it with DS_PROCESS_SUPERVISOR_LOST. */
  events(
    project: Pick<ProjectIdentity, 'project'>,
    signal: AbortSignal,
  ): Promise<AsyncIterable<SupervisorNews>>;
}

/**
 * The living supervisor of a checkout, or undefined where there is none; asks nothing. One of an older
 * version is asked to leave first, as is one whose socket somebody removed: what it supervises goes on.
 * Throws DS_PROCESS_SUPERVISOR_NEWER.
 */
export async function connectSupervisor(
  places: Pick<ProcessPlaces, 'supervisor'>,
  clock: Clock = systemClock,
): Promise<SupervisorClient | undefined> {
  const file = readLivingSupervisor(places);
  if (file === undefined) return undefined;
  if (file.protocol > protocolVersion) {
    throw processErrors.create('DS_PROCESS_SUPERVISOR_NEWER', { pid: file.identity.pid });
  }
  if (!existsSync(file.socket)) {
    process.kill(file.identity.pid, 'SIGTERM');
    await whenGone(places, file, { clock, signal: undefined });
    return undefined;
  }
  const client = createClient(places, file, clock);
  if (file.protocol === protocolVersion) return client;
  await client.leave();
  return undefined;
}

function createClient(
  places: Pick<ProcessPlaces, 'supervisor'>,
  file: SupervisorFile,
  clock: Clock,
): SupervisorClient {
  const ask = (path: string, body: unknown, signal?: AbortSignal): Promise<unknown> =>
    askSupervisor(file, { path, body, signal });
  return {
    start: async (body, signal) => (await ask('/start', body, signal)) as StartAnswer,
    stop: async (body, signal) => void (await ask('/stop', body, signal)),
    restart: async (body, signal) => (await ask('/restart', body, signal)) as StartAnswer,
    remove: async (body, signal) => void (await ask('/remove', body, signal)),
    relay: async (body, signal) => void (await ask('/relay', body, signal)),
    async leave({ ifEmpty = false, signal } = {}) {
      const answer = (await ask('/leave', { ifEmpty }, signal)) as { stays?: boolean };
      if (answer.stays === true) return false;
      await whenGone(places, file, { clock, signal });
      return true;
    },
    events: ({ project }, signal) => openEvents(file, { project, signal }),
  };
}

// Its file goes a moment before it does.
const lookAgainMs = 20;

async function whenGone(
  places: Pick<ProcessPlaces, 'supervisor'>,
  { identity, startedAt }: SupervisorFile,
  { clock, signal }: { clock: Clock; signal: AbortSignal | undefined },
): Promise<void> {
  const changes = watchPath(places.supervisor);
  try {
    while (isAlive(identity, startedAt)) {
      signal?.throwIfAborted();
      const bell = new AbortController();
      await Promise.race([changes.next(bell.signal), clock.sleep(lookAgainMs, signal)]);
      bell.abort();
    }
  } finally {
    changes.close();
  }
}
