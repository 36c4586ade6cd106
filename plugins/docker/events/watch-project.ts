import type { Readable } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import { createEventQueue, type EventQueue } from 'devservices/machine';
import { labels } from 'devservices/runner';
import type { Instance, ProjectIdentity, RunnerEvent } from 'devservices/runner';
import type Dockerode from 'dockerode';
import { unless } from '../engine/engine-failure.ts';
import type { Engine } from '../engine/engine.ts';
import { isLeaving } from '../engine/is-leaving.ts';
import { dockerErrors } from '../errors.ts';
import type { ContainerAddresses } from '../runner/container-addresses.ts';
import { isOurs, projectLabels } from '../runner/owned-names.ts';
import { createEventSeries } from './event-series.ts';
import type { EventSeries } from './event-series.ts';
import { readJsonLines } from '../engine/read-json-lines.ts';

interface Watching {
  engine: Engine;
  addresses: ContainerAddresses;
}

const firstPauseMs = 100;
const longestPauseMs = 3000;
const restart = { willRestart: true, isRemoval: false };

/**
 * Engine events of the project's containers from now on; subscribed when it resolves. A cut is said
 * (`lost`), then the subscription is made anew from where it was cut (`regained`). Ends with the
 * signal, or when the reader leaves.
 */
export async function watchProject(
  watching: Watching,
  project: ProjectIdentity,
  signal: AbortSignal,
): Promise<AsyncIterable<RunnerEvent>> {
  const left = new AbortController();
  const stop = AbortSignal.any([signal, left.signal]);
  const address = await watching.engine.connect(stop);
  // The engine may answer a moment before it listens; only on the same clock can that be asked for.
  const sharesClock = address.kind === 'socket' && process.platform === 'linux';
  const since = sharesClock ? (Date.now() / 1000).toFixed(3) : undefined;
  const series = createEventSeries(since);
  const first = await subscribe(watching.engine, { project, since, signal: stop });
  const queue = createEventQueue<RunnerEvent>(() => left.abort());
  const follow = async (): Promise<void> => {
    let stream = first;
    while (!stop.aborted) {
      const reason = await forward(watching, { project, stream, series, signal: stop, queue });
      if (stop.aborted) break;
      queue.push(lostBecause(watching.engine, reason));
      stream = await resubscribe(watching.engine, { project, series, signal: stop });
      queue.push({ type: 'regained' });
    }
  };
  void follow()
    .catch((thrown: unknown) => {
      if (!stop.aborted) queue.push(lostBecause(watching.engine, String(thrown)));
    })
    .finally(() => queue.end());
  return queue;
}

function lostBecause(engine: Engine, reason: string): RunnerEvent {
  const facts = { address: engine.url, reason };
  return { type: 'lost', error: dockerErrors.create('DS_DOCKER_LOST', facts) };
}

/** Passes a stream's events on; resolves with why it ended. */
async function forward(
  { engine, addresses }: Watching,
  options: {
    project: ProjectIdentity;
    stream: Readable;
    series: EventSeries;
    signal: AbortSignal;
    queue: EventQueue<RunnerEvent>;
  },
): Promise<string> {
  const { project, series, signal, queue } = options;
  const ended = new Map<string, Extract<RunnerEvent, { type: 'exited' }>>();
  try {
    const isPodman = await engine.isPodman(signal);
    for await (const line of readJsonLines(options.stream)) {
      const event = series.next(line);
      if (!event || !isFrom(project, line)) continue;
      if (event.type === 'health-untold') {
        const health = await readHealth(engine, event, signal);
        if (health !== undefined) queue.push({ ...event, type: 'health', health });
        continue;
      }
      if ('id' in event && event.type !== 'health') addresses.forget(event.id);
      const exit = 'id' in event && event.type !== 'health' ? ended.get(event.id) : undefined;
      if (exit) {
        ended.delete(exit.id);
        const restarts = event.type === 'settled' && event.willRestart;
        const follows = restarts ? restart : await whatFollows(engine, exit, signal);
        queue.push({ ...exit, ...follows });
      }
      if (event.type === 'settled') continue;
      // What an engine ends on its way out did not end by itself.
      if (event.type === 'exited' && (await isLeaving(engine, signal)))
        return 'it is shutting down';
      if (event.type !== 'exited') queue.push(event);
      else if (isPodman) ended.set(event.id, event);
      else queue.push({ ...event, ...(await whatFollows(engine, event, signal)) });
    }
    return 'it ended its stream of events';
  } catch (thrown) {
    return thrown instanceof Error ? thrown.message : String(thrown);
  } finally {
    options.stream.destroy();
  }
}

// Podman passes on what has any of the labels asked for, Docker what has all.
function isFrom(project: ProjectIdentity, line: unknown): boolean {
  const { Actor } = line as { Actor?: { Attributes?: Record<string, string> } };
  return isOurs(Actor?.Attributes, project);
}

async function readHealth(
  engine: Engine,
  container: { id: string; service: string },
  signal: AbortSignal,
): Promise<NonNullable<Instance['health']> | undefined> {
  const status = (await inspect(engine, container, signal))?.State.Health?.Status;
  return status === 'healthy' || status === 'unhealthy' || status === 'starting'
    ? status
    : undefined;
}

// The engine decides with counts and with what it was told by hand: only it knows.
async function whatFollows(
  engine: Engine,
  container: { id: string; service: string },
  signal: AbortSignal,
): Promise<{ willRestart: boolean; isRemoval: boolean }> {
  const found = await inspect(engine, container, signal);
  if (!found) return { willRestart: false, isRemoval: true };
  const { Dead, Restarting, Running, Status } = found.State;
  return { willRestart: Restarting || Running, isRemoval: Status === 'removing' || Dead };
}

async function inspect(
  engine: Engine,
  { id, service }: { id: string; service: string },
  signal: AbortSignal,
): Promise<Dockerode.ContainerInspectInfo | undefined> {
  const asked = { doing: `inspect the container of ${service}`, signal };
  return engine
    .ask(asked, (client) => client.getContainer(id).inspect({ abortSignal: signal }))
    .catch(unless([404], undefined));
}

async function resubscribe(
  engine: Engine,
  {
    project,
    series,
    signal,
  }: { project: ProjectIdentity; series: EventSeries; signal: AbortSignal },
): Promise<Readable> {
  for (let pauseMs = firstPauseMs; ; pauseMs = Math.min(pauseMs * 2, longestPauseMs)) {
    await sleep(pauseMs, undefined, { signal });
    try {
      return await subscribe(engine, { project, since: series.since(), signal });
    } catch {
      signal.throwIfAborted();
    }
  }
}

async function subscribe(
  engine: Engine,
  {
    project,
    since,
    signal,
  }: { project: ProjectIdentity; since: string | undefined; signal: AbortSignal },
): Promise<Readable> {
  const filters = {
    type: ['container'],
    // `remove`, `restart` and `cleanup` are Podman's.
    event: ['start', 'die', 'destroy', 'health_status', 'remove', 'restart', 'cleanup'],
    label: [
      `${labels.project}=${project.project}`,
      `${labels.checkout}=${projectLabels(project)[labels.checkout]}`,
    ],
  };
  const options = { filters, ...(since === undefined ? {} : { since }), abortSignal: signal };
  return engine.ask(
    { doing: 'subscribe to events', signal },
    async (client) => (await client.getEvents(options as object)) as Readable,
  );
}
