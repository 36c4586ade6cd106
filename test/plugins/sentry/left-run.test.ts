import { describe, expect, test } from 'vitest';
import type { TellingContext } from '../../../plugins/sentry/begin-telling.ts';
import type { LeftRun } from '../../../plugins/sentry/left-run.ts';
import type { Ingest } from '../../rig/ingest-server.ts';
import { begin, openIngest } from './begin-run.ts';

describe('what came of a task', () => {
  const rows: string[] = [];
  const metrics = {
    incr: (key: string, { tags = {} }: { tags?: object } = {}) =>
      rows.push([key, ...Object.values(tags)].join(' ')),
  } as unknown as TellingContext['metrics'];
  const starting = {
    event: 'service-state',
    service: 'db',
    runner: 'docker',
    elapsedMs: 1,
    state: 'starting',
  } as const;
  const failed = {
    event: 'hook-failed',
    plugin: 'shop',
    hook: 'afterHealth',
    error: { code: 'DS_PLUGIN_THREW', blame: 'plugin', message: 'no', hint: 'none' },
  } as const;
  const sinks = (ingest: Ingest) => ({
    dsn: ingest.dsn,
    sinks: { errors: { dsn: ingest.dsn, items: { transaction: 0 } } },
  });

  test('is left to a process, which loads the SDK; nobody waits for either', async () => {
    rows.length = 0;
    const ingest = await openIngest('hang');
    const left: LeftRun[] = [];
    const leaveRun = (one: LeftRun) => left.push(one) > 0;
    const run = begin(sinks(ingest), { leaveRun, metrics });
    run.events.emit(starting);
    run.events.emit(failed);
    run.finish();
    await run.telling.close();
    expect(ingest.envelopes()).toEqual([]);
    expect(run.handed).toEqual([]);
    expect(left).toMatchObject([
      {
        root: import.meta.dirname,
        errors: [{ code: 'DS_PLUGIN_THREW', plugin: 'shop' }],
        trace: { event: { transaction: 'devservices up' } },
      },
    ]);
    const { event, description } = left[0]?.trace ?? {};
    expect(description?.['trace_id']).toBe(event?.contexts?.trace?.trace_id);
    expect(run.telling.counts()).toMatchObject({
      upstream: { captured: 2, sent: 0, handedOver: 2 },
      errors: { captured: 2, handedOver: 1, dropped: { filtered: 1 } },
    });
    const captured = 'internal.captured.events';
    expect(rows.toSorted()).toEqual([
      `${captured}.errors`,
      `${captured}.errors`,
      `${captured}.upstream`,
      `${captured}.upstream`,
      'internal.uncaptured.events.errors filtered',
    ]);
  });

  test('is sent from here in a CI, where nothing may live on', async () => {
    const ingest = await openIngest();
    const leaveRun = () => expect.unreachable('there is time');
    const run = begin({ dsn: ingest.dsn }, { leaveRun, env: { CI: 'true' } });
    run.events.emit(starting);
    run.finish();
    await run.telling.close();
    expect(ingest.items('transaction')).toMatchObject([{ tags: { ci: 'true' } }]);
  });

  test('is sent from here where something was captured as well', async () => {
    const ingest = await openIngest();
    const leaveRun = () => expect.unreachable('the SDK is needed here');
    const run = begin({ dsn: ingest.dsn }, { leaveRun });
    run.captures.add({ atMs: 0, what: { text: 'x', level: 'info' }, capture: {} });
    run.finish();
    await run.telling.close();
    expect(ingest.items('transaction')).toHaveLength(1);
    expect(ingest.items('event')).toHaveLength(1);
  });

  test('is nobody’s where traces are not sent and nothing failed', async () => {
    const leaveRun = () => expect.unreachable('there is none');
    for (const options of [{ dropTransactions: true }, { tracesSampleRate: 0 }]) {
      const ingest = await openIngest();
      const run = begin({ dsn: ingest.dsn, ...options }, { leaveRun });
      run.events.emit(starting);
      run.finish();
      await run.telling.close();
      expect(ingest.envelopes()).toEqual([]);
    }
  });
});
