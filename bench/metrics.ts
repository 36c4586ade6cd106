import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { setImmediate as turn } from 'node:timers/promises';
import { StatsD } from 'hot-shots';
import { createMetrics } from '../core/metrics/create-metrics.ts';
import type { MetricTags } from '../core/metrics.ts';
import { createStatsdSink } from '../plugins/metrics/statsd/statsd-sink.ts';
import { limits } from './limits.ts';
import { median } from './measure.ts';
import type { Row } from './row.ts';

const callsPerRound = 50_000;
// As many as are made before the loop turns, and what was buffered is written.
const callsPerTurn = 500;

/**
 * What one `incr` costs, beside the same call of hot-shots, which gathers lines to datagrams. Both send to a
 * socket of this process. Nanoseconds.
 */
export async function measureMetrics(rounds: number): Promise<Row[]> {
  const receiver = createSocket('udp4');
  receiver.bind(0, '127.0.0.1');
  await once(receiver, 'listening');
  const { port } = receiver.address();
  const client = new StatsD({
    host: '127.0.0.1',
    port,
    maxBufferSize: 1432,
    cacheDns: true,
  });
  // A hundred times as often as else, so that what sending costs is in each round.
  const metrics = createMetrics({ isDevelopment: true, limits: { flushMs: 100 } });
  metrics.addSink(
    createStatsdSink({ host: '127.0.0.1', port, dialect: 'dogstatsd', maxBytes: 1432, prefix: '' }),
  );
  let sunk = 0;
  metrics.addSink({
    name: 'bench',
    send: (batch) => void (sunk += batch.reduce((all, { sum }) => all + sum, 0)),
  });
  try {
    const own = 'incr';
    const peer = 'increment of hot-shots';
    const plain = await compare(rounds, {
      own: () => metrics.incr('services.started'),
      peer: () => client.increment('services.started'),
    });
    const tagged = await compare(rounds, {
      own: (tags) => metrics.incr('services.started', { tags }),
      peer: (tags) => client.increment('services.started', 1, tags),
    });
    await metrics.close();
    // One round of each is for warmth.
    if (sunk !== 2 * (rounds + 1) * callsPerRound) throw new Error(`The sink got ${sunk}.`);
    return [
      createRow({ subject: own, peer, ...plain }),
      createRow({ subject: `${own}, three tags`, peer: `${peer}, three tags`, ...tagged }),
    ];
  } finally {
    await new Promise<void>((done) => {
      client.close(() => done());
    });
    receiver.close();
  }
}

type Call = (tags: Record<string, string>) => void;

interface Compared {
  ownNs: readonly number[];
  peerNs: readonly number[];
}

// In turns, so that what else the machine does meets both alike.
async function compare(rounds: number, calls: { own: Call; peer: Call }): Promise<Compared> {
  const ownNs: number[] = [];
  const peerNs: number[] = [];
  for (let round = 0; round <= rounds; round += 1) {
    const own = await timeCalls(calls.own);
    const peer = await timeCalls(calls.peer);
    if (round === 0) continue;
    ownNs.push(own);
    peerNs.push(peer);
  }
  return { ownNs, peerNs };
}

async function timeCalls(call: Call): Promise<number> {
  const began = process.hrtime.bigint();
  for (let made = 0; made < callsPerRound; made += 1) {
    const service = services[made % services.length] as string;
    call({ service, runner: 'docker', action: 'created' } satisfies MetricTags);
    if (made % callsPerTurn === 0) await turn();
  }
  return Number(process.hrtime.bigint() - began) / callsPerRound;
}

const services = ['postgres', 'redis', 'api', 'web', 'worker', 'mail', 'search', 'queue'];

function createRow({
  subject,
  peer,
  ownNs,
  peerNs,
}: Compared & Pick<Row, 'subject' | 'peer'>): Row {
  const [subjectMs, peerMs] = [median(ownNs), median(peerNs)];
  const limit = limits[peer]?.[subject] ?? null;
  const ratio = subjectMs / peerMs;
  return { subject, peer, ratio, limit, subjectMs, peerMs, runs: ownNs.length, unit: 'ns' };
}
