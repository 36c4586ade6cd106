import type { ResolvedRun } from 'devservices/runner';
import { describe, expect, test } from 'vitest';
import {
  findMountedPaths,
  findNeededProcesses,
} from '../../../../plugins/docker/elsewhere/find-needs.ts';
import type { PlannedNeeds } from '../../../../plugins/docker/elsewhere/find-needs.ts';
import { normaliseContainer } from '../../../../plugins/docker/fields/normalise.ts';

const actions = ['create', 'recreate', 'start', 'unchanged', 'skip'];

describe('what containers need of the machine that they run on', () => {
  test('is each bind mount, and each secret and config that is mounted as a file', () => {
    const mounted = findMountedPaths([planned(mounting())]);
    expect(mounted).toEqual([
      { service: 'api', field: 'volumes', path: '/repo/src' },
      { service: 'api', field: 'volumes', path: '/var/run/docker.sock' },
      { service: 'api', field: 'secrets.key', path: '/repo/key.pem' },
      { service: 'api', field: 'configs.site', path: '/repo/site.conf' },
    ]);
  });

  test('is asked for where a container is made, and not where one is left or only started', () => {
    const needed = actions.filter(
      (action) => findMountedPaths([planned(mounting(), { action })]).length > 0,
    );
    expect(needed).toEqual(['create', 'recreate']);
  });

  test('are processes that a container reaches, each once, whenever it is started', () => {
    const routes = [{ service: 'web' }, { service: 'web' }, { service: 'mail' }];
    expect(findNeededProcesses([planned(mounting(), { routes })])).toEqual([
      { service: 'api', process: 'web' },
      { service: 'api', process: 'mail' },
    ]);
    const needed = actions.filter(
      (action) => findNeededProcesses([planned(mounting(), { routes, action })]).length > 0,
    );
    expect(needed).toEqual(['create', 'recreate', 'start']);
  });

  test('is nothing where it is a process', () => {
    const routes = [{ service: 'web' }];
    const web = planned({ kind: 'process', command: 'node web' }, { routes });
    expect([...findMountedPaths([web]), ...findNeededProcesses([web])]).toEqual([]);
  });
});

function planned(
  run: ResolvedRun,
  { action = 'create', routes = [] }: Partial<PlannedNeeds> = {},
): PlannedNeeds {
  return { service: 'api', run, action, routes };
}

function mounting(): ResolvedRun {
  return normaliseContainer(
    {
      kind: 'container',
      image: 'api:1',
      volumes: ['./src:/app', 'data:/data', '/var/run/docker.sock:/var/run/docker.sock', '/cache'],
      tmpfs: ['/tmp'],
      secrets: { key: { file: 'key.pem' }, copied: { file: 'copied.pem', mode: '0400' } },
      configs: { site: { file: 'site.conf' }, said: { content: 'x' } },
    },
    {
      service: 'api',
      runKey: 'docker',
      project: { project: 'shop', checkout: 'abc' },
      root: '/repo',
      environment: {},
      ports: [],
      needsGateway: false,
      files: { secrets: { key: 'k', copied: 'c' }, configs: { site: 's', said: 'x' } },
    },
  );
}
