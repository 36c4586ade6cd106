import type { MetricSample, MetricsSink } from 'devservices/runner';
import { reasonOf } from 'devservices/machine';
import { metricsErrors } from '../errors.ts';
import type { StatsdOptions } from '../options.ts';
import { packLines } from './pack-lines.ts';
import { addressOf, resolveAddress } from './resolve-address.ts';
import { sendAtOnce } from './send-at-once.ts';
import { toStatsdLines } from './statsd-lines.ts';
import type { UdpClient } from './udp-client.ts';

/** Sends to StatsD over UDP. What cannot be sent throws DS_METRICS_STATSD_FAILED, and the next batch is tried anew. */
export function createStatsdSink(options: StatsdOptions & { prefix: string }): MetricsSink {
  const { host, port, maxBytes } = options;
  let address = addressOf(host);
  let opening: Promise<UdpClient> | undefined;

  const open = (): Promise<UdpClient> => (opening ??= connect());
  const connect = async (): Promise<UdpClient> => {
    const loading = import('./udp-client.ts');
    address ??= await resolveAddress(host);
    return (await loading).createUdpClient({ address, port });
  };
  const forget = async (): Promise<void> => {
    const opened = opening;
    opening = undefined;
    await (await opened?.catch(() => undefined))?.close();
  };
  const pack = (batch: readonly MetricSample[]): string[] =>
    packLines(toStatsdLines(batch, options), maxBytes);

  /** Of batches that wait for the client. */
  const held = new Set<readonly string[]>();

  // While there is something to wait for, and not at the end.
  open().catch(() => {});
  return {
    name: 'statsd',
    async send(batch, signal) {
      const datagrams = pack(batch);
      held.add(datagrams);
      try {
        const client = await open();
        signal.throwIfAborted();
        held.delete(datagrams);
        // The system has them before anybody else is heard: an end of the process is too late for none.
        await Promise.all(datagrams.map(client.send));
      } catch (thrown) {
        held.delete(datagrams);
        await forget();
        const facts = { address: shownAddress(host, port), reason: reasonOf(thrown) };
        throw metricsErrors.create('DS_METRICS_STATSD_FAILED', facts, thrown);
      }
    },
    sendNow(batch) {
      // A name of this machine that was not looked up yet.
      const known = address ?? (host === 'localhost' ? '127.0.0.1' : undefined);
      if (known === undefined) {
        const reason = 'the process ended before its name was looked up';
        const facts = { address: shownAddress(host, port), reason };
        throw metricsErrors.create('DS_METRICS_STATSD_FAILED', facts);
      }
      sendAtOnce([...[...held].flat(), ...pack(batch)], { address: known, port });
    },
    close: forget,
  };
}

const shownAddress = (host: string, port: number): string =>
  `${host.includes(':') && !host.startsWith('[') ? `[${host}]` : host}:${port}`;
