import { once } from 'node:events';
import { existsSync, statSync } from 'node:fs';
import { text } from 'node:stream/consumers';
import { describe, expect, onTestFinished, test } from 'vitest';
import { addressesOf, at, greet, openRelays, reach, routeTo, serve } from './relay-rig.ts';

describe.runIf(process.platform === 'linux')('a relay', () => {
  test('listens at its address alone, and is gone when it is dropped', async () => {
    const { relays, file } = openRelays();
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

  test('is there as soon as the service listens', async () => {
    const { relays, clock } = openRelays();
    const { port, server } = await serve(greet('first'));
    server.close();
    await once(server, 'close');
    await relays.ensure(routeTo(port));
    expect(addressesOf(port)).toEqual([]);
    await clock.advance(2000);
    await serve(greet('late'), { port });
    await clock.advance(500);
    expect(await text(reach(port))).toBe('late');
    expect(clock.sleeping).toBe(0);
  });

  test('makes room for a start that listens at all addresses', async () => {
    const { relays, clock } = openRelays();
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
    const { relays, said } = openRelays();
    const { port } = await serve(greet('wide'), { host });
    await relays.ensure(routeTo(port));
    expect(addressesOf(port)).toEqual([host]);
    expect(await text(reach(port))).toBe('wide');
    expect(said).toEqual([]);
  });

  test('does not lead to a stranger, and names who has its address', async () => {
    const { port } = await serve(greet('stranger'), { host: '0.0.0.0' });
    const { relays, file } = openRelays(['0.0.0.0']);
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
    const other = openRelays(['127.0.0.1', at]);
    await other.relays.ensure(routeTo(loopback.port));
    expect(addressesOf(loopback.port)).toEqual(['127.0.0.1']);
    await serve(greet('in the way'), { host: at, port: loopback.port });
    const wanted = other.relays.ensure(routeTo(loopback.port));
    await expect(wanted).rejects.toMatchObject({ code: 'DS_PROCESS_RELAY_TAKEN' });
  });

  test('an address that is not there is told, and tried again when it is asked for again', async () => {
    const { relays, file } = openRelays();
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
    const { relays } = openRelays();
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
    const first = openRelays();
    await first.relays.ensure(routeTo(port));
    await first.relays.ensure(routeTo(away.port, { service: 'web' }));
    expect(statSync(first.file).mode & 0o777).toBe(0o600);
    first.relays.close();
    expect(addressesOf(port)).toEqual(['127.0.0.1']);

    const inTheWay = await serve(greet('stranger'), { host: at, port: away.port });
    const second = openRelays([at], first.stateHome);
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
    const { relays } = openRelays();
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
