import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { DevServicesEvent } from '../../core/events.ts';
import { ensureEngine } from '../rig/engine/ensure-engine.ts';
import type { Ran } from '../rig/checkout.ts';
import { createIngest, type Ingest } from '../rig/ingest-server.ts';
import { createTelemetryCheckout, type Transaction } from '../rig/telemetry-checkout.ts';

const engine = await ensureEngine();

describe.skipIf(engine === null)('the trace of an `up` of four services', () => {
  if (!engine) return;
  const checkout = createTelemetryCheckout(engine);
  let ingest: Ingest;
  let up: Ran;
  let journal: readonly DevServicesEvent[];
  let trace: Transaction | undefined;
  const docker = (image: string, command: string[]) =>
    `{ docker: container(${JSON.stringify({ image, command, stopSignal: 'SIGKILL' })}) }`;
  const sleep = `hostProcess({ command: ['sleep', '1000'] })`;
  beforeAll(async () => {
    ingest = await createIngest();
    checkout.configure({
      sentry: `{ dsn: '${ingest.dsn}', flushTimeout: '10s' }`,
      services: `{
        db: { run: ${docker(engine.images.redis, ['redis-server'])}, ready: ready.command(['redis-cli', 'ping']) },
        migrate: { run: hostProcess({ command: ['true'] }) },
        api: { run: ${sleep}, dependsOn: { db: 'ready', migrate: 'completed' } },
        worker: { run: ${docker(engine.images.tools, ['sleep', '1000'])}, dependsOn: ['api'] },
      }`,
    });
    up = await checkout.task('up', ['--json', '--offline']);
    journal = checkout.journal();
    // It is told by a process that outlives the task.
    await ingest.waitFor(() => ingest.items('transaction').length > 0);
    [trace] = ingest.items('transaction') as Transaction[];
  });

  afterAll(async () => {
    await checkout[Symbol.asyncDispose]();
    await ingest.close();
  });

  test('is told once, as the journal has it: when it began and ended, and how', () => {
    expect(up.finished, up.stderr).toMatchObject({ exitCode: 0, errors: [] });
    expect(ingest.items('transaction')).toHaveLength(1);
    const [began, ended] = [at(journal[0]), at(journal.at(-1))];
    expect(journal.at(-1)?.event).toBe('up-finished');
    expectNear(trace, [began, ended]);
    expect(trace).toMatchObject({
      transaction: 'devservices up',
      contexts: { trace: { op: 'task', status: 'ok' } },
      tags: { task: 'up', exit_code: '0' },
    });
  });

  test('has each phase of the journal once, within 5 ms', () => {
    const phases = spansOf(journal, 'phase');
    const told = trace?.spans.filter(({ op }) => op === 'phase') ?? [];
    expect(phases.length).toBeGreaterThan(10);
    expect(told).toHaveLength(phases.length);
    const left = [...told];
    for (const phase of phases) {
      const found = left.findIndex(
        (span) =>
          isNear(span, phase.times) &&
          span.description?.includes(phase.name) &&
          span.data?.['service'] === phase.service,
      );
      expect(found, `${phase.name} ${phase.service}`).not.toBe(-1);
      const [span] = left.splice(found, 1);
      // A phase of a service is within that service's span.
      if (phase.service === undefined) continue;
      expect(parentOf(span)).toMatchObject({ op: 'service' });
      expect(parentOf(span)?.description).toContain(phase.service);
    }
  });

  test('has each tap and each service once, and is one tree', () => {
    const count = (op: string) => trace?.spans.filter((span) => span.op === op).length;
    const hooks = journal.filter(({ event }) => event === 'hook-ended');
    expect(hooks.length).toBeGreaterThan(0);
    expect({ hooks: count('hook'), services: count('service') }).toEqual({
      hooks: hooks.length,
      services: 4,
    });
    const root = trace?.contexts.trace.span_id;
    const ids = new Set([root, ...(trace?.spans ?? []).map(({ span_id: id }) => id)]);
    expect(ids.size).toBe((trace?.spans.length ?? 0) + 1);
    for (const span of trace?.spans ?? []) {
      expect(ids).toContain(span.parent_span_id);
      expect(span.span_id).toMatch(/^[0-9a-f]{16}$/);
      expect(span.timestamp).toBeGreaterThanOrEqual(span.start_timestamp);
    }
  });

  test('a service spans from its first state to its readiness', () => {
    for (const name of ['db', 'migrate', 'api', 'worker']) {
      const states = journal.flatMap((event) =>
        event.event === 'service-state' && event.service === name
          ? [{ state: event.state, at: at(event) }]
          : [],
      );
      const last = states.find(({ state }) => state === 'ready' || state === 'completed');
      const span = trace?.spans.find(
        ({ op, description }) => op === 'service' && description?.includes(name),
      );
      expect(span, name).toBeDefined();
      expect(Math.abs((span?.timestamp ?? 0) * 1000 - (last?.at ?? 0)), name).toBeLessThan(5.5);
    }
  });

  function parentOf(span: Transaction['spans'][number] | undefined) {
    return trace?.spans.find(({ span_id: id }) => id === span?.parent_span_id);
  }
});

function at(event: DevServicesEvent | undefined): number {
  return Date.parse(event?.at ?? '');
}

type Times = readonly [began: number, ended: number];

/** What the journal says of beginnings and ends, paired. */
function spansOf(journal: readonly DevServicesEvent[], kind: 'phase') {
  const open = new Map<string, number>();
  return journal.flatMap((event) => {
    if (!('phase' in event)) return [];
    const { phase: name, service } = event;
    const key = `${kind} ${name} ${service}`;
    if (event.event === 'phase-started') open.set(key, at(event));
    if (event.event !== 'phase-ended') return [];
    const times: Times = [open.get(key) ?? Number.NaN, at(event)];
    return [{ name, service, times }];
  });
}

interface Timed {
  start_timestamp: number;
  timestamp: number;
}

function isNear(span: Timed, [began, ended]: Times): boolean {
  const isWithin = (seconds: number, ms: number) => Math.abs(seconds * 1000 - ms) < 5.5;
  return isWithin(span.start_timestamp, began) && isWithin(span.timestamp, ended);
}

function expectNear(span: Timed | undefined, times: Times): void {
  expect(span && isNear(span, times), JSON.stringify({ span, times }).slice(0, 300)).toBe(true);
}
