import { describe, expect, test, vi } from 'vitest';
import { createFakeClock } from '../../../../core/testing/fake-clock.ts';
import { findGcloud, gcloudTests } from '../../../rig/find-gcloud.ts';
import { thrownBy } from '../../../rig/kernel.ts';
import { startWorkstationsApi } from '../../../rig/workstations-api/start-workstations-api.ts';
import type { ApiFault } from '../../../rig/workstations-api/workstations-api.ts';
import { providerOnApi } from './provider-on-api.ts';

const { signal } = new AbortController();
const scope = { project: 'acme', region: 'europe-west1', cluster: 'main', config: 'small' };
const which = { name: 'box', scope };
const said = (message: string): ApiFault => ({ status: 403, message });

const occurrences = (text: string, part: string): number => text.split(part).length - 1;

describe.skipIf(findGcloud() === null)(`${gcloudTests}: what it refuses`, () => {
  test('is told once, in its own words, with the way out', async () => {
    await using api = await startWorkstationsApi();
    api.put('box');
    await using on = providerOnApi(api);
    const lift = api.fault(() => said('You may not, box is somebody else’s.'));
    const denied = await thrownBy(on.provider.list(signal));
    expect(denied).toMatchObject({ code: 'DS_GCLOUD_FAILED', blame: 'environment' });
    expect(denied.message).toContain('could not list the workstations of the project acme');
    expect(occurrences(denied.message, 'You may not, box is somebody else’s.')).toBe(1);
    expect(denied['hint']).toContain('roles/workstations.user');
    expect(await thrownBy(on.provider.look(which, signal))).toMatchObject({
      code: 'DS_GCLOUD_FAILED',
    });
    lift();
    api.expireToken();
    expect(await thrownBy(on.provider.list(signal))).toMatchObject({
      code: 'DS_GCLOUD_FAILED',
      hint: 'Run `gcloud auth login`.',
    });
  });

  test('since it is asked too often may be asked again, of looks, lists and orders', async () => {
    await using api = await startWorkstationsApi();
    api.put('box', { state: 'STATE_STOPPED' });
    await using on = providerOnApi(api);
    const box = await on.provider.look(which, signal);
    if (box === undefined) throw new Error('there is none');
    api.fault(() => ({ status: 429, message: 'Slow down.' }));
    const passing = {
      name: 'TransientFailure',
      message: 'gcloud: RESOURCE_EXHAUSTED: Slow down.',
      cause: expect.objectContaining({ code: 'DS_GCLOUD_FAILED', blame: 'environment' }) as unknown,
    };
    expect(await thrownBy(on.provider.look(which, signal))).toMatchObject(passing);
    expect(await thrownBy(on.provider.list(signal))).toMatchObject(passing);
    expect(await thrownBy(on.provider.start(box, signal))).toMatchObject(passing);
    expect(api.stateOf('box')).toBe('STATE_STOPPED');
  });

  test('as there is no such place is no workstation to a look, and an error to a list', async () => {
    await using api = await startWorkstationsApi();
    api.put('box');
    await using on = providerOnApi(api, { scope: { region: 'europe-west9' } });
    expect(
      await on.provider.look({ ...which, scope: { ...scope, cluster: 'other' } }, signal),
    ).toBeUndefined();
    const thrown = await thrownBy(on.provider.list(signal));
    expect(thrown).toMatchObject({ code: 'DS_GCLOUD_FAILED', blame: 'environment' });
    expect(thrown.message).toContain('NOT_FOUND');
  });

  // gcloud itself repeats these for half a minute: all at once.
  test('by a fault of the server or the network passes for a look, and fails for who waits for it', async () => {
    await using api = await startWorkstationsApi();
    api.put('box', { state: 'STATE_STOPPED' });
    await using on = providerOnApi(api);
    const box = await on.provider.look(which, signal);
    if (box === undefined) throw new Error('there is none');
    const faults: Record<string, ApiFault> = {
      describe: { status: 500, message: 'Out of order.' },
      list: { status: 503, body: '<html>no such luck</html>' },
      configs: 'reset',
      start: { status: 500, message: 'Out of order.' },
    };
    api.fault(({ kind }) => faults[kind]);
    const [look, list, configs, start] = await Promise.all([
      thrownBy(on.provider.look(which, signal)),
      thrownBy(on.provider.list(signal)),
      thrownBy(on.provider.configs(signal)),
      thrownBy(on.provider.start(box, signal)),
    ]);
    expect(look).toMatchObject({ name: 'TransientFailure' });
    expect(look.message).toMatch(/^gcloud: HTTP 500 of http.*: Out of order\.$/);
    expect(start).toMatchObject({ name: 'TransientFailure' });
    expect(list).toMatchObject({ code: 'DS_GCLOUD_FAILED', blame: 'environment' });
    expect(list.message).toMatch(/HTTP 503 of http.*: <html>no such luck<\/html>/);
    expect(configs).toMatchObject({ code: 'DS_GCLOUD_FAILED', blame: 'environment' });
  });

  test('by no answer at all is given up after a minute, and nothing of it is left', async () => {
    await using api = await startWorkstationsApi();
    api.put('box', { state: 'STATE_STOPPED' });
    const clock = createFakeClock();
    await using on = providerOnApi(api, { clock });
    const first = thrownBy(on.provider.look(which, signal));
    await vi.waitFor(() => expect(clock.sleeping).toBe(1), { timeout: 10_000 });
    const lift = api.fault(({ kind }) => (kind === 'describe' ? 'hang' : undefined));
    await api.seen(({ kind }) => kind === 'describe');
    await clock.advance(60_000);
    expect(await first).toMatchObject({
      name: 'TransientFailure',
      message: 'gcloud: no answer within 1 m 0 s',
    });
    expect(on.left()).toEqual([]);
    lift();

    const box = await on.provider.look(which, signal);
    if (box === undefined) throw new Error('there is none');
    api.fault(({ kind }) => (kind === 'start' ? 'hang' : undefined));
    const order = thrownBy(on.provider.start(box, signal));
    await api.seen(({ kind }) => kind === 'start');
    await clock.advance(60_000);
    expect(await order).toMatchObject({ name: 'TransientFailure' });
    expect(on.left()).toEqual([]);
  });

  test('in no JSON passes once for a look, and is an error then', async () => {
    await using api = await startWorkstationsApi();
    api.put('box');
    await using on = providerOnApi(api);
    const lift = api.fault(() => 'garbage');
    const passing = { name: 'TransientFailure' };
    const final = { code: 'DS_GCLOUD_ANSWER', blame: 'environment' };
    expect(await thrownBy(on.provider.look(which, signal))).toMatchObject(passing);
    expect(await thrownBy(on.provider.look(which, signal))).toMatchObject(final);
    expect(await thrownBy(on.provider.list(signal))).toMatchObject({
      ...passing,
      cause: expect.objectContaining(final) as unknown,
    });
    lift();
    expect((await on.provider.look(which, signal))?.state).toBe('running');
  });

  test('since it was interrupted is the interruption, and nothing of it is left', async () => {
    await using api = await startWorkstationsApi();
    api.put('box');
    await using on = providerOnApi(api);
    api.fault(() => 'hang');
    const interruption = new AbortController();
    const asked = thrownBy(on.provider.list(interruption.signal));
    await api.seen(({ kind }) => kind === 'list');
    const reason = new Error('Ctrl-C');
    interruption.abort(reason);
    expect(await asked).toBe(reason);
    expect(on.left()).toEqual([]);
  });
});
