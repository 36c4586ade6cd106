import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { createCheckout, type Ran } from '../rig/checkout.ts';
import { answering, configure, shell } from '../rig/container-services.ts';
import { ensureEngine } from '../rig/engine/ensure-engine.ts';

const engine = await ensureEngine();

interface Row {
  what: string;
  service: object;
  /** What its failed attempts say, in this order. */
  says: readonly RegExp[];
  /** The code of its error; without one it becomes ready. */
  fails?: string;
}

describe.skipIf(engine === null)('readiness of real containers, all in one `up`', () => {
  if (!engine) return;
  const { tools } = engine.images;
  const checkout = createCheckout(engine);
  const ports = { http: { container: 7000, host: 'auto' } };
  const http = { kind: 'http', path: '/', timeout: '2s' };
  const healthcheck = (check: string) => ({
    healthcheck: { test: check, interval: '100ms', retries: 2 },
  });
  const command = (script: string, timing: object = {}) => ({
    kind: 'command',
    command: ['sh', '-c', script],
    timeout: '500ms',
    ...timing,
  });
  const counted = 'echo x >> /tries; test $(wc -l < /tries) -gt 2';
  const rows: Record<string, Row> = {
    late: {
      what: 'a server that listens seconds after its start is not believed because its port is published',
      service: {
        run: shell(tools, 'sleep 4; echo about to listen; exec nc -lk -p 7000'),
        ports,
      },
      says: [],
    },
    stumbling: {
      what: 'ECONNREFUSED, reset and time-out are all retried',
      service: {
        run: answering(tools, 'refused', 'hang', 'reset', '503', '200'),
        ports,
        ready: http,
      },
      says: [/ECONNREFUSED/, /no answer within/, /ECONNRESET|hang up/, /answered 503/],
    },
    recovering: {
      what: 'HTTP 503, then 200',
      service: { run: answering(tools, '503', '503', '200'), ports, ready: http },
      says: [/GET \/ answered 503/],
    },
    hanging: {
      what: 'a server that takes every request and answers none fails at its deadline',
      service: {
        run: answering(tools, 'hang'),
        ports,
        ready: { ...http, timeout: '1s', deadline: '5s' },
      },
      says: [/no answer within 1/],
      fails: 'DS_SERVICE_NOT_READY',
    },
    stuck: {
      what: 'a probe that hangs is killed at its attempt time-out, then tried again',
      service: {
        run: shell(tools, 'exec sleep 1000'),
        ready: command(`${counted} || exec sleep 777`),
      },
      says: [/no answer within 500 ms/],
    },
    endless: {
      what: 'an exec that never ends fails at its deadline',
      service: {
        run: shell(tools, 'exec sleep 1000'),
        ready: command('exec sleep 778', { deadline: '2s' }),
      },
      says: [/no answer within 500 ms/],
      fails: 'DS_SERVICE_NOT_READY',
    },
    split: {
      what: 'a log line split over several writes is one line',
      service: {
        run: shell(
          tools,
          "printf '%016380d' 0; printf 're'; sleep 0.2; printf 'ady to se'; sleep 0.2; echo rve; exec sleep 1000",
        ),
        ready: { kind: 'log', pattern: '^0+ready to serve$' },
      },
      says: [],
    },
    doubtful: {
      what: 'unhealthy, then healthy: the engine’s verdict is not final',
      service: {
        run: shell(
          tools,
          'exec sleep 1000',
          healthcheck('echo x >> /tries; n=$(wc -l < /tries); echo "check $n"; test "$n" -gt 20'),
        ),
      },
      says: [/^its healthcheck exited with 1: check \d+$/],
    },
    unhealthy: {
      what: 'unhealthy until its deadline: what the healthcheck printed is told',
      service: {
        run: shell(tools, 'exec sleep 1000', healthcheck('echo no disk; exit 1')),
        ready: { kind: 'healthcheck', deadline: '3s' },
      },
      says: [/^its healthcheck exited with 1: no disk$/],
      fails: 'DS_SERVICE_NOT_READY',
    },
    undecided: {
      what: 'a healthcheck that has not failed often enough is told at the deadline',
      service: {
        run: shell(tools, 'exec sleep 1000', {
          healthcheck: { test: 'echo no disk; exit 1', interval: '100ms', retries: 1000 },
        }),
        ready: { kind: 'healthcheck', deadline: '2s' },
      },
      says: [],
      fails: 'DS_SERVICE_NOT_READY',
    },
    looping: {
      what: 'a crash-looping kafka fails in seconds with its log tail',
      service: {
        run: shell(tools, 'echo no cluster id; exit 4', { restart: 'always' }),
        ports: { kafka: { container: 9092, host: 'auto' } },
      },
      says: [],
      fails: 'DS_SERVICE_CRASH_LOOP',
    },
  };
  let up: Ran;
  const eventsOf = (service: string, event: string) =>
    up.json.filter((one) => one.event === event && one['service'] === service);

  const runUp = async (): Promise<void> => {
    configure(
      checkout,
      Object.fromEntries(Object.entries(rows).map(([name, { service }]) => [name, service])),
    );
    up = await checkout.task('up', ['--json']);
  };
  beforeAll(runUp);
  // The times above are short: a machine that had no time for them is asked once more.
  let tries = 0;
  beforeEach(async ({ task }) => {
    const { retryCount = 0 } = task.result ?? {};
    if (retryCount <= tries) return;
    tries = retryCount;
    await checkout.task('down');
    await runUp();
  });
  afterAll(() => checkout[Symbol.asyncDispose]());

  test('those that fail are told, all others are ready', () => {
    const { exitCode, finished } = up;
    const failed = Object.keys(rows).filter((name) => rows[name]?.fails);
    expect({ exitCode, errors: finished.errors.length }, up.stderr).toEqual({
      exitCode: 1,
      errors: failed.length,
    });
  });

  const table = Object.entries(rows).map(([name, row]) => ({ name, ...row }));
  test.each(table)('$name: $what', ({ name, says, fails }) => {
    const report = up.finished.services[name];
    expect(report).toMatchObject(
      fails ? { state: 'failed', error: { code: fails } } : { state: 'ready', action: 'created' },
    );
    const said = eventsOf(name, 'probe-failed').map(({ text }) => text as string);
    let from = 0;
    for (const pattern of says) {
      const at = said.findIndex((text, index) => index >= from && pattern.test(text));
      expect(at, `${String(pattern)} in ${said.join('\n')}`).not.toBe(-1);
      from = at + 1;
    }
  });

  test('the late one was ready after it said so itself, not before', async () => {
    const { late = '' } = await checkout.containers();
    const log = await checkout.docker
      .getContainer(late)
      .logs({ stdout: true, timestamps: true, follow: false });
    const listens = /(\d{4}-\S+Z) about to listen/.exec(log.toString())?.[1] ?? '';
    const ready = eventsOf('late', 'service-state').find(({ state }) => state === 'ready');
    expect(Date.parse(ready?.at ?? '')).toBeGreaterThanOrEqual(Date.parse(listens));
  });

  test('the last probe and the last log lines are in the errors', () => {
    const { hanging, unhealthy, undecided, looping } = up.finished.services;
    expect(hanging?.error?.lastProbe).toContain('no answer within');
    expect(unhealthy?.error?.message).toContain('no disk');
    expect(undecided?.error?.lastProbe).toBe('its healthcheck exited with 1: no disk');
    expect(looping?.error).toMatchObject({
      exitCode: 4,
      logs: expect.arrayContaining(['no cluster id']),
    });
  });

  test('nothing of a probe that was given up runs on', async () => {
    const { stuck = '', endless = '' } = await checkout.containers();
    for (const id of [stuck, endless]) {
      const { Processes } = (await checkout.docker.getContainer(id).top()) as {
        Processes: string[][];
      };
      expect(Processes.filter((columns) => /sleep 77/.test(columns.join(' ')))).toEqual([]);
    }
  });
});
