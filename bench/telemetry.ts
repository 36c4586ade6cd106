import { join } from 'node:path';
import type { TestEngine } from '../test/rig/engine/ensure-engine.ts';
import { freePorts } from '../test/rig/free-ports.ts';
import { createIngest } from '../test/rig/ingest-server.ts';
import { createPackedCheckout, type PackedCheckout } from '../test/rig/packed-checkout.ts';
import { linkSdk } from '../test/rig/telemetry-checkout.ts';
import { assertDone } from './assert-done.ts';
import { chainConfig } from './chain.ts';
import { measureInTurns, type Times } from './measure.ts';
import { createRow, type Row } from './row.ts';

/** The chain of four, cold and with nothing to do, with a DSN (an ingest on loopback) beside none. */
export async function measureTelemetry(
  engine: TestEngine,
  runs: { noop: number; cold: number },
): Promise<Row[]> {
  await using ingest = await createIngest();
  await using silent = await createPackedCheckout(engine);
  await using telling = await createPackedCheckout(engine);
  linkSdk(join(telling.root, 'node_modules'));
  await writeChain(silent, engine);
  await writeChain(telling, engine, ingest.dsn);
  const ways = { 'no DSN': silent, 'a DSN': telling };
  const contestants = Object.entries(ways).map(([name, checkout]) => ({
    name,
    run: async () => assertDone(await checkout.bin(['up'])),
    prepare: async () => assertDone(await checkout.bin(['down'])),
  }));
  try {
    const cold = await measureInTurns(contestants, { runs: runs.cold });
    const told = ingest.envelopes().length;
    if (told < runs.cold) throw new Error(`The ingest was told of ${told} of ${runs.cold} runs.`);
    // The last of those left everything up.
    const idle = contestants.map(({ name, run }) => ({ name, run }));
    const noop = await measureInTurns(idle, { runs: runs.noop });
    return [
      rowOf(cold, 'devservices up, four in a row from nothing'),
      rowOf(noop, 'devservices up, nothing to do'),
    ];
  } finally {
    for (const { prepare } of contestants) await prepare();
  }
}

/**
 * Of the fastest run of each: containers vary by more than what is looked for here, and whatever else the
 * machine does only ever adds.
 */
function rowOf(times: Times, what: string): Row {
  const named = [...times].map(([name, ms]) => [`${what}, ${name}`, [Math.min(...ms)]] as const);
  const runs = Math.min(...[...times.values()].map(({ length }) => length));
  const row = createRow(new Map(named), { subject: `${what}, a DSN`, peer: `${what}, no DSN` });
  return { ...row, runs };
}

async function writeChain(
  checkout: PackedCheckout,
  { images }: TestEngine,
  dsn?: string,
): Promise<void> {
  const [sql, redis] = await freePorts(2);
  const plugin = dsn && {
    imported: "import { sentry } from 'devservices/plugins/sentry';",
    listed: `sentry({ dsn: ${JSON.stringify(dsn)} })`,
  };
  checkout.write({
    'devservices.config.ts': chainConfig({
      images,
      ports: { sql, redis },
      ...(plugin ? { plugin } : {}),
    }),
  });
}
