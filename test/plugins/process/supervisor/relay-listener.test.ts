import { once } from 'node:events';
import type { Socket } from 'node:net';
import { buffer, text } from 'node:stream/consumers';
import { describe, expect, test } from 'vitest';
import { isNeighbour } from '../../../../plugins/process/supervisor/relay-listener.ts';
import { greet, openRelays, reach, read, routeTo, serve } from './relay-rig.ts';

describe.runIf(process.platform === 'linux')('a connection through a relay', () => {
  test('finds what listens on IPv6 only', async () => {
    const { relays } = openRelays();
    const { port } = await serve(greet('six'), { host: '::1' });
    await relays.ensure(routeTo(port));
    expect(await text(reach(port))).toBe('six');
  });

  test('passes 30 MB both ways to one who reads slowly', async () => {
    const { relays } = openRelays();
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
    const { relays } = openRelays();
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
    const { relays } = openRelays();
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
    const { relays } = openRelays();
    const { port, server } = await serve(greet('first'));
    await relays.ensure(routeTo(port));
    server.close();
    await once(server, 'close');
    expect((await once(reach(port), 'error'))[0]).toMatchObject({ code: 'ECONNRESET' });
    await serve(greet('second'), { port });
    expect(await text(reach(port))).toBe('second');
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
