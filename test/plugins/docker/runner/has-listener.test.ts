import { describe, expect, test } from 'vitest';
import { hasListener } from '../../../../plugins/docker/runner/has-listener.ts';

const header = '  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid';
const row = (local: string, state: string) =>
  `   0: ${local} 00000000:0000 ${state} 00000000:00000000`;
const listens = (...rows: string[]) =>
  hasListener([header, ...rows, ''].join('\n'), { container: 5432, protocol: 'tcp' });

describe('sockets inside a container', () => {
  test.each([
    ['any IPv4 address', row('00000000:1538', '0A'), true],
    ['any IPv6 address', row(`${'0'.repeat(32)}:1538`, '0A'), true],
    ['its own address', row('020012AC:1538', '0A'), true],
    ['loopback', row('0100007F:1538', '0A'), false],
    ['IPv6 loopback', row('00000000000000000000000001000000:1538', '0A'), false],
    ['loopback as IPv6', row('0000000000000000FFFF00000100007F:1538', '0A'), false],
    ['another port', row('00000000:1539', '0A'), false],
    ['a connection, not a listener', row('00000000:1538', '01'), false],
  ])('%s', (_, line, expected) => expect(listens(line)).toBe(expected));

  test('udp has a state of its own', () => {
    const table = row('00000000:0035', '07');
    expect(hasListener(table, { container: 53, protocol: 'udp' })).toBe(true);
    expect(hasListener(table, { container: 53, protocol: 'tcp' })).toBe(false);
  });
});
