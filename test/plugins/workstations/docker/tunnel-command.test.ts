import { expect, test } from 'vitest';
import { tunnelCommand } from '../../../../plugins/workstations/docker/tunnel-command.ts';

const login = {
  user: 'ada',
  identityFile: '/state/a "b" 5%/key',
  knownHosts: '/state/known hosts',
};
const ports = { sshdPort: 4022, remotePort: 22, localPort: 4100 };

test('where the engine is on this machine, it goes through the workstation’s own sshd', () => {
  const route = { url: 'unix:///var/run/docker.sock', isLocal: true };
  const command = tunnelCommand({ route, ...ports, remotePort: 8080, login }) ?? [];
  expect(command.slice(0, 3)).toEqual(['ssh', '-F', '/dev/null']);
  expect(command).toContain('127.0.0.1:4100:127.0.0.1:8080');
  expect(command.slice(-5)).toEqual(['-p', '4022', '-l', 'ada', '127.0.0.1']);
  // Nobody answers questions, and a key that is not known is refused.
  expect(command).toEqual(expect.arrayContaining(['BatchMode=yes', 'StrictHostKeyChecking=yes']));
  expect(command).toContain('ExitOnForwardFailure=yes');
  expect(command).toContain(String.raw`IdentityFile="/state/a \"b\" 5%%/key"`);
  expect(command).toContain('UserKnownHostsFile="/state/known hosts"');
});

test('where it is behind ssh, it goes through that machine, by the options that lead there', () => {
  const sshArguments = ['-l', 'me', '-p', '2222', 'build'];
  const route = { url: 'ssh://me@build:2222', isLocal: false, sshArguments };
  const command = tunnelCommand({ route, ...ports, login }) ?? [];
  expect(command.slice(0, 5)).toEqual(['ssh', '-l', 'me', '-p', '2222']);
  expect(command).toContain('127.0.0.1:4100:127.0.0.1:4022');
  // A connection that is shared would hold the port in another process.
  expect(command).toEqual(expect.arrayContaining(['ControlPath=none', 'ControlMaster=no']));
  expect(command.slice(-2)).toEqual(['--', 'build']);
  expect(tunnelCommand({ route, ...ports, remotePort: 8080, login })).toBeUndefined();
});

test('where no ssh leads to the machine of the engine, there is none', () => {
  const route = { url: 'http://10.0.0.7:2376', isLocal: false };
  expect(tunnelCommand({ route, ...ports, login })).toBeUndefined();
});
