import { afterEach, expect, test, vi } from 'vitest';
import { createStatsdSink } from '../../../../plugins/metrics/statsd/statsd-sink.ts';
import { createUdpReceiver } from '../../../rig/udp-receiver.ts';
import { sampleOf } from '../sample-of.ts';

const { signal } = new AbortController();
const given = { prefix: 'devservices.', dialect: 'dogstatsd', maxBytes: 1432 } as const;
const counters = (count: number) =>
  Array.from({ length: count }, (_, index) =>
    sampleOf({ kind: 'counter', key: 'mails.sent', tags: { queue: `q${index}` }, sum: index }),
  );
const lineOf = (index: number) => `devservices.mails.sent:${index}|c|#queue:q${index}`;

afterEach(() => vi.unstubAllEnvs());

test('a batch is on the wire when it is sent, in datagrams of at most so many bytes', async () => {
  const receiver = await createUdpReceiver();
  const sink = createStatsdSink({
    ...given,
    maxBytes: 512,
    host: '127.0.0.1',
    port: receiver.port,
  });
  await sink.send(counters(40), signal);
  await receiver.until((lines) => lines.length >= 40);
  expect(receiver.lines()).toEqual(Array.from({ length: 40 }, (_, index) => lineOf(index)));
  const sizes = receiver.datagrams.map((datagram) => Buffer.byteLength(datagram));
  expect(Math.max(...sizes)).toBeLessThanOrEqual(512);
  expect(sizes.length).toBe(4);
  await sink.close?.();
});

test.each(['::1', '[::1]'])('an IPv6 address is taken: %s', async (host) => {
  const receiver = await createUdpReceiver('::1');
  const sink = createStatsdSink({ ...given, host, port: receiver.port });
  await sink.send(counters(1), signal);
  sink.sendNow?.(counters(2));
  await receiver.until((lines) => lines.length >= 3);
  expect(receiver.lines()).toEqual([lineOf(0), lineOf(0), lineOf(1)]);
  await sink.close?.();
});

test('a name is looked up, and what is handed over at the end needs no wait', async () => {
  const receiver = await createUdpReceiver();
  const sink = createStatsdSink({ ...given, host: 'localhost', port: receiver.port });
  sink.sendNow?.(counters(3));
  await receiver.until((lines) => lines.length >= 3);
  expect(receiver.lines()).toEqual([0, 1, 2].map(lineOf));
  await sink.close?.();
});

test('what the environment says of Datadog adds nothing, and sends nothing of its own', async () => {
  for (const [name, value] of Object.entries({
    DD_TAGS: 'team:other',
    DD_ENV: 'prod',
    DD_ENTITY_ID: 'x',
    DD_AGENT_HOST: '192.0.2.1',
    DD_DOGSTATSD_PORT: '1',
  })) {
    vi.stubEnv(name, value);
  }
  const receiver = await createUdpReceiver();
  const sink = createStatsdSink({ ...given, host: '127.0.0.1', port: receiver.port });
  await sink.send(counters(1), signal);
  await sink.close?.();
  await receiver.until((lines) => lines.length >= 1);
  expect(receiver.datagrams).toEqual([lineOf(0)]);
});

test('a name that is nobody’s fails the batch and says why', async () => {
  const sink = createStatsdSink({ ...given, host: 'statsd..invalid', port: 8125 });
  const failure = { code: 'DS_METRICS_STATSD_FAILED', blame: 'environment' };
  await expect(sink.send(counters(1), signal)).rejects.toMatchObject(failure);
  // The next is tried anew, and fails of itself.
  await expect(sink.send(counters(1), signal)).rejects.toMatchObject(failure);
  expect(() => sink.sendNow?.(counters(1))).toThrow('statsd..invalid:8125');
  await sink.close?.();
});

test('a batch whose time is up fails, and the next one goes', async () => {
  const receiver = await createUdpReceiver();
  const sink = createStatsdSink({
    ...given,
    host: '127.0.0.1',
    port: receiver.port,
  });
  await sink.send(counters(1), signal);
  const abort = new AbortController();
  abort.abort(new Error('the time is up'));
  await expect(sink.send(counters(1), abort.signal)).rejects.toThrow(/the time is up/);
  await sink.send(counters(2), signal);
  await receiver.until((lines) => lines.length >= 3);
  expect(receiver.lines()).toEqual([lineOf(0), lineOf(0), lineOf(1)]);
  await sink.close?.();
});

test('nobody who listens is no failure', async () => {
  const sink = createStatsdSink({ ...given, host: '127.0.0.1', port: 9 });
  for (let tries = 0; tries < 2; tries += 1) {
    await expect(sink.send(counters(3), signal)).resolves.toBeUndefined();
  }
  await sink.close?.();
});

test('a datagram that the system refuses fails its batch', async () => {
  // Without asking for it, nobody may send to everybody.
  const sink = createStatsdSink({ ...given, host: '255.255.255.255', port: 8125 });
  const failure = { code: 'DS_METRICS_STATSD_FAILED', facts: { address: '255.255.255.255:8125' } };
  await expect(sink.send(counters(1), signal)).rejects.toMatchObject(failure);
  await sink.close?.();
});

test('a batch that waits for the client goes with what is handed over at the end, and once', async () => {
  const receiver = await createUdpReceiver();
  const sink = createStatsdSink({ ...given, host: '127.0.0.1', port: receiver.port });
  const abort = new AbortController();
  const sending = sink.send([sampleOf({ kind: 'gauge', key: 'a', last: 1 })], abort.signal);
  sink.sendNow?.([sampleOf({ kind: 'gauge', key: 'b', last: 2 })]);
  abort.abort(new Error('the process ends'));
  await Promise.allSettled([sending]);
  await sink.close?.();
  await receiver.until((lines) => lines.length >= 2);
  expect(receiver.lines()).toEqual(['devservices.a:1|g', 'devservices.b:2|g']);
});
