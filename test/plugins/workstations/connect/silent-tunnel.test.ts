import { expect, test } from 'vitest';
import { createFakeClock } from '../../../../core/testing/fake-clock.ts';
import { connectWorkstation } from '../../../../plugins/workstations/connect/connect-workstation.ts';
import { startTimeLimit } from '../../../../plugins/workstations/connect/time-limit.ts';
import type { Workstation } from '../../../../plugins/workstations/contract.ts';
import { workstationErrors } from '../../../../plugins/workstations/errors.ts';
import { createFakeProvider, fakeScope } from '../fake-provider.ts';
import { createSshRig } from '../ssh/ssh-rig.ts';

const workstation: Workstation = {
  name: 'box',
  provider: 'fake',
  state: 'running',
  providerState: 'running',
  scope: fakeScope,
  id: 'machines/box',
  uid: 'first',
};

test.each([
  ['only silent, the workstation is looked at, which stopped', true, 'DS_WORKSTATION_FAILED'],
  ['refused, that is told at once', false, 'DS_TUNNEL_FAILED'],
] as const)('where a tunnel was %s', async (_, mayPass, code) => {
  const clock = createFakeClock();
  const provider = createFakeProvider();
  provider.show('box', 'stopped');
  const said: string[] = [];
  const asked: number[] = [];
  const failure = workstationErrors.create('DS_TUNNEL_FAILED', {
    name: 'box',
    remotePort: 22,
    reason: 'gcloud listens, but nothing answers through it within 60 s',
    lines: [],
    ...(mayPass ? { mayPass } : {}),
  });
  const { ssh, $ } = createSshRig();
  const connecting = connectWorkstation({
    provider,
    workstation,
    tunnels: {
      list: () => [],
      report: () => expect.fail('there is none'),
      ensure: ({ timeoutMs }) => {
        asked.push(timeoutMs);
        return Promise.reject(failure);
      },
      end: async () => [],
    },
    ssh,
    $,
    readyCommand: ['true'],
    limit: startTimeLimit(clock, 1_200_000),
    clock,
    signal: new AbortController().signal,
    say: (text) => void said.push(text),
  });
  const outcome = connecting.catch((error: unknown) => error);
  await clock.advance(60_000);
  expect(await outcome).toMatchObject({ code });
  expect(asked).toEqual([60_000]);
  expect(said.filter((text) => text.includes('nothing answers'))).toHaveLength(mayPass ? 1 : 0);
});
