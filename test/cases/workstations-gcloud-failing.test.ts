import { afterEach, beforeEach, describe, expect, onTestFinished, test } from 'vitest';
import type { Connection } from '../../plugins/workstations/contract.ts';
import { findGcloud, gcloudTests } from '../rig/find-gcloud.ts';
import { startSshServer } from '../rig/ssh-server.ts';
import {
  createWorkstationsCheckout,
  type WorkstationsCheckout,
} from '../rig/workstations-checkout.ts';

describe.skipIf(findGcloud() === null)(`${gcloudTests}: what goes wrong with workstations`, () => {
  let checkout: WorkstationsCheckout;
  beforeEach(async () => {
    checkout = await createWorkstationsCheckout();
    checkout.api.putConfig('small');
  });
  afterEach(() => checkout[Symbol.asyncDispose]());

  /** Once it is described for the nth time. */
  const atLook = (count: number, act: () => void) => {
    let looks = 0;
    checkout.api.fault(({ kind }) => {
      if (kind === 'describe' && ++looks === count) act();
      return undefined;
    });
  };

  describe('in the cloud', () => {
    test('who may not is told so once, in the words of gcloud, with whom to ask', async () => {
      const { api, call } = checkout;
      api.fault(() => ({ status: 403, message: 'workstations.list is not for you' }));
      const { exitCode, stdout, stderr } = await call(['list']);
      expect(exitCode, stderr).toBe(3);
      expect(stdout).toBe('');
      expect(stderr.split('workstations.list is not for you')).toHaveLength(2);
      expect(stderr).toContain('roles/workstations.user');
    });

    test('a token that has expired is said with the command that renews it', async () => {
      checkout.api.expireToken();
      const { hint } = await checkout.refusal(3, ['list']);
      expect(hint).toContain('gcloud auth login');
    });

    test('a place that is not there is said, with how to see those that are', async () => {
      const place = ['--region=nowhere', '--cluster=none', '--workstation-config=small'];
      const { message, hint } = await checkout.refusal(3, ['list', ...place]);
      expect(message).toContain('workstationClusters/none');
      expect(hint).toContain('devservices workstations configs');
    });

    test('one that somebody else makes in the same moment is connected to', async () => {
      const { api, ask } = checkout;
      api.fault(({ kind }) => {
        if (kind === 'create') api.put('box', { state: 'STATE_STARTING' });
        return undefined;
      });
      atLook(2, () => api.put('box'));
      await ask(['create', 'box']);
      expect(api.callsOf('create')).toHaveLength(1);
      await ask(['tunnels', 'stop']);
    });

    test('asked too often, or with a fault of its own, it is asked again; who waits is told', async () => {
      const { api, call } = checkout;
      api.put('box', { state: 'STATE_STOPPED' });
      const answers = [{ status: 429, message: 'too many' }, { status: 500 }, 'garbage'] as const;
      let looks = 0;
      const lift = api.fault(({ kind }) => (kind === 'describe' ? answers[looks++] : undefined));
      const { exitCode, stderr } = await call(['start', 'box']);
      expect(exitCode, stderr).toBe(0);
      expect(stderr).toContain('too many');
      expect(looks).toBeGreaterThan(answers.length);
      lift();
    });

    test('an answer that is no JSON is said as such', async () => {
      checkout.api.fault(() => 'garbage');
      const { code } = await checkout.refusal(3, ['configs']);
      expect(code).toBe('DS_GCLOUD_ANSWER');
    });

    test('a silence ends with the limit, as a time-out', async () => {
      const { api, refusal } = checkout;
      api.put('box', { state: 'STATE_STOPPED' });
      api.fault(({ kind }) => (kind === 'describe' ? 'hang' : undefined));
      const { code, message } = await refusal(1, ['connect', 'box', '--wait-timeout=12']);
      expect(code).toBe('DS_WORKSTATION_TIMEOUT');
      expect(message).toContain('Timed out');
    });

    test.for([
      ['create', 'The quota CPUS is used up.'],
      ['start', 'ZONE_RESOURCE_POOL_EXHAUSTED'],
    ] as const)('an operation that comes to nothing: %s', async ([verb, message]) => {
      const { api, refusal } = checkout;
      if (verb === 'start') api.put('box', { state: 'STATE_STOPPED' });
      api.fault(({ kind }) =>
        kind === verb ? { operationError: { code: 8, message } } : undefined,
      );
      const failed = await refusal(1, [verb, 'box']);
      expect(failed.message).toContain('box');
      expect(failed.message).toContain(message);
      expect(api.callsOf(verb)).toHaveLength(1);
      expect(api.stateOf('box')).toBe(verb === 'start' ? 'STATE_STOPPED' : undefined);
    });

    test('who answers at the end of a tunnel with another key is refused, in the words of ssh', async () => {
      const { api, ask, refusal } = checkout;
      api.put('box');
      const { tunnel } = await ask<Connection>(['connect', 'box']);
      const other = await startSshServer();
      onTestFinished(() => other.close());
      api.lead(22, other.port);
      const { code, message } = await refusal(3, ['connect', 'box']);
      expect(code).toBe('DS_WORKSTATION_LOGIN');
      expect(message).toContain('Host key verification failed');
      expect(await ask(['tunnels', 'stop', 'box'])).toMatchObject({ stopped: [{ id: tunnel.id }] });
    });

    test('a state that nobody knows is waited for and named', async () => {
      checkout.api.put('box', { state: 'STATE_MELTING' });
      const { message } = await checkout.refusal(1, ['start', 'box', '--wait-timeout=25']);
      expect(message).toContain('STATE_MELTING');
    });

    test('one that is deleted while it is waited for is gone, and not started', async () => {
      const { api, refusal } = checkout;
      api.put('box', { state: 'STATE_STOPPING' });
      atLook(2, () => api.remove('box'));
      const { code, hint } = await refusal(1, ['connect', 'box']);
      expect(code).toBe('DS_WORKSTATION_GONE');
      expect(hint).toContain('devservices workstations create box');
      expect(api.callsOf('start')).toEqual([]);
    });

    test('one that takes longer than it was given is left as it is', async () => {
      const { api, refusal } = checkout;
      api.put('box', { state: 'STATE_STOPPED' });
      api.takes(Infinity);
      const { code, hint } = await refusal(1, ['connect', 'box', '--wait-timeout=25']);
      expect(code).toBe('DS_WORKSTATION_TIMEOUT');
      expect(hint).toContain('devservices workstations status box');
      expect(api.stateOf('box')).toBe('STATE_STARTING');
    });
  });

  describe('with the CLI', () => {
    test('none on the PATH', async () => {
      const PATH = checkout.only(['node', 'env', 'bash', 'ssh']);
      const { code } = await checkout.refusal(3, ['list'], { env: { PATH } });
      expect(code).toBe('DS_GCLOUD_MISSING');
    });

    test('one that is too old', async () => {
      const old = checkout.programs({ gcloud: `echo '{ "Google Cloud SDK": "463.0.0" }'` });
      const { code, message, hint } = await checkout.refusal(3, ['list'], {
        env: { PATH: `${old}:${process.env['PATH']}` },
      });
      expect(code).toBe('DS_GCLOUD_OLD');
      expect(message).toContain('463');
      expect(hint).toContain('gcloud components update');
    });

    test('nobody signed in, an empty account included', async () => {
      for (const account of [undefined, '']) {
        const { code, hint } = await checkout.refusal(3, ['list'], {
          env: { CLOUDSDK_CORE_ACCOUNT: account, CLOUDSDK_AUTH_ACCESS_TOKEN_FILE: undefined },
        });
        expect(code).toBe('DS_GCLOUD_SIGNED_OUT');
        expect(hint).toContain('gcloud auth login');
      }
    });
  });
});

describe.skipIf(findGcloud() === null)(`${gcloudTests}: Ctrl-C`, () => {
  test('in a wait ends the wait, leaves the cloud as it is and says so', async () => {
    await using checkout = await createWorkstationsCheckout();
    const { api, call, living } = checkout;
    api.put('box', { state: 'STATE_STOPPED' });
    api.takes(Infinity);
    const { exitCode, stderr } = await call(['connect', 'box'], {
      onError: interruptOnce('is starting'),
    });
    expect(exitCode, stderr).toBe(130);
    expect(stderr).toContain('devservices workstations status box');
    expect(api.stateOf('box')).toBe('STATE_STARTING');
    expect(living()).toEqual([]);
  });

  test('before it lets anybody in ends the tunnel that was opened for it, and no other', async () => {
    await using checkout = await createWorkstationsCheckout(
      `{ gcloud: { project: 'acme', user: 'root' }, ready: { command: ['test', '-e', '/nowhere'] } }`,
    );
    const { api, ask, call, living } = checkout;
    api.put('box');
    const { exitCode, stderr } = await call(['connect', 'box'], {
      onError: interruptOnce('is not ready yet'),
    });
    expect(exitCode, stderr).toBe(130);
    expect(await ask(['tunnels', 'list'])).toEqual({ tunnels: [] });
    expect(living()).toEqual([]);
    expect(api.stateOf('box')).toBe('STATE_RUNNING');
  });
});

function interruptOnce(text: string) {
  let said = '';
  return (more: string, kill: (signal: NodeJS.Signals) => void): void => {
    const before = said.includes(text);
    said += more;
    if (!before && said.includes(text)) kill('SIGINT');
  };
}
