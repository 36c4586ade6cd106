import { describe, expect, test, vi } from 'vitest';
import type { Creation, Workstation } from '../../../../plugins/workstations/contract.ts';
import { findGcloud, gcloudTests } from '../../../rig/find-gcloud.ts';
import { thrownBy } from '../../../rig/kernel.ts';
import type { ApiCall } from '../../../rig/workstations-api/answer-call.ts';
import { startWorkstationsApi } from '../../../rig/workstations-api/start-workstations-api.ts';
import { type ProviderOnApi, providerOnApi } from './provider-on-api.ts';

const { signal } = new AbortController();
const scope = { project: 'acme', region: 'europe-west1', cluster: 'main', config: 'small' };
const which = { name: 'box', scope };
const creation: Creation = {
  ...which,
  config: { name: 'small', region: 'europe-west1', cluster: 'main' },
  costNote: '',
};
const say = (): void => {};
const quota = { operationError: { code: 8, message: 'There is no quota left for N2.' } };

const look = async ({ provider }: ProviderOnApi): Promise<Workstation> => {
  const seen = await provider.look(which, signal);
  if (seen === undefined) throw new Error('there is none');
  return seen;
};

const nothingLeft = (on: ProviderOnApi): Promise<void> =>
  vi.waitFor(() => expect(on.left()).toEqual([]), { timeout: 30_000 });

describe.skipIf(findGcloud() === null)(`${gcloudTests}: an order`, () => {
  test('is taken long before it is carried out, and looks tell how it goes', async () => {
    await using api = await startWorkstationsApi({ looks: 1_000 });
    api.putConfig('small');
    await using on = providerOnApi(api);
    await on.provider.create(creation, { signal, say });
    expect((await look(on)).state).toBe('starting');
    api.settle();
    const made = await look(on);
    expect(made.state).toBe('stopped');
    await on.provider.start(made, signal);
    expect((await look(on)).state).toBe('starting');
    api.settle();
    const running = await look(on);
    expect(running.state).toBe('running');
    // Nothing waits any more for what is known to have ended.
    await nothingLeft(on);
    await on.provider.stop(running, signal);
    expect((await look(on)).state).toBe('stopping');
    api.settle();
    const stopped = await look(on);
    expect(stopped.state).toBe('stopped');
    await on.provider.delete(stopped, signal);
    api.settle();
    expect(await on.provider.look(which, signal)).toBeUndefined();
    await nothingLeft(on);
    expect(api.calls.filter(({ method }) => method !== 'GET').map(({ kind }) => kind)).toEqual([
      'create',
      'start',
      'stop',
      'delete',
    ]);
  });

  test('that comes to nothing is told in the words of its operation', async () => {
    await using api = await startWorkstationsApi({ looks: 2 });
    api.putConfig('small');
    const isOrder = ({ method, kind }: ApiCall) => method !== 'GET' && kind !== 'token';
    api.fault((call) => (isOrder(call) ? quota : undefined));
    await using on = providerOnApi(api);
    const thrownByLooks = async (): Promise<unknown> => {
      for (;;) {
        try {
          await on.provider.look(which, signal);
        } catch (thrown) {
          return thrown;
        }
      }
    };
    const failed = (verb: string) => ({
      code: 'DS_GCLOUD_OPERATION',
      blame: 'outcome',
      message: `Google Cloud could not ${verb} the workstation box: There is no quota left for N2.`,
    });
    await on.provider.create(creation, { signal, say });
    expect(await thrownByLooks()).toMatchObject(failed('create'));
    expect(await on.provider.look(which, signal)).toBeUndefined();

    api.put('box', { state: 'STATE_STOPPED' });
    await on.provider.start(await look(on), signal);
    expect(await thrownByLooks()).toMatchObject(failed('start'));
    expect((await look(on)).state).toBe('stopped');

    api.put('box');
    await on.provider.stop(await look(on), signal);
    expect(await thrownByLooks()).toMatchObject(failed('stop'));
    await on.provider.delete(await look(on), signal);
    expect(await thrownByLooks()).toMatchObject(failed('delete'));
    expect((await look(on)).state).toBe('running');
    await nothingLeft(on);
  });

  test('for what is so already, or about to be, is fine', async () => {
    await using api = await startWorkstationsApi({ looks: 1_000 });
    api.put('box', { state: 'STATE_STARTING' });
    await using on = providerOnApi(api);
    const box = await look(on);
    await on.provider.create(creation, { signal, say });
    await on.provider.start(box, signal);
    api.put('box', { state: 'STATE_RUNNING' });
    await on.provider.start(box, signal);
    api.put('box', { state: 'STATE_STOPPING' });
    await on.provider.stop(box, signal);
    // Not so: it is not even on its way there.
    expect(await thrownBy(on.provider.start(box, signal))).toMatchObject({
      code: 'DS_GCLOUD_FAILED',
      blame: 'environment',
    });
    api.remove('box');
    await on.provider.delete(box, signal);
    expect(on.left()).toEqual([]);
  });

  test('for what is just being changed may be given again in a while', async () => {
    await using api = await startWorkstationsApi({ looks: 1_000 });
    api.putConfig('small');
    await using maker = providerOnApi(api);
    await maker.provider.create(creation, { signal, say });
    // Whoever did not make it sees no more than that it is on its way.
    await using on = providerOnApi(api);
    const box = await look(on);
    expect(box.state).toBe('stopping');
    expect(await thrownBy(on.provider.start(box, signal))).toMatchObject({
      name: 'TransientFailure',
    });
  });

  test('is not waited for by anything once the command ends, or is interrupted', async () => {
    await using api = await startWorkstationsApi({ looks: 1_000 });
    api.put('box', { state: 'STATE_STOPPED' });
    api.put('other', { state: 'STATE_STOPPED' });
    await using ending = providerOnApi(api);
    await ending.provider.start(await look(ending), signal);
    expect(ending.left()).not.toEqual([]);
    await ending.end();
    await nothingLeft(ending);

    const interruption = new AbortController();
    await using interrupted = providerOnApi(api, { signal: interruption.signal });
    const other = { ...(await look(interrupted)), name: 'other' };
    await interrupted.provider.start(other, interruption.signal);
    interruption.abort(new Error('Ctrl-C'));
    await nothingLeft(interrupted);
    // What was asked of the cloud goes on.
    expect([api.stateOf('box'), api.stateOf('other')]).toEqual([
      'STATE_STARTING',
      'STATE_STARTING',
    ]);
  });

  test('whose operation cannot be asked about is still looked after', async () => {
    await using api = await startWorkstationsApi({ looks: 1_000 });
    api.put('box', { state: 'STATE_STOPPED' });
    api.fault(({ kind }) => (kind === 'operation' ? { status: 403 } : undefined));
    await using on = providerOnApi(api);
    await on.provider.start(await look(on), signal);
    await nothingLeft(on);
    expect((await look(on)).state).toBe('starting');
    api.settle();
    expect((await look(on)).state).toBe('running');
  });
});
