import { afterAll, beforeAll, expect, test } from 'vitest';
import { askPort } from '../../../../plugins/workstations/tunnels/ask-port.ts';
import { systemClock } from '../../../../core/clock.ts';
import type { TunnelProgram } from '../../../../plugins/workstations/contract.ts';
import { freePorts } from '../../../rig/free-ports.ts';
import { type SshServer, startSshServer } from '../../../rig/ssh-server.ts';
import { createTunnelRig, isRunning, until } from './tunnel-rig.ts';

let server: SshServer;
beforeAll(async () => (server = await startSshServer()));
afterAll(() => server.close());

test('an ssh that forwards is a tunnel; where its own connection breaks, another one is opened', async () => {
  const rig = createTunnelRig();
  const first = await rig.tunnels.ensure(rig.request({ program: () => forward() }));
  const { port } = first.report;
  const signal = new AbortController().signal;
  expect(await askPort({ port, isSsh: true, clock: systemClock, signal })).toEqual({
    isOpen: true,
  });
  expect(server.clients()).toHaveLength(1);
  process.kill(first.report.pid, 'SIGTERM');
  await until(() => !isRunning(first.report.pid));
  const second = await rig.tunnels.ensure(rig.request({ program: () => forward() }));
  expect(second.isNew).toBe(true);
  await rig.tunnels.end([second.report.id], signal);
  expect(server.clients()).toEqual([]);
});

test('an ssh whose port is taken while it logs in is asked for again', async () => {
  const rig = createTunnelRig();
  const taken = await rig.tunnels.ensure(rig.request({ program: () => forward() }));
  const programs = [await forward(taken.report.port), await forward()];
  const program = async () => programs.shift() as TunnelProgram;
  const request = rig.request({ program, workstation: 'another' });
  const { report, isNew } = await rig.tunnels.ensure(request);
  expect({ isNew, left: programs.length }).toEqual({ isNew: true, left: 0 });
  expect(report.port).not.toBe(taken.report.port);
});

test('what ssh says is in the error', async () => {
  const rig = createTunnelRig();
  server.setKnown(false);
  try {
    await expect(
      rig.tunnels.ensure(rig.request({ program: () => forward() })),
    ).rejects.toMatchObject({
      code: 'DS_TUNNEL_FAILED',
      facts: {
        reason: 'ssh ended with exit status 255',
        lines: expect.arrayContaining(['Host key verification failed.']),
      },
    });
  } finally {
    server.setKnown(true);
  }
  expect(rig.files()).toEqual([]);
});

async function forward(port?: number): Promise<TunnelProgram> {
  const [free] = await freePorts(1);
  const localPort = port ?? free;
  const options = ['BatchMode=yes', 'ExitOnForwardFailure=yes'].flatMap((one) => ['-o', one]);
  const way = `127.0.0.1:${localPort}:127.0.0.1:${server.port}`;
  return {
    command: ['ssh', '-N', '-T', ...options, '-L', way, 'box'],
    environment: { PATH: server.path },
    localPort,
  };
}
