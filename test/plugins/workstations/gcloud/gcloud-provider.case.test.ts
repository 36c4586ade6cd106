import { describe, expect, test } from 'vitest';
import { findGcloud, gcloudTests } from '../../../rig/find-gcloud.ts';
import { thrownBy } from '../../../rig/kernel.ts';
import { startWorkstationsApi } from '../../../rig/workstations-api/start-workstations-api.ts';
import { providerOnApi } from './provider-on-api.ts';

const { signal } = new AbortController();
const place = { project: 'acme', region: 'europe-west1', cluster: 'main', config: 'small' };
const elsewhere = { ...place, region: 'us-east1', cluster: 'other' };

describe.skipIf(findGcloud() === null)(`${gcloudTests}: what there is`, () => {
  test('is listed over regions, clusters and configurations, each with all of its path', async () => {
    await using api = await startWorkstationsApi();
    api.put('box');
    api.put('my-box', { state: 'STATE_STOPPED', config: 'large' });
    api.put('box', { ...elsewhere, state: 'STATE_HIBERNATING' });
    await using wide = providerOnApi(api);
    const all = await wide.provider.list(signal);
    expect(
      all.map(({ name, state, providerState, scope }) => [name, state, providerState, scope]),
    ).toEqual([
      ['box', 'running', 'STATE_RUNNING', place],
      ['box', 'unknown', 'STATE_HIBERNATING', elsewhere],
      ['my-box', 'stopped', 'STATE_STOPPED', { ...place, config: 'large' }],
    ]);
    await using narrow = providerOnApi(api, { scope: { config: 'large' } });
    expect((await narrow.provider.list(signal)).map(({ name }) => name)).toEqual(['my-box']);
    const configs = await narrow.provider.configs(signal);
    expect(configs.map(({ name, region, cluster }) => [name, region, cluster])).toEqual([
      ['large', 'europe-west1', 'main'],
      ['small', 'europe-west1', 'main'],
      ['small', 'us-east1', 'other'],
    ]);
    expect(configs[0]).toMatchObject({
      machineType: 'e2-standard-8',
      idleTimeoutMs: 1_200_000,
      runningTimeoutMs: 43_200_000,
      image: 'europe-docker.pkg.dev/acme/images/dev:1',
    });
  });

  test('is found by its exact name, never by a part of it or a pattern', async () => {
    await using api = await startWorkstationsApi();
    api.put('my-box');
    api.put('box-2');
    api.put('box', { state: 'STATE_STOPPED' });
    await using on = providerOnApi(api);
    expect((await on.provider.find('box', signal))?.state).toBe('stopped');
    for (const name of ['ox', 'bo.', '--help']) {
      expect(await on.provider.find(name, signal), name).toBeUndefined();
    }
  });

  test('is told apart by region and cluster where two have one name', async () => {
    await using api = await startWorkstationsApi();
    api.put('box');
    api.put('box', elsewhere);
    await using wide = providerOnApi(api);
    const thrown = await thrownBy(wide.provider.find('box', signal));
    expect(thrown).toMatchObject({ code: 'DS_WORKSTATION_AMBIGUOUS', blame: 'user' });
    expect(thrown.message).toContain('locations/us-east1/workstationClusters/other/');
    expect(thrown.message).toContain('(--region us-east1 --cluster other)');
    await using narrow = providerOnApi(api, { scope: { cluster: 'other' } });
    expect((await narrow.provider.find('box', signal))?.scope).toEqual(elsewhere);
  });

  test('is looked at in each state, also one that nobody knows, and is undefined where it is gone', async () => {
    await using api = await startWorkstationsApi();
    api.put('other');
    await using on = providerOnApi(api);
    const seen: unknown[] = [];
    for (const word of ['STARTING', 'RUNNING', 'STOPPING', 'STOPPED', 'UNSPECIFIED', 'REPAIRING']) {
      api.put('box', { state: `STATE_${word}` });
      seen.push((await on.provider.look({ name: 'box', scope: place }, signal))?.state);
    }
    expect(seen).toEqual(['starting', 'running', 'stopping', 'stopped', 'unknown', 'unknown']);
    api.remove('box');
    expect(await on.provider.look({ name: 'box', scope: place }, signal)).toBeUndefined();
  });

  test('says what is lost with it', async () => {
    await using api = await startWorkstationsApi();
    const disk = (mountPath: string, reclaimPolicy: string) => ({
      mountPath,
      gcePd: { sizeGb: 200, fsType: 'ext4', reclaimPolicy },
    });
    api.putConfig('small', {
      persistentDirectories: [disk('/home', 'DELETE'), disk('/data', 'RETAIN')],
    });
    api.put('box');
    await using on = providerOnApi(api);
    const box = await on.provider.look({ name: 'box', scope: place }, signal);
    if (box === undefined) throw new Error('there is none');
    expect(await on.provider.losses(box, signal)).toEqual(['the disk at /home (200 GB)']);
    api.fault(({ kind }) => (kind === 'config' ? { status: 403 } : undefined));
    expect(await on.provider.losses(box, signal)).toEqual(['everything on its disks']);
  });
});

describe.skipIf(findGcloud() === null)(`${gcloudTests}: what would be made`, () => {
  test('is of the one configuration that fits, and is told with its price', async () => {
    await using api = await startWorkstationsApi();
    api.putConfig('large', { idleTimeout: '0s', runningTimeout: '0s' });
    api.putConfig('small');
    api.putConfig('small', elsewhere);
    const over = async (scope: object) => {
      await using on = providerOnApi(api, { scope });
      return await on.provider.describeNew('box', signal);
    };
    const large = await over({ config: 'large' });
    expect(large.scope).toEqual({ ...place, config: 'large' });
    expect(large.costNote).toContain('never stopped by itself');
    const small = await over({ config: 'small', region: 'us-east1' });
    expect(small.scope).toEqual(elsewhere);
    expect(small.costNote).toContain('after 20 min without use and after 12 h in any case');

    const both = await thrownBy(over({ config: 'small' }));
    expect(both).toMatchObject({ code: 'DS_WORKSTATION_CONFIG_AMBIGUOUS' });
    expect(both.message).toContain('(--region us-east1 --cluster other)');
    const any = await thrownBy(over({}));
    expect(any).toMatchObject({ code: 'DS_WORKSTATION_CONFIG_AMBIGUOUS' });
    expect(any.message).toContain('--workstation-config large');
    const unknown = await thrownBy(over({ config: 'smal' }));
    expect(unknown).toMatchObject({ code: 'DS_WORKSTATION_CONFIG_UNKNOWN' });
    expect(unknown.message).toContain('Did you mean "small"?');
  });

  test('has a name that the cloud takes, or nothing is asked of it', async () => {
    await using api = await startWorkstationsApi();
    api.putConfig('small');
    await using on = providerOnApi(api);
    for (const name of [
      '',
      '-rf',
      '--help',
      'Box',
      'a b',
      'a$(id)',
      'a-',
      '1box',
      'x'.repeat(64),
    ]) {
      const thrown = await thrownBy(on.provider.describeNew(name, signal));
      expect(thrown, name).toMatchObject({ code: 'DS_WORKSTATION_NAME_INVALID' });
    }
    expect(api.calls).toEqual([]);
    expect((await on.provider.describeNew('x'.repeat(63), signal)).scope).toEqual(place);
  });
});
