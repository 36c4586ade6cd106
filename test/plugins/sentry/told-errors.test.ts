import type { DevServicesEvent } from 'devservices';
import { expect, test } from 'vitest';
import { captureEvent, errorEvent } from '../../../plugins/sentry/build-event.ts';
import { toldErrors } from '../../../plugins/sentry/told-errors.ts';
import { permissionErrors } from '../../../plugins/permissions/errors.ts';
import { emitted } from './trace/emitted.ts';

type Finished = Extract<DevServicesEvent, { exitCode: number; errors: unknown }>;
type Reported = Finished['errors'][number];

const report = (blame: Reported['blame'], message = 'hunter2 in /home/ada'): Reported => ({
  code: `DS_TEST_${blame.toUpperCase()}`,
  blame,
  message,
  hint: 'hunter2',
  logs: ['hunter2'],
  lastProbe: 'hunter2',
  frames: ['core/a.ts:1:2 run', 'node_modules/x/b.js:3:4'],
});

function finished(errors: readonly Reported[], service?: Reported): DevServicesEvent {
  const row = { state: 'failed', action: 'failed', reason: { code: 'x', text: 'hunter2' } };
  return emitted([
    [
      9,
      {
        event: 'up-finished',
        ok: false,
        exitCode: 4,
        elapsedMs: 9,
        errors,
        services: service
          ? { db: { ...row, runner: 'docker', elapsedMs: 1, endpoints: {}, error: service } }
          : {},
      } as never,
    ],
  ])[0] as DevServicesEvent;
}

const frame = {
  release: 'devservices@1.2.3',
  environment: 'development',
  tags: { task: 'up' },
  traceId: 'a'.repeat(32),
  rootSpanId: 'b'.repeat(16),
};

for (const [blame, isTold] of [
  ['user', false],
  ['environment', false],
  ['outcome', false],
  ['plugin', true],
  ['bug', true],
] as const) {
  test(`an error of blame ${blame} is ${isTold ? '' : 'not '}told`, () => {
    const told = toldErrors([finished([report(blame)], report(blame))]);
    expect(told.map(({ code }) => code)).toEqual(isTold ? [`DS_TEST_${blame.toUpperCase()}`] : []);
  });
}

test('one error is told once, with the plugin, the hook and the service that it was about', () => {
  const error = { ...report('plugin'), plugin: 'mail' };
  const events = [
    ...emitted([[5, { event: 'hook-failed', plugin: 'mail', hook: 'serviceReady(db)', error }]]),
    finished([error], error),
  ];
  const told = toldErrors(events);
  expect(told).toHaveLength(1);
  expect(told[0]).toMatchObject({ plugin: 'mail', hook: 'serviceReady(db)', service: 'db' });
  expect(new Date(told[0]?.atMs ?? 0).toISOString()).toBe(events[0]?.at);
});

test('two errors of one code are two', () => {
  const [one, other] = [report('bug', 'a'), report('bug', 'b')];
  expect(toldErrors([finished([one, other])])).toHaveLength(2);
});

test('an event is made of code, blame, plugin, hook, service and frames, and of no word of it', () => {
  const error = { ...report('plugin'), plugin: 'mail' };
  const [told] = toldErrors([finished([error])]);
  if (!told) throw new Error('nothing was told');
  const event = errorEvent(frame, told);
  expect(event).toMatchObject({
    level: 'error',
    fingerprint: ['DS_TEST_PLUGIN', 'mail'],
    tags: { task: 'up', code: 'DS_TEST_PLUGIN', blame: 'plugin', plugin: 'mail' },
    exception: {
      values: [
        {
          type: 'DS_TEST_PLUGIN',
          value: 'DS_TEST_PLUGIN in mail',
          stacktrace: {
            frames: [
              { filename: 'node_modules/x/b.js', lineno: 3, colno: 4, in_app: false },
              { filename: 'core/a.ts', lineno: 1, colno: 2, in_app: true, function: 'run' },
            ],
          },
        },
      ],
    },
  });
  expect(JSON.stringify(event)).not.toMatch(/hunter2|ada/);
});

test('by code and service, where there is one', () => {
  const error = { ...report('bug') };
  const [told] = toldErrors([finished([error], error)]);
  if (!told) throw new Error('nothing was told');
  expect(errorEvent(frame, told).fingerprint).toEqual(['DS_TEST_BUG', 'db']);
});

const capture = (thrown: unknown, tags: Record<string, string> = {}) =>
  captureEvent(frame, { atMs: 0, what: { thrown }, capture: { tags } });

test('what is captured is told by its type and its place, not by its words', () => {
  const event = capture(new TypeError('hunter2'), {
    shop: 'first',
    'bad name': 'x',
    at: '/srv/a/b',
  });
  expect(event?.exception?.values?.[0]).toMatchObject({ type: 'TypeError', value: 'TypeError' });
  expect(event?.exception?.values?.[0]?.stacktrace?.frames?.at(-1)?.filename).toMatch(
    /^test\/plugins\/sentry\/told-errors/,
  );
  expect(event?.tags).toEqual({ task: 'up', shop: 'first', at: '[path]' });
  expect(JSON.stringify(event)).not.toContain('hunter2');
  expect(capture('hunter2')?.exception?.values?.[0]).toEqual({
    type: 'a thrown string',
    value: 'a thrown string',
  });
});

test('an error of the user’s or the machine’s is not told either where it is captured', () => {
  const thrown = permissionErrors.create('DS_DIRECTORY_MISSING', {});
  expect(thrown.blame).toBe('user');
  expect(capture(thrown)).toBeUndefined();
});
