import type { DevServicesError } from 'devservices';
import { describe, expect, test } from 'vitest';
import { assertThere } from '../../../../plugins/docker/elsewhere/assert-there.ts';
import type { PlannedNeeds } from '../../../../plugins/docker/elsewhere/find-needs.ts';
import { resolveEngineAddress } from '../../../../plugins/docker/engine/engine-address.ts';
import type { EngineAddress } from '../../../../plugins/docker/engine/engine-address.ts';

describe('before anything starts on an engine of another machine that nobody can be asked on', () => {
  test('mounts of the repo are refused all at once, those of that machine are not', async () => {
    const error = await refusal('tcp://10.0.0.7', [
      mounting('api', ['/repo/src', '/repo', '/repository/x', '/etc/ssl', '/repo/..data']),
      mounting('web', ['/repo/site']),
    ]);
    expect(error?.code).toBe('DS_DOCKER_ELSEWHERE');
    expect(error?.message.split('\n')).toEqual([
      'The engine is on 10.0.0.7, where this is not to be had:',
      '  api: /repo/src (volumes)',
      '  api: /repo (volumes)',
      '  api: /repo/..data (volumes)',
      '  web: /repo/site (volumes)',
    ]);
    expect(error?.hint).toContain('named volume');
  });

  test('a container that would have to reach a process here is refused', async () => {
    const needing = { ...mounting('api', []), routes: [{ service: 'web' }] };
    const error = await refusal('tcp://10.0.0.7', [needing]);
    expect(error?.message).toContain('api: the process web of this machine');
    expect(error?.hint).toContain('in a container as well');
  });

  test.each(['unix:///run/e.sock', 'tcp://127.0.0.1:2375'])('nothing is on %s', async (url) => {
    const needing = { ...mounting('api', ['/repo/src']), routes: [{ service: 'web' }] };
    expect(await refusal(url, [needing])).toBeUndefined();
  });

  test('what needs nothing is not asked about', async () => {
    expect(await refusal('ssh://no.such.machine.test', [mounting('api', [])])).toBeUndefined();
  });
});

async function refusal(
  url: string,
  services: readonly PlannedNeeds[],
): Promise<DevServicesError | undefined> {
  const address = resolveEngineAddress(url, { way: '--engine' }) as EngineAddress;
  const { signal } = new AbortController();
  const warn = (text: string) => expect.fail(text);
  return assertThere(address, services, { root: '/repo', env: {}, signal, warn }).then(
    () => undefined,
    (thrown: DevServicesError) => thrown,
  );
}

function mounting(service: string, sources: readonly string[]): PlannedNeeds {
  const volumes = sources.map((source) => ({
    type: 'bind',
    source,
    target: '/in',
    readOnly: false,
  }));
  return { service, run: { kind: 'container', volumes }, action: 'create', routes: [] };
}
