import { describe, expect, test } from 'vitest';
import type { Workstation } from '../../../../plugins/workstations/contract.ts';
import { findGcloud, gcloudTests } from '../../../rig/find-gcloud.ts';
import { thrownBy } from '../../../rig/kernel.ts';
import { startWorkstationsApi } from '../../../rig/workstations-api/start-workstations-api.ts';
import { providerOnApi } from './provider-on-api.ts';

const { signal } = new AbortController();

describe.skipIf(findGcloud() === null)(`${gcloudTests}: what there is`, () => {
  test('is listed over regions, clusters and configurations, each with all of its path', async () => {
    await using api = await startWorkstationsApi();
    api.put('box');
    api.put('my-box', { state: 'STATE_STOPPED', config: 'large' });
    api.put('box', { region: 'us-east1', cluster: 'other', state: 'STATE_HIBERNATING' });
    const { provider } = providerOnApi(api);
    const all = await provider.list(signal);
    expect(
      all.map(({ name, state, providerState, scope }) => [name, state, providerState, scope]),
    ).toEqual([
      [
        'box',
        'running',
        'STATE_RUNNING',
        { project: 'acme', region: 'europe-west1', cluster: 'main', config: 'small' },
      ],
      [
        'box',
        'unknown',
        'STATE_HIBERNATING',
        { project: 'acme', region: 'us-east1', cluster: 'other', config: 'small' },
      ],
      [
        'my-box',
        'stopped',
        'STATE_STOPPED',
        { project: 'acme', region: 'europe-west1', cluster: 'main', config: 'large' },
      ],
    ]);
    const narrow = providerOnApi(api, { scope: { config: 'large' } });
    expect((await narrow.provider.list(signal)).map(({ name }) => name)).toEqual(['my-box']);
    const configs = await narrow.provider.configs(signal);
    expect(
      configs.map(({ name, region, cluster, machineType, idleTimeoutMs }) => [
        name,
        region,
        cluster,
        machineType,
        idleTimeoutMs,
      ]),
    ).toEqual([
      ['large', 'europe-west1', 'main', 'e2-standard-8', 1_200_000],
      ['small', 'europe-west1', 'main', 'e2-standard-8', 1_200_000],
      ['small', 'us-east1', 'other', 'e2-standard-8', 1_200_000],
    ]);
  });
});
