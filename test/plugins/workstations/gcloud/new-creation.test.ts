import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { costNote, newCreation } from '../../../../plugins/workstations/gcloud/new-creation.ts';
import {
  describeScope,
  parsePath,
  pathOf,
  wideFlags,
} from '../../../../plugins/workstations/gcloud/resource-path.ts';

const parts = ['region', 'cluster', 'config'] as const;
const configAt = (name: string, region: string, cluster = 'main') => ({ name, region, cluster });

test('the one configuration there is need not be named', () => {
  const creation = newCreation('box', { project: 'p' }, [configAt('small', 'r')]);
  expect(creation.scope).toEqual({ project: 'p', region: 'r', cluster: 'main', config: 'small' });
  expect(() => newCreation('box', { project: 'p', region: 'x' }, [configAt('small', 'r')])).toThrow(
    'There is no workstation configuration in the project p, region x.',
  );
});

test('of several, those flags are told in which they differ', () => {
  const configs = [configAt('small', 'r', 'one'), configAt('small', 'r', 'two')];
  expect(() => newCreation('box', { project: 'p', config: 'small' }, configs)).toThrow(
    expect.objectContaining({ hint: 'Say which one: `--cluster one`.' }) as Error,
  );
});

test('a price is told with how long it is paid', () => {
  const note = (idle?: number, running?: number) =>
    costNote({
      ...configAt('g', 'r'),
      ...(idle !== undefined && { idleTimeoutMs: idle }),
      ...(running !== undefined && { runningTimeoutMs: running }),
    });
  expect(note(1_200_000, 43_200_000)).toContain(
    'it is stopped after 20 min without use and after 12 h in any case',
  );
  expect(note(45_000)).toContain('it is stopped after 45 s without use');
  expect(note(undefined, 9_000_000)).toContain('it is stopped after 2 h 30 min in any case');
  for (const never of [note(), note(0, 0)]) expect(never).toContain('never stopped by itself');
});

test('any place comes out of its path as it went in', () => {
  const word = fc.stringMatching(/^[a-z0-9:._-]{1,20}$/);
  const place = fc.record({ project: word, region: word, cluster: word, config: word });
  fc.assert(
    fc.property(place, word, (scope, name) => {
      expect(parsePath(pathOf(scope, name))).toEqual({ ...scope, workstation: name });
    }),
    { seed: 8 },
  );
  expect(parsePath('projects/p/locations/r')).toBeUndefined();
});

test('a list is asked for in one place only where all above it is named', () => {
  const flags = (scope: object): string => wideFlags({ project: 'p', ...scope }, parts).join(' ');
  expect(flags({})).toBe('--project=p --region=- --cluster=- --config=-');
  expect(flags({ config: 'g' })).toBe('--project=p --region=- --cluster=- --config=-');
  expect(flags({ region: 'r', config: 'g' })).toBe('--project=p --region=r --cluster=- --config=-');
  expect(flags({ region: 'r', cluster: 'c', config: 'g' })).toBe(
    '--project=p --region=r --cluster=c --config=g',
  );
  expect(describeScope({ project: 'p', cluster: 'c' })).toBe('the project p, cluster c');
});
