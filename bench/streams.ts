import { fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { controlApi } from '../plugins/control-api/index.ts';
import type { Api } from '../plugins/control-api/create-api.ts';
import { createTestHost } from '../core/testing.ts';
import { median } from './measure.ts';
import { limits } from './limits.ts';
import type { Row } from './row.ts';
import type { ReadersReport } from './streams/readers.ts';

const perSecond = 1000;
const slow = 5;
// What the system keeps for who does not read, some megabytes each, is full after ten of them.
const seconds = 16;

interface Measured {
  latencyMs: number;
  /** Resident memory of the server, the most there was. */
  mostMiB: number;
  /** Before anybody asked. */
  idleMiB: number;
}

/**
 * A thousand events a second for readers over loopback, the writer and the readers being processes of their
 * own. Throws where one that keeps up has not got every event once and in order, or a slow one was not told.
 */
export async function measureStreams(): Promise<Row[]> {
  const one = await measure({ quick: 1, slow: 0 });
  const many = await measure({ quick: 100 - slow, slow });
  const row = (figures: Pick<Row, 'subject' | 'peer' | 'subjectMs' | 'peerMs' | 'unit'>): Row => ({
    ...figures,
    ratio: figures.subjectMs / figures.peerMs,
    limit: limits[figures.peer]?.[figures.subject] ?? null,
    runs: 1,
  });
  return [
    row({
      subject: 'an event to its reader, 100 streams',
      peer: 'an event to its reader, one stream',
      subjectMs: many.latencyMs,
      peerMs: one.latencyMs,
    }),
    row({
      subject: 'the server, 100 streams',
      peer: 'the server, before the first',
      subjectMs: many.mostMiB,
      peerMs: many.idleMiB,
      unit: 'MiB',
    }),
  ];
}

async function measure(readers: { quick: number; slow: number }): Promise<Measured> {
  const test = createTestHost({ config: { plugins: [controlApi()], services: {} } });
  try {
    await test.host.initialize('bench');
    const api = (await test.host.use('api')) as Api;
    const server = await api.listen();
    const { checkout } = test.host.project;
    const path = join(test.root, '.state/devservices', checkout, 'events.ndjson');
    const idleMiB = process.memoryUsage.rss() / 2 ** 20;
    const child = fork(join(import.meta.dirname, 'streams/readers.ts'));
    child.send({ url: server.url, token: server.token, ...readers });
    await once(child, 'message');
    let mostMiB = 0;
    const sampling = setInterval(() => {
      mostMiB = Math.max(mostMiB, process.memoryUsage.rss() / 2 ** 20);
    }, 100);
    const writer = fork(join(import.meta.dirname, 'streams/writer.ts'), [
      path,
      `${perSecond}`,
      `${seconds}`,
    ]);
    const [report] = (await once(child, 'message')) as [ReadersReport];
    clearInterval(sampling);
    if (writer.exitCode === null) await once(writer, 'exit');
    await server.close();
    assertReport(report, { ...readers, least: perSecond * seconds + 1 });
    return { latencyMs: median(report.latenciesMs), mostMiB, idleMiB };
  } finally {
    await test.close();
  }
}

function assertReport(
  { received, dropped }: ReadersReport,
  expected: { slow: number; least: number },
): void {
  const [count = 0] = received;
  // What stood in the journal before is the same for all.
  if (count < expected.least || received.some((other) => other !== count)) {
    throw new Error(
      `Of ${expected.least} events or more, readers got ${[...new Set(received)].join(', ')}.`,
    );
  }
  if (dropped !== expected.slow) throw new Error(`${dropped} slow readers were told.`);
}
