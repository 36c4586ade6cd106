import { expect, test } from 'vitest';
import type { EngineAddress } from '../../../../plugins/docker/engine/engine-address.ts';
import {
  canForwardPorts,
  describeRemotePorts,
} from '../../../../plugins/docker/engine/remote-ports.ts';

const ssh: EngineAddress = { kind: 'ssh', host: 'build', url: 'ssh://build' };
const tcp: EngineAddress = { kind: 'tcp', host: 'build', port: 2375, url: 'http://build:2375' };
const socket: EngineAddress = { kind: 'socket', path: '/e.sock', url: 'unix:///e.sock' };
const services = [{ endpoints: { sql: { host: '127.0.0.1', port: 5432 } } }];

test('ports are forwarded where ssh leads, but by the ssh of Windows', () => {
  expect(canForwardPorts(ssh, 'linux')).toBe(true);
  expect(canForwardPorts(ssh, 'darwin')).toBe(true);
  expect(canForwardPorts(ssh, 'win32')).toBe(false);
  expect(canForwardPorts(tcp, 'linux')).toBe(false);
  expect(canForwardPorts(socket, 'linux')).toBe(false);
});

test('of ports that are not forwarded it is said how to have them here', () => {
  expect(describeRemotePorts(tcp, services)).toContain('`ssh -N -L 5432:127.0.0.1:5432 build`');
  expect(describeRemotePorts(tcp, [{ endpoints: {} }])).toBeUndefined();
  expect(describeRemotePorts(ssh, services)).toBeUndefined();
  expect(describeRemotePorts(socket, services)).toBeUndefined();
});
