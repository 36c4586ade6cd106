import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { createTestHost } from 'devservices/testing';
import { workstations } from 'devservices/plugins/workstations';
import { expect, test } from 'vitest';

test('in a host: opened by flags, variables and options; nothing is written or asked before it is needed', async () => {
  const plugin = workstations({ gcloud: { config: 'big' } });
  const env = { SENTRY_WORKSTATION_PROJECT: 'shop-dev' };
  await using repo = createTestHost({ config: { project: 'shop', plugins: [plugin] }, env });
  await repo.host.configure();
  const contract = await repo.host.use('workstations');
  const cloud = await contract.open({});
  expect(cloud).toMatchObject({
    provider: 'gcloud',
    scope: { project: 'shop-dev', config: 'big' },
  });
  const local = await contract.open({ provider: 'docker' });
  expect(local).toMatchObject({ provider: 'docker', scope: { project: 'shop' } });
  expect(await contract.tunnels.list()).toEqual([]);
  expect(existsSync(join(repo.root, '.state', 'devservices', 'workstations'))).toBe(false);
});

test('what cannot be is refused: a scope that nothing says, a tunnel that there is not', async () => {
  await using repo = createTestHost({ config: { plugins: [workstations] } });
  await repo.host.configure();
  const contract = await repo.host.use('workstations');
  await expect(contract.open({ provider: 'gcloud' })).rejects.toMatchObject({
    code: 'DS_WORKSTATION_SCOPE_MISSING',
  });
  const { signal } = new AbortController();
  await expect(contract.tunnels.stop(['box'], signal)).rejects.toMatchObject({
    code: 'DS_TUNNEL_UNKNOWN',
    blame: 'user',
  });
  expect(await contract.tunnels.stop([], signal)).toEqual([]);
});

test('who asks for workstations without the plugin is told how it is listed', async () => {
  await using repo = createTestHost({ config: {} });
  await repo.host.configure();
  await expect(repo.host.use('workstations')).rejects.toMatchObject({
    code: 'DS_CONTRACT_MISSING',
    hint: expect.stringContaining("`workstations()` from 'devservices/plugins/workstations'"),
  });
});
