import { expect, test } from 'vitest';
import { expandPorts } from '../../../core/service/expand-ports.ts';
import { portsOfRange } from '../../../core/service/port-range.ts';

test('a number is the port inside and the one preferred on this machine', () => {
  expect(expandPorts({ sql: 5432 })).toEqual([
    { name: 'sql', container: 5432, host: 5432, protocol: 'tcp' },
  ]);
});

test('each port of a range has a name with its number, the first the name itself', () => {
  const names = (host?: '8000-8002' | 'auto') =>
    expandPorts({ node: { container: '7000-7002', ...(host ? { host } : {}) } }).map(
      (port) => `${port.name} ${port.container} ${port.host}`,
    );
  expect(names()).toEqual(['node 7000 7000', 'node-7001 7001 7001', 'node-7002 7002 7002']);
  expect(names('8000-8002')).toEqual([
    'node 7000 8000',
    'node-7001 7001 8001',
    'node-7002 7002 8002',
  ]);
  expect(names('auto')).toEqual(['node 7000 auto', 'node-7001 7001 auto', 'node-7002 7002 auto']);
});

test('an interface is kept, the loopback one goes without saying', () => {
  const interfaces = expandPorts({
    a: { container: 1, interface: '127.0.0.1' },
    b: { container: 2, interface: '0.0.0.0', protocol: 'udp' },
  });
  expect(interfaces[0]).not.toHaveProperty('interface');
  expect(interfaces[1]).toMatchObject({ interface: '0.0.0.0', protocol: 'udp' });
});

test.each(['', '1', '5-5', '9-1', '0-5', '1-70000', 'a-b', 7, undefined])(
  '%j is no range',
  (value) => {
    expect(portsOfRange(value)).toBeUndefined();
  },
);
