import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { findListeners } from '../../../../core/identity/listeners.ts';
import { freePorts } from '../../../rig/free-ports.ts';
import {
  createTunnelRig,
  isRunning,
  relayProgram,
  shellProgram,
  startGreeter,
  until,
} from './tunnel-rig.ts';

test('a tunnel is found again until it is ended, and nothing is left of it then', async () => {
  const rig = createTunnelRig();
  const to = await startGreeter();
  const [port] = await freePorts(1);
  const program = async () => relayProgram(rig, { to, port });
  const first = await rig.tunnels.ensure(rig.request({ program }));
  expect(first).toMatchObject({
    isNew: true,
    report: { name: 'box', state: 'open', host: '127.0.0.1', port, remotePort: 22 },
  });
  expect(await rig.tunnels.ensure(rig.request({ program }))).toEqual({ ...first, isNew: false });
  expect(rig.tunnels.list().map(rig.tunnels.report)).toEqual([first.report]);
  const { logFile, id } = first.report;
  expect(readFileSync(logFile, 'utf8')).toContain('Listening');
  const modes = [logFile, join(rig.folder, `${id}.json`), rig.folder].map((path) =>
    (statSync(path).mode & 0o777).toString(8),
  );
  expect(modes).toEqual(['600', '600', '700']);
  const signal = new AbortController().signal;
  expect(await rig.tunnels.end([id], signal)).toEqual([first.report]);
  expect(rig.processes()).toEqual([]);
  expect(rig.files()).toEqual([]);
  expect(findListeners(port)).toEqual([]);
  expect(await rig.tunnels.end([id], signal)).toEqual([]);
});

test('a program may take its port itself, and another port of a workstation is another tunnel', async () => {
  const rig = createTunnelRig();
  const to = await startGreeter();
  const program = async () => relayProgram(rig, { to });
  const [ssh, web] = await Promise.all(
    [22, 8080].map((remotePort) => rig.tunnels.ensure(rig.request({ program, remotePort }))),
  );
  const ports = [ssh, web].map((one) => one?.report.port ?? 0);
  expect(new Set(ports).size).toBe(2);
  expect(ports.every((port) => findListeners(port).length === 1)).toBe(true);
  expect(rig.tunnels.list()).toHaveLength(2);
});

test('its program runs detached, with the caller’s variables and its own', async () => {
  const rig = createTunnelRig();
  const { command } = relayProgram(rig, { to: await startGreeter() });
  const script = `env > variables; pwd -P > folder; exec ${command.join(' ')}`;
  const environment = { TOKEN_FILE: '/nowhere/token', DEVSERVICES_WORD: 'a b' };
  process.env['DEVSERVICES_PROCESS'] = 'somebody/else';
  const program = async () => shellProgram(rig, script, { environment });
  const { report } = await rig.tunnels
    .ensure(rig.request({ program }))
    .finally(() => delete process.env['DEVSERVICES_PROCESS']);
  const variables = rig.read('variables').split('\n');
  expect(variables).toEqual(
    expect.arrayContaining([`PATH=${process.env['PATH']}`, 'DEVSERVICES_WORD=a b']),
  );
  // It would be ended with that service.
  expect(variables.filter((line) => line.startsWith('DEVSERVICES_PROCESS='))).toEqual([]);
  const [, , , , group, session] = readFileSync(`/proc/${report.pid}/stat`, 'utf8').split(' ');
  expect([group, session].map(Number)).toEqual([report.pid, report.pid]);
});

test('one that was killed is dead, and the next call opens another', async () => {
  const rig = createTunnelRig();
  const program = async () => relayProgram(rig, { to });
  const to = await startGreeter();
  const first = await rig.tunnels.ensure(rig.request({ program }));
  process.kill(first.report.pid, 'SIGKILL');
  await until(() => !isRunning(first.report.pid));
  expect(rig.tunnels.list().map(rig.tunnels.report)).toEqual([{ ...first.report, state: 'dead' }]);
  const second = await rig.tunnels.ensure(rig.request({ program }));
  expect(second.isNew).toBe(true);
  expect(second.report.id).not.toBe(first.report.id);
  expect(rig.tunnels.list().map(rig.tunnels.report)).toEqual([second.report]);
  expect(rig.files().toSorted()).toEqual([`${second.report.id}.json`, `${second.report.id}.log`]);
});

test('what its killed program leaves behind is ended with it', async () => {
  const rig = createTunnelRig();
  const { command } = relayProgram(rig, { to: await startGreeter() });
  // The shell is the leader; the relay is its child, and outlives it.
  const program = async () => shellProgram(rig, `${command.join(' ')} & wait`);
  const first = await rig.tunnels.ensure(rig.request({ program }));
  process.kill(first.report.pid, 'SIGKILL');
  await until(() => !isRunning(first.report.pid));
  const left = rig.processes();
  expect(left).toHaveLength(1);
  const second = await rig.tunnels.ensure(rig.request({ program }));
  expect(second.isNew).toBe(true);
  expect(left.filter(isRunning)).toEqual([]);
  await rig.tunnels.end([second.report.id], new AbortController().signal);
  expect(rig.processes()).toEqual([]);
});

test('what its killed program leaves behind is ended, too, where the dead one is', async () => {
  const rig = createTunnelRig();
  const { command } = relayProgram(rig, { to: await startGreeter() });
  const program = async () => shellProgram(rig, `${command.join(' ')} & wait`);
  const { report } = await rig.tunnels.ensure(rig.request({ program }));
  process.kill(report.pid, 'SIGKILL');
  await until(() => !isRunning(report.pid));
  expect(rig.processes()).toHaveLength(1);
  const ended = await rig.tunnels.end([report.id], new AbortController().signal);
  expect(ended).toEqual([{ ...report, state: 'dead' }]);
  expect(rig.processes()).toEqual([]);
  expect(rig.files()).toEqual([]);
});

test('one that lives and leads nowhere any more is replaced', async () => {
  const rig = createTunnelRig();
  let isGone = false;
  const to = await startGreeter((socket) => {
    if (isGone) socket.destroy();
    else socket.write('SSH-2.0-test\r\n');
  });
  const first = await rig.tunnels.ensure(
    rig.request({ program: async () => relayProgram(rig, { to }) }),
  );
  isGone = true;
  const other = await startGreeter();
  const second = await rig.tunnels.ensure(
    rig.request({ program: async () => relayProgram(rig, { to: other }) }),
  );
  expect(second.isNew).toBe(true);
  expect(isRunning(first.report.pid)).toBe(false);
  expect(rig.tunnels.list().map(({ id }) => id)).toEqual([second.report.id]);
});
