import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { readAccount, readVersion } from '../../../../plugins/workstations/gcloud/check-gcloud.ts';
import {
  readConfigs,
  readWorkstation,
  readWorkstations,
} from '../../../../plugins/workstations/gcloud/read-answers.ts';

const config = 'projects/p/locations/r/workstationClusters/c/workstationConfigs/g';

test('a workstation is read with its place, its state and when it was made', () => {
  const answer = {
    name: `${config}/workstations/box`,
    uid: 'u',
    state: 'STATE_STOPPED',
    reconciling: true,
    createTime: '2026-01-01T00:00:00Z',
  };
  expect(readWorkstation(answer)).toEqual({
    name: 'box',
    provider: 'gcloud',
    state: 'stopped',
    providerState: 'STATE_STOPPED',
    scope: { project: 'p', region: 'r', cluster: 'c', config: 'g' },
    id: `${config}/workstations/box`,
    uid: 'u',
    createdAt: '2026-01-01T00:00:00Z',
    isBeingChanged: true,
  });
  const { state: _state, uid: _uid, ...bare } = answer;
  expect(readWorkstation(bare)).toMatchObject({
    state: 'unknown',
    providerState: 'STATE_UNSPECIFIED',
    uid: '2026-01-01T00:00:00Z',
  });
});

test('a configuration is read with what is wrong with it', () => {
  const answer = {
    name: config,
    idleTimeout: '1200s',
    runningTimeout: '0s',
    host: { gceInstance: { machineType: 'e2-standard-4' } },
    degraded: true,
    conditions: [{ code: 7, message: 'The service account is gone.' }],
  };
  expect(readConfigs([answer, { name: config }])).toEqual([
    {
      name: 'g',
      region: 'r',
      cluster: 'c',
      machineType: 'e2-standard-4',
      idleTimeoutMs: 1_200_000,
      runningTimeoutMs: 0,
      problem: 'The service account is gone.',
      disks: [],
    },
    { name: 'g', region: 'r', cluster: 'c', disks: [] },
  ]);
});

test('a list of which a part is not understood is not understood', () => {
  expect(readWorkstations([])).toEqual([]);
  expect(readWorkstations([{ name: `${config}/workstations/box` }, { name: config }])).toBe(
    undefined,
  );
  expect(readConfigs([{ name: `${config}/workstations/box` }])).toBe(undefined);
  expect(readConfigs({ name: config })).toBe(undefined);
});

test('no answer breaks who reads it', () => {
  fc.assert(
    fc.property(fc.jsonValue(), (answer) => {
      for (const read of [readWorkstation, readWorkstations, readConfigs, readVersion]) {
        expect(() => read(answer)).not.toThrow();
      }
      expect(readAccount(answer)?.isSignedIn ?? false).toBe(false);
    }),
    { seed: 8, numRuns: 200 },
  );
});
