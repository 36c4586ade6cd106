import { once } from 'node:events';
import { existsSync, statSync } from 'node:fs';
import { connect, createServer } from 'node:net';
import type { AddressInfo, Server, Socket } from 'node:net';
import { join } from 'node:path';
import { buffer, text } from 'node:stream/consumers';
import { findListeners } from 'devservices/machine';
import type { Relay } from 'devservices/runner';
import { describe, expect, onTestFinished, test } from 'vitest';
import { createFakeClock } from '../../../../core/testing/fake-clock.ts';
import { placesOf } from '../../../../plugins/process/record/places.ts';
import { isNeighbour } from '../../../../plugins/process/supervisor/relay-listener.ts';
import { createRelays } from '../../../../plugins/process/supervisor/relays.ts';
import { createTempFolder } from '../../../rig/state/temp-folder.ts';

const project = { project: 'shop', checkout: 'c0ffee' };
const at = '127.0.0.2';

const routeTo = (host: number, fields: Partial<Relay> = {}): Relay => ({
  project,
  service: 'api',
  port: { name: 'http', container: host, host, protocol: 'tcp' },
  at,
  ...fields,
});

/** Relays of a project whose only service has all sockets but those of `strangers`. */
function open(strangers: readonly string[] = [], stateHome = createTempFolder()) {
  const places = placesOf({ stateHome, runtimeFolder: '/nowhere' }, project);
  const clock = createFakeClock();
  const said: string[] = [];
  const relays = createRelays(places, (line) => void said.push(line), {
    clock,
    findOwn: (_, there) => there.filter(({ address }) => !strangers.includes(address)),
  });
  onTestFinished(() => relays.close());
  return { relays, clock, said, places, stateHome, file: join(places.folder, 'relays') };
}

async function serve(
  onConnection: (socket: Socket) => void,
  { host = '127.0.0.1', port = 0 }: { host?: string; port?: number } = {},
): Promise<{ server: Server; port: number }> {
  const server = createServer({ allowHalfOpen: true }, (socket) => {
    socket.on('error', () => {});
    onTestFinished(() => void socket.destroy());
    onConnection(socket);
  });
  server.listen({ host, port, exclusive: true });
  await once(server, 'listening');
  onTestFinished(() => void server.close());
  return { server, port: (server.address() as AddressInfo).port };
}

function reach(port: number, host = at): Socket {
  const socket = connect({ host, port, allowHalfOpen: true });
  onTestFinished(() => void socket.destroy());
  return socket;
}

/** All that comes, without ending what goes. */
async function read(socket: Socket): Promise<string> {
  let all = '';
  socket.setEncoding('utf8').on('data', (part: string) => (all += part));
  await once(socket, 'end');
  return all;
}

const greet = (greeting: string) => (socket: Socket) => void socket.end(greeting);
const addressesOf = (port: number) => findListeners(port).map(({ address }) => address);

describe.runIf(process.platform === 'linux')('a relay', () => {
  test('listens at its address alone, and is gone when it is dropped', async () => {
    const { relays, file } = open();
    const { port } = await serve(greet('hello'));
    await relays.ensure(routeTo(port));
    await relays.ensure(routeTo(port));
    expect(await text(reach(port))).toBe('hello');
    expect(addressesOf(port).toSorted()).toEqual(['127.0.0.1', at]);
    relays.drop('api');
    expect(addressesOf(port)).toEqual(['127.0.0.1']);
    expect((await once(reach(port), 'error'))[0]).toMatchObject({ code: 'ECONNREFUSED' });
    expect(existsSync(file)).toBe(false);
  });

  test('finds what listens on IPv6 only', async () => {
    const { relays } = open();
    const { port } = await serve(greet('six'), { host: '::1' });
    await relays.ensure(routeTo(port));
    expect(await text(reach(port))).toBe('six');
  });

  test('passes 30 MB both ways to one who reads slowly', async () => {
    const { relays } = open();
    const { port } = await serve((socket) => void socket.pipe(socket));
    await relays.ensure(routeTo(port));
    const sent = Buffer.alloc(30 << 20, 'a text that is not all the same, ');
    const client = reach(port);
    client.end(sent);
    // What nobody reads is not taken in either: it stays with who sends.
    await once(client, 'readable');
    expect(client.writableLength).toBeGreaterThan(0);
    expect((await buffer(client)).equals(sent)).toBe(true);
  });

  test('an end of either side leaves the other open', async () => {
    const { relays } = open();
    const { port } = await serve(
      (socket) => void read(socket).then((said) => socket.end(`got ${said}`)),
    );
    await relays.ensure(routeTo(port));
    const asking = reach(port);
    asking.end('all of it');
    expect(await read(asking)).toBe('got all of it');

    const accepted: Socket[] = [];
    const first = await serve((socket) => void accepted.push(socket.end('bye')));
    await relays.ensure(routeTo(first.port));
    const answering = reach(first.port);
    expect(await read(answering)).toBe('bye');
    answering.end('still here');
    expect(await read(accepted[0] ?? answering)).toBe('still here');
  });

  test('a connection that breaks ends its other side, and no other connection', async () => {
    const { relays } = open();
    const { port, server } = await serve(() => {});
    await relays.ensure(routeTo(port));
    const pair = async () => {
      const client = reach(port);
      const [service] = (await once(server, 'connection')) as [Socket];
      return { client, service };
    };
    const [one, other, third] = [await pair(), await pair(), await pair()];
    const brokenClient = once(one.client, 'error');
    one.service.resetAndDestroy();
    expect((await brokenClient)[0]).toMatchObject({ code: 'ECONNRESET' });
    const brokenService = once(other.service, 'error');
    other.client.resetAndDestroy();
    expect((await brokenService)[0]).toMatchObject({ code: 'ECONNRESET' });
    third.client.end('alive');
    expect(await text(third.service)).toBe('alive');
  });

  test('resets who comes while the service is away, and serves who comes later', async () => {
    const { relays } = open();
    const { port, server } = await serve(greet('first'));
    await relays.ensure(routeTo(port));
    server.close();
    await once(server, 'close');
    expect((await once(reach(port), 'error'))[0]).toMatchObject({ code: 'ECONNRESET' });
    await serve(greet('second'), { port });
    expect(await text(reach(port))).toBe('second');
  });

  test('is there as soon as the service listens', async () => {
    const { relays, clock } = open();
    const { port, server } = await serve(greet('first'));
    server.close();
    await once(server, 'close');
    await relays.ensure(routeTo(port));
    expect(addressesOf(port)).toEqual([]);
    await clock.advance(60_000);
    await serve(greet('late'), { port });
    await clock.advance(500);
    expect(await text(reach(port))).toBe('late');
    expect(clock.sleeping).toBe(0);
  });

  test('makes room for a start that listens at all addresses', async () => {
    const { relays, clock } = open();
    const { port, server } = await serve(greet('narrow'));
    await relays.ensure(routeTo(port));
    server.close();
    await once(server, 'close');
    relays.release('api');
    const wide = await serve(greet('wide'), { host: '0.0.0.0', port });
    await clock.advance(500);
    expect(addressesOf(port)).toEqual(['0.0.0.0']);
    expect(await text(reach(port))).toBe('wide');
    relays.release('api');
    wide.server.close();
    await once(wide.server, 'close');
    await serve(greet('narrow again'), { port });
    await clock.advance(500);
    expect(await text(reach(port))).toBe('narrow again');
  });

  test.each(['0.0.0.0', '::'])('is not needed where the service listens on %s', async (host) => {
    const { relays, said } = open();
    const { port } = await serve(greet('wide'), { host });
    await relays.ensure(routeTo(port));
    expect(addressesOf(port)).toEqual([host]);
    expect(await text(reach(port))).toBe('wide');
    expect(said).toEqual([]);
  });

  test('does not lead to a stranger, and names who has its address', async () => {
    const { port } = await serve(greet('stranger'), { host: '0.0.0.0' });
    const { relays, file } = open(['0.0.0.0']);
    await expect(relays.ensure(routeTo(port))).rejects.toMatchObject({
      code: 'DS_PROCESS_RELAY_TAKEN',
      facts: {
        service: 'api',
        at,
        port,
        holder: expect.stringContaining(`pid ${process.pid}`) as string,
      },
    });
    expect(existsSync(file)).toBe(false);

    const loopback = await serve(greet('stranger'));
    const other = open(['127.0.0.1', at]);
    await other.relays.ensure(routeTo(loopback.port));
    expect(addressesOf(loopback.port)).toEqual(['127.0.0.1']);
    await serve(greet('in the way'), { host: at, port: loopback.port });
    const wanted = other.relays.ensure(routeTo(loopback.port));
    await expect(wanted).rejects.toMatchObject({ code: 'DS_PROCESS_RELAY_TAKEN' });
  });

  test('an address that is not there is told, and tried again when it is asked for again', async () => {
    const { relays, file } = open();
    const { port } = await serve(greet('hello'));
    const elsewhere = routeTo(port, { at: '192.0.2.7' });
    for (const _ of [1, 2]) {
      await expect(relays.ensure(elsewhere)).rejects.toMatchObject({
        code: 'DS_PROCESS_RELAY_ADDRESS',
        blame: 'environment',
      });
    }
    expect(existsSync(file)).toBe(false);
    await relays.ensure(routeTo(port));
    expect(await text(reach(port))).toBe('hello');
  });

  test('moves with its address and its port', async () => {
    const { relays } = open();
    const { port } = await serve(greet('one'));
    const next = await serve(greet('two'));
    await relays.ensure(routeTo(port));
    await relays.ensure(routeTo(port, { at: '127.0.0.3' }));
    expect(addressesOf(port).toSorted()).toEqual(['127.0.0.1', '127.0.0.3']);
    await relays.ensure(routeTo(next.port));
    expect(addressesOf(port)).toEqual(['127.0.0.1']);
    expect(await text(reach(next.port))).toBe('two');
  });

  test('is taken up by the next supervisor, the address of another being away or not', async () => {
    const { port } = await serve(greet('hello'));
    const away = await serve(greet('away'));
    const first = open();
    await first.relays.ensure(routeTo(port));
    await first.relays.ensure(routeTo(away.port, { service: 'web' }));
    expect(statSync(first.file).mode & 0o777).toBe(0o600);
    first.relays.close();
    expect(addressesOf(port)).toEqual(['127.0.0.1']);

    const inTheWay = await serve(greet('stranger'), { host: at, port: away.port });
    const second = open([at], first.stateHome);
    await second.relays.restore();
    expect(await text(reach(port))).toBe('hello');
    expect(second.said).toEqual([expect.stringContaining('web')]);
    await second.clock.advance(60_000);
    expect(second.said).toHaveLength(1);
    inTheWay.server.close();
    await once(inTheWay.server, 'close');
    await second.clock.advance(5000);
    expect(await text(reach(away.port))).toBe('away');
  });

  test('passes TCP alone: a UDP port on loopback is told', async () => {
    const { createSocket } = await import('node:dgram');
    const bind = async (address: string): Promise<number> => {
      const socket = createSocket('udp4');
      onTestFinished(() => void socket.close());
      socket.bind(0, address);
      await once(socket, 'listening');
      return socket.address().port;
    };
    const { relays } = open();
    const udp = (host: number) =>
      relays.ensure(
        routeTo(host, { port: { name: 'dns', container: host, host, protocol: 'udp' } }),
      );
    await expect(udp(await bind('127.0.0.1'))).rejects.toMatchObject({
      code: 'DS_PROCESS_RELAY_UDP',
    });
    await udp(await bind('0.0.0.0'));
  });
});

test('only neighbours on the same network are served', () => {
  const interfaces = {
    lo: [{ address: '127.0.0.1', cidr: '127.0.0.1/8' }],
    eth0: [
      { address: '10.0.0.5', cidr: '10.0.0.5/8' },
      { address: 'fe80::1', cidr: 'fe80::1/64' },
    ],
    'br-1': [{ address: '10.18.0.1', cidr: '10.18.0.1/16' }],
  };
  const isServed = (from: string, address = '10.18.0.1') =>
    isNeighbour({ at: address, from, interfaces });
  expect(isServed('10.18.3.4')).toBe(true);
  expect(isServed('10.18.0.1')).toBe(true);
  expect(isServed('10.19.0.2')).toBe(false);
  expect(isServed('127.0.0.1')).toBe(false);
  expect(isServed('')).toBe(false);
  expect(isServed('127.0.0.1', '127.0.0.2')).toBe(true);
  expect(isServed('10.18.3.4', '172.18.0.1')).toBe(false);
});
