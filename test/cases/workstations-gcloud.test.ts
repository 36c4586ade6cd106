import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type {
  Connection,
  Workstation,
  WorkstationConfig,
} from '../../plugins/workstations/contract.ts';
import type { TunnelReport } from '../../plugins/workstations/tunnels/tunnel-record.ts';
import { findGcloud, gcloudTests } from '../rig/find-gcloud.ts';
import {
  createWorkstationsCheckout,
  type WorkstationsCheckout,
} from '../rig/workstations-checkout.ts';

const far = { region: 'us-east1', cluster: 'far' };

describe.skipIf(findGcloud() === null)(`${gcloudTests}: workstations`, () => {
  let checkout: WorkstationsCheckout;
  beforeEach(async () => {
    checkout = await createWorkstationsCheckout();
  });
  afterEach(() => checkout[Symbol.asyncDispose]());

  const namesOf = ({ workstations }: { workstations: readonly Workstation[] }) =>
    workstations.map(({ name, scope }) => `${scope.cluster}/${scope.config}/${name}`);

  test('shows what there is, of all places or of those that are named', async () => {
    const { api, ask, call } = checkout;
    for (const name of ['box', 'my-box', 'zed']) api.put(name);
    api.put('box', { ...far, config: 'large', state: 'STATE_STOPPED' });
    const { configs } = await ask<{ configs: readonly WorkstationConfig[] }>(['configs']);
    expect(configs).toHaveLength(2);
    expect(configs).toContainEqual(
      expect.objectContaining({
        name: 'small',
        region: 'europe-west1',
        cluster: 'main',
        machineType: 'e2-standard-8',
        idleTimeoutMs: 1_200_000,
        runningTimeoutMs: 43_200_000,
      }),
    );
    expect(namesOf(await ask(['list']))).toEqual([
      'main/small/box',
      'far/large/box',
      'main/small/my-box',
      'main/small/zed',
    ]);
    const { workstations } = await ask<{ workstations: readonly Workstation[] }>([
      'list',
      '--workstation-config=large',
    ]);
    expect(workstations).toEqual([
      expect.objectContaining({ name: 'box', state: 'stopped', providerState: 'STATE_STOPPED' }),
    ]);
    const shown = await call(['list']);
    expect(shown.exitCode).toBe(0);
    expect(shown.stdout).toMatch(/^box +running +small +europe-west1 main/m);
    expect(shown.stderr).toBe('');
  });

  test('means a name exactly: its suffix is another, and two of one name are told apart by flags', async () => {
    const { api, ask, refusal } = checkout;
    api.put('my-foo');
    const unknown = await refusal(2, ['status', 'foo']);
    expect(unknown.code).toBe('DS_WORKSTATION_UNKNOWN');
    expect(unknown.message).toContain('my-foo');
    api.put('foo', { state: 'STATE_STOPPED' });
    api.put('foo', far);
    const either = await refusal(2, ['status', 'foo']);
    expect(either.code).toBe('DS_WORKSTATION_AMBIGUOUS');
    expect(either.message).toContain('--region us-east1 --cluster far');
    const { workstation } = await ask<{ workstation: Workstation }>([
      'status',
      'foo',
      '--region=us-east1',
      '--cluster=far',
    ]);
    expect(workstation).toMatchObject({ state: 'running', scope: { config: 'small', ...far } });
  });

  test('makes none where it is not clear from which configuration', async () => {
    const { api, refusal } = checkout;
    api.putConfig('small');
    api.putConfig('small', far);
    const unclear = await refusal(2, ['create', 'box', '--workstation-config=small']);
    expect(unclear.code).toBe('DS_WORKSTATION_CONFIG_AMBIGUOUS');
    expect(unclear.message).toContain('--region us-east1 --cluster far');
    const misspelt = await refusal(2, ['create', 'box', '--workstation-config=smal']);
    expect(misspelt.code).toBe('DS_WORKSTATION_CONFIG_UNKNOWN');
    expect(misspelt.message).toContain('small');
    expect(api.callsOf('create')).toEqual([]);
  });

  test('makes one, saying what; real ssh leads there, until the tunnel is stopped', async () => {
    const { api, ask, call, living } = checkout;
    api.putConfig('small');
    const created = await call(['create', 'box']);
    expect(created.exitCode, created.stderr).toBe(0);
    for (const text of ['acme', 'europe-west1', 'main', 'small', 'e2-standard-8', '20 m', 'billed'])
      expect(created.stderr).toContain(text);
    const again = await ask<Connection & { isNew: boolean }>(['create', 'box']);
    expect(again).toMatchObject({ isNew: false, workstation: { name: 'box', state: 'running' } });
    expect(again.ssh.vscode).toMatch(/^vscode:\/\/vscode-remote\/ssh-remote/);
    expect(api.callsOf('create')).toHaveLength(1);
    expect(api.callsOf('start')).toHaveLength(1);

    const { tunnels } = await ask<{ tunnels: readonly TunnelReport[] }>(['tunnels', 'list']);
    expect(tunnels).toEqual([again.tunnel]);
    expect(tunnels).toMatchObject([{ name: 'box', state: 'open', remotePort: 22 }]);
    const direct = await checkout.run(['sh', '-c', `${again.ssh.command} 'echo $((6*7))'`], {
      env: checkout.environment,
    });
    expect(direct.stdout, direct.stderr).toBe('42\n');
    const status = await call([
      'ssh',
      'box',
      '--',
      'sh',
      '-c',
      'echo "it is $1"; exit 7',
      'sh',
      'a b',
    ]);
    expect(status).toMatchObject({ exitCode: 7, stdout: 'it is a b\n' });

    const { stopped } = await ask<{ stopped: readonly TunnelReport[] }>(['tunnels', 'stop', 'box']);
    expect(stopped).toMatchObject([{ id: again.tunnel.id }]);
    expect(living()).toEqual([]);
    expect(api.stateOf('box')).toBe('STATE_RUNNING');
    expect(await ask(['tunnels', 'list'])).toEqual({ tunnels: [] });
  });

  test.for<[state: string, starts: number]>([
    ['STATE_STOPPED', 1],
    ['STATE_STOPPING', 1],
    ['STATE_STARTING', 0],
    ['STATE_RUNNING', 0],
  ])('connects to one that is in %s, asking %i times for a start', async ([state, starts]) => {
    const { api, ask } = checkout;
    api.put('box', { state });
    const next = { STATE_STOPPING: 'STATE_STOPPED', STATE_STARTING: 'STATE_RUNNING' }[state];
    let looks = 0;
    api.fault(({ kind }) => {
      if (kind === 'describe' && ++looks === 2 && next) api.put('box', { state: next });
      return undefined;
    });
    const { ssh, workstation } = await ask<Connection>(['connect', 'box']);
    expect(workstation).toMatchObject({ name: 'box', state: 'running' });
    expect(ssh.config).toContain(`Port ${ssh.port}`);
    expect(api.callsOf('start')).toHaveLength(starts);
  });

  test('stops and starts; deletes when that was agreed to, naming what goes, and its tunnel with it', async () => {
    const { api, ask, call, living, refusal } = checkout;
    api.put('box');
    await ask(['connect', 'box']);
    const stopped = await ask<{ workstation: Workstation }>(['stop', 'box']);
    expect(stopped.workstation.state).toBe('stopped');
    expect(living()).toEqual([]);
    const started = await ask<{ workstation: Workstation }>(['start', 'box']);
    expect(started.workstation.state).toBe('running');
    await ask(['connect', 'box']);
    expect(living()).not.toEqual([]);
    const asked = await refusal(2, ['delete', 'box']);
    expect(asked.hint).toContain('--yes');
    expect(api.callsOf('delete')).toEqual([]);
    const deleted = await call(['delete', 'box', '--yes']);
    expect(deleted.exitCode, deleted.stderr).toBe(0);
    expect(deleted.stderr).toContain('tunnel');
    expect(api.stateOf('box')).toBeUndefined();
    expect(living()).toEqual([]);
    expect(await ask(['delete', 'box', '--yes'])).toMatchObject({ wasThere: false });
  });

  test('a flag wins over a variable, and that over the configuration', async () => {
    const { api, ask } = checkout;
    api.put('box');
    api.put('box', { project: 'other' });
    api.put('crate', { project: 'other', config: 'large' });
    const legacy = { SENTRY_WORKSTATION_PROJECT: 'other', SENTRY_WORKSTATION_CONFIG: 'large' };
    const own = { DEVSERVICES_WORKSTATION_CONFIG: 'small', DEVSERVICES_WORKSTATION_PROJECT: '' };
    expect(namesOf(await ask(['list'], { env: legacy }))).toEqual(['main/large/crate']);
    expect(namesOf(await ask(['list'], { env: { ...legacy, ...own } }))).toEqual([
      'main/small/box',
    ]);
    expect(namesOf(await ask(['list', '--cloud-project=acme'], { env: legacy }))).toEqual([]);
  });
});

describe.skipIf(findGcloud() === null)(`${gcloudTests}: workstations of nobody's project`, () => {
  test("says what is missing; gcloud's own project is not taken", async () => {
    await using checkout = await createWorkstationsCheckout('{}');
    const { code, hint } = await checkout.refusal(2, ['list', '--provider=gcloud'], {
      env: { CLOUDSDK_CORE_PROJECT: 'acme' },
    });
    expect(code).toBe('DS_WORKSTATION_SCOPE_MISSING');
    for (const text of ['--cloud-project', 'DEVSERVICES_WORKSTATION_PROJECT', 'gcloud.project'])
      expect(hint).toContain(text);
    expect(checkout.api.calls).toEqual([]);
  });
});
