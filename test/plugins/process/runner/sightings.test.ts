import { expect, test } from 'vitest';
import type { Instance } from '../../../../core/run/runner.ts';
import { createSightings } from '../../../../plugins/process/runner/sightings.ts';

const instance = (fields: Partial<Instance> = {}): Instance => ({
  kind: 'process',
  service: 'api',
  runKey: 'local',
  id: 'a1',
  generation: 'boot:1:1',
  status: 'running',
  endpoints: {},
  createdAt: 0,
  ...fields,
});
const ofApi = { service: 'api', id: 'a1' };

test('two looks at the same tell nothing', () => {
  const sightings = createSightings([instance()]);
  expect(sightings.compare([instance()])).toEqual([]);
});

test('an end is told with what its record knows of it, and once', () => {
  const sightings = createSightings([instance()]);
  const ended = instance({ status: 'exited', exitCode: 3, endedAt: 17 });
  const event = { type: 'exited', ...ofApi, exitCode: 3, willRestart: false, at: 17 } as const;
  expect(sightings.compare([ended])).toEqual([event]);
  // The supervisor's own report of it comes a moment later.
  expect(sightings.take(event)).toBeUndefined();
  expect(sightings.take({ ...event, at: 40 })).toEqual({ ...event, at: 40 });
});

test('an end that nobody saw has no code', () => {
  const sightings = createSightings([instance()]);
  expect(sightings.compare([instance({ status: 'exited' })])).toEqual([
    { type: 'exited', ...ofApi, willRestart: false },
  ]);
});

test('a run that ended and one that began meanwhile are both told', () => {
  const sightings = createSightings([instance()]);
  expect(sightings.compare([instance({ generation: 'boot:2:2' })])).toEqual([
    { type: 'exited', ...ofApi, willRestart: true },
    { type: 'started', ...ofApi },
  ]);
});

test('what was started and was not there before is told', () => {
  const sightings = createSightings([instance({ status: 'created' })]);
  const other = instance({ service: 'worker', id: 'b2' });
  expect(sightings.compare([instance(), other])).toEqual([
    { type: 'started', ...ofApi },
    { type: 'started', service: 'worker', id: 'b2' },
  ]);
});

test('one that is gone has ended and was removed', () => {
  const sightings = createSightings([instance()]);
  expect(sightings.compare([])).toEqual([
    { type: 'exited', ...ofApi, willRestart: false, isRemoval: true },
    { type: 'removed', ...ofApi },
  ]);
  expect(sightings.compare([])).toEqual([]);
});

test('a start that was reported is no news at the next look', () => {
  const sightings = createSightings([instance({ status: 'exited' })]);
  sightings.take({ type: 'started', ...ofApi });
  expect(sightings.compare([instance({ generation: 'boot:9:9' })])).toEqual([]);
});
