import { createSocket } from 'node:dgram';
import { createServer, type AddressInfo, type ListenOptions } from 'node:net';

import { describe, expect, it, onTestFinished } from 'vitest';

import { parseListeners } from '../../../core/identity/listeners.ts';
import { parseLsof } from '../../../core/identity/lsof.ts';
import { findPortHolder, isPortFree } from '../../../core/identity/port-owner.ts';
import { describeProcess } from '../../../core/identity/socket-owner.ts';

/** Listens until the test ends; returns the port. */
async function listen(options: ListenOptions): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen({ port: 0, ...options }, resolve);
  });
  onTestFinished(() => void server.close());
  return (server.address() as AddressInfo).port;
}

describe('isPortFree', () => {
  it.each([
    { host: '127.0.0.1' },
    { host: '0.0.0.0' },
    { host: '::' },
    { host: '::', ipv6Only: true },
  ])('says no where something listens on %o', async (options) => {
    expect(await isPortFree(await listen(options))).toBe(false);
  });

  it('says yes again when nobody listens', async () => {
    const server = createServer().listen(0, '127.0.0.1');
    await new Promise((resolve) => server.once('listening', resolve));
    const { port } = server.address() as AddressInfo;
    await new Promise((resolve) => server.close(resolve));
    expect(await isPortFree(port)).toBe(true);
  });

  it('tells TCP and UDP apart, and each by its interface', async () => {
    const socket = createSocket('udp4');
    await new Promise<void>((resolve) => socket.bind(0, '127.0.0.2', resolve));
    const { port } = socket.address();
    expect(await isPortFree(port)).toBe(true);
    expect(await isPortFree(port, { protocol: 'udp' })).toBe(true);
    expect(await isPortFree(port, { protocol: 'udp', interface: '127.0.0.2' })).toBe(false);
    expect(await isPortFree(port, { protocol: 'udp', interface: '0.0.0.0' })).toBe(false);
    expect(await findPortHolder(port, 'udp')).toMatchObject({ pid: process.pid });
    await new Promise<void>((resolve) => socket.close(resolve));
    expect(await isPortFree(port, { protocol: 'udp', interface: '127.0.0.2' })).toBe(true);
  });

  it('leaves the port as free as it was', async () => {
    const port = await listen({ host: '127.0.0.2' });
    expect([await isPortFree(port), await isPortFree(port)]).toEqual([true, true]);
    expect(await isPortFree(port, { interface: '127.0.0.2' })).toBe(false);
  });
});

describe('findPortHolder', () => {
  it.each(['127.0.0.1', '0.0.0.0', '::1'])('names the process that listens on %s', async (host) => {
    const port = await listen({ host });
    expect(await findPortHolder(port)).toEqual({
      pid: process.pid,
      command: describeProcess(process.pid),
      address: host,
    });
  });

  it('finds nobody on a free port', async () => {
    const server = createServer().listen(0, '127.0.0.1');
    await new Promise((resolve) => server.once('listening', resolve));
    const { port } = server.address() as AddressInfo;
    await new Promise((resolve) => server.close(resolve));
    expect(await findPortHolder(port)).toBeUndefined();
  });
});

describe('what others print', () => {
  it('is read from the tables of the kernel', () => {
    const table = [
      '  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode',
      '   0: 0100007F:1538 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 41 1 0',
      '   1: 0100007F:1538 0100007F:8000 01 00000000:00000000 00:00000000 00000000     0        0 42 1 0',
      '   2: 000080FE00000000FF00FE0200000001:0050 0:0 0A 0:0 00:0 0 0 0 43 1 0',
      '   3: 0000000000000000FFFF00000100007F:0051 0:0 0A 0:0 00:0 0 0 0 44 1 0',
      '',
    ].join('\n');
    expect(parseListeners(table)).toEqual([
      { address: '127.0.0.1', port: 5432, inode: '41' },
      { address: 'fe80::2fe:ff:100:0', port: 80, inode: '43' },
      { address: '127.0.0.1', port: 81, inode: '44' },
    ]);
  });

  it('is read from lsof', () => {
    expect(parseLsof('p812\ncpostgres\nf7\nn127.0.0.1:5432\n')).toEqual({
      pid: 812,
      command: 'postgres',
      address: '127.0.0.1',
    });
    expect(parseLsof('p9\ncnode\nf7\nn*:3000\n')).toMatchObject({ address: '0.0.0.0' });
    expect(parseLsof('p9\ncnode\nf7\nn[::1]:3000\n')).toMatchObject({ address: '::1' });
    expect(parseLsof('')).toBeUndefined();
  });
});
