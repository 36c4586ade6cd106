import type { PortBinding } from 'devservices/runner';
import { expect, test } from 'vitest';
import { formatForward, forwardsOf } from '../../../../plugins/docker/forwards/forward.ts';

const port = (host: number, rest: Partial<PortBinding> = {}): PortBinding => ({
  name: 'p',
  container: 80,
  host,
  protocol: 'tcp',
  ...rest,
});
const specs = (...ports: PortBinding[]) => forwardsOf('web', ports).map(formatForward);

test('a published port has the same number and address on both machines', () => {
  expect(specs(port(8080), port(8081, { interface: '127.0.0.2' }))).toEqual([
    '127.0.0.1:8080:127.0.0.1:8080',
    '127.0.0.2:8081:127.0.0.2:8081',
  ]);
  expect(specs(port(8080, { interface: '::1' }))).toEqual(['[::1]:8080:[::1]:8080']);
});

test('what is published on all addresses there is on the loopback address here', () => {
  expect(specs(port(8080, { interface: '0.0.0.0' }))).toEqual(['127.0.0.1:8080:127.0.0.1:8080']);
  expect(specs(port(8080, { interface: '::' }))).toEqual(['[::1]:8080:[::1]:8080']);
});

test('UDP, and what is published on an address of that machine alone, is not forwarded', () => {
  expect(specs(port(53, { protocol: 'udp' }), port(8080, { interface: '10.0.0.5' }))).toEqual([]);
});
