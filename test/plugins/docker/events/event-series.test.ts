import { describe, expect, test } from 'vitest';
import { createEventSeries } from '../../../../plugins/docker/events/event-series.ts';

const line = (Action: string, time: number, attributes: object = {}) => ({
  Action,
  Actor: { ID: 'abc', Attributes: { 'dev.devservices.service': 'db', ...attributes } },
  time,
  timeNano: time * 1e9,
});

describe('engine events', () => {
  test('in the runner’s words', () => {
    const series = createEventSeries();
    const common = { service: 'db', id: 'abc' };
    expect(series.next(line('start', 1))).toEqual({ type: 'started', ...common });
    expect(series.next(line('health_status: healthy', 2))).toEqual({
      type: 'health',
      health: 'healthy',
      ...common,
    });
    expect(series.next(line('die', 3, { exitCode: '137' }))).toEqual({
      type: 'exited',
      exitCode: 137,
      willRestart: false,
      at: 3000,
      ...common,
    });
    expect(series.next(line('destroy', 4))).toEqual({ type: 'removed', ...common });
  });

  test('in Podman’s words, which leave some to be asked', () => {
    const series = createEventSeries();
    const common = { service: 'db', id: 'abc' };
    expect(series.next(line('health_status', 1))).toEqual({ type: 'health-untold', ...common });
    const settled = { type: 'settled', ...common };
    expect(series.next(line('restart', 2))).toEqual({ ...settled, willRestart: true });
    expect(series.next(line('cleanup', 3))).toEqual({ ...settled, willRestart: false });
    expect(series.next(line('remove', 4))).toEqual({ type: 'removed', ...common });
  });

  test.each([
    ['another action', line('exec_create: sh', 1)],
    ['a container without a service', { ...line('start', 1), Actor: { ID: 'x', Attributes: {} } }],
    ['no event at all', null],
    ['a broken one', { Action: 1, Actor: {}, time: 1 }],
  ])('%s says nothing', (_, value) => {
    expect(createEventSeries().next(value)).toBeUndefined();
  });

  test('what a new subscription repeats is said once, and the next one begins there', () => {
    const series = createEventSeries();
    expect(series.since()).toBeUndefined();
    series.next(line('start', 1));
    series.next(line('die', 5));
    expect(series.since()).toBe('5');
    expect(series.next(line('die', 5))).toBeUndefined();
    expect(series.next(line('start', 5))).toMatchObject({ type: 'started' });
  });

  test('before an event, a new subscription begins where the first one did, and not before it', () => {
    const series = createEventSeries('7.250');
    expect(series.since()).toBe('7.250');
    series.next(line('start', 7));
    expect(series.since()).toBe('7.250');
    series.next(line('die', 8));
    expect(series.since()).toBe('8');
  });
});
