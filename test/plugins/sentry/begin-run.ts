import { onTestFinished } from 'vitest';
import { createEventStream } from '../../../core/events.ts';
import { createFakeClock } from '../../../core/testing.ts';
import { beginTelling, type TellingContext } from '../../../plugins/sentry/begin-telling.ts';
import { createCaptures } from '../../../plugins/sentry/captures.ts';
import type { Unsent } from '../../../plugins/sentry/multiplex/unsent.ts';
import { sentryOptions } from '../../../plugins/sentry/options.ts';
import { createIngest, type Ingest, type IngestAnswer } from '../../rig/ingest-server.ts';

export async function openIngest(answer: IngestAnswer = 'ok'): Promise<Ingest> {
  const ingest = await createIngest({ answer });
  onTestFinished(() => ingest.close());
  return ingest;
}

/** A run on a clock that stands still. */
export function begin(options: unknown, more: Partial<TellingContext> = {}) {
  const clock = createFakeClock();
  const handed: Unsent[] = [];
  const events = createEventStream({ now: clock.now, project: () => 'shop' });
  const said: string[] = [];
  const say = (text: string) => void said.push(text);
  const stop = new AbortController();
  onTestFinished(() => stop.abort());
  const captures = createCaptures();
  events.emit({ event: 'task-started', task: 'up', pid: 1, version: '1' });
  const telling = beginTelling({
    options: sentryOptions.parse(options),
    use: () => Promise.reject(new Error('nobody exposes that')),
    log: { debug: say, info: say, warn: say, error: say },
    metrics: { incr() {} } as unknown as TellingContext['metrics'],
    events,
    signal: stop.signal,
    fetch,
    env: {},
    place: {
      root: import.meta.dirname,
      project: 'shop',
      checkoutFolder: '/nowhere/0123456789ab',
    } as TellingContext['place'],
    captures,
    config: { telemetry: true },
    task: 'up',
    clock,
    // As where no process can be started.
    leaveRun: () => false,
    handOver(unsent) {
      handed.push(...unsent);
      return unsent.length;
    },
    ...more,
  });
  const finish = (exitCode = 0) =>
    events.emit({
      event: 'up-finished',
      ok: exitCode === 0,
      exitCode,
      elapsedMs: 1,
      errors: [],
      services: {},
    });
  const close = () => {
    let isOver = false;
    const ending = telling.close().then(() => void (isOver = true));
    return { ending, isOver: () => isOver };
  };
  return { clock, telling, captures, events, handed, said, finish, close, stop };
}
