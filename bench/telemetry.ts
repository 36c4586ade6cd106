import { join } from 'node:path';
import { createIngest } from '../test/rig/ingest-server.ts';
import { createPackedCheckout } from '../test/rig/packed-checkout.ts';
import { linkSdk } from '../test/rig/telemetry-checkout.ts';
import { assertDone } from './assert-done.ts';
import { measureInTurns, type Times } from './measure.ts';
import { createRow, type Row } from './row.ts';

/**
 * Four services in a row, cold and with nothing to do, with a DSN (an ingest on loopback) beside none. They
 * are processes that are ready after 700 ms each, as long as containers take: those vary by half of it.
 */
export async function measureTelemetry(runs: { noop: number; cold: number }): Promise<Row[]> {
  await using ingest = await createIngest();
  await using silent = await createPackedCheckout(null);
  await using telling = await createPackedCheckout(null);
  linkSdk(join(telling.root, 'node_modules'));
  silent.write({ 'devservices.config.ts': configOf() });
  telling.write({ 'devservices.config.ts': configOf(ingest.dsn) });
  const ways = { 'no DSN': silent, 'a DSN': telling };
  let ups = 0;
  const toldUps = () =>
    (ingest.items('transaction') as { transaction: string }[]).filter(({ transaction }) =>
      transaction.endsWith(' up'),
    ).length;
  const contestants = Object.entries(ways).map(([name, checkout]) => ({
    name,
    run: async () => assertDone(await checkout.bin(['up'])),
    prepare: async () => assertDone(await checkout.bin(['down'])),
    // What tells of it outlives it, and would be in the next one's way.
    async finish() {
      if (checkout !== telling) return;
      ups += 1;
      await ingest.waitFor(() => toldUps() >= ups);
    },
  }));
  try {
    const cold = await measureInTurns(contestants, { runs: runs.cold });
    // The last of those left everything up.
    const idle = contestants.map(({ name, run, finish }) => ({ name, run, finish }));
    const noop = await measureInTurns(idle, { runs: runs.noop });
    return [rowOf(cold, 'up, 700 ms four times in a row'), rowOf(noop, 'up, nothing to do')];
  } finally {
    for (const { prepare } of contestants) await prepare();
  }
}

/** Of the fastest run of each: whatever else the machine does only ever adds. */
function rowOf(times: Times, what: string): Row {
  const named = [...times].map(([name, ms]) => [`${what}, ${name}`, [Math.min(...ms)]] as const);
  const runs = Math.min(...[...times.values()].map(({ length }) => length));
  const row = createRow(new Map(named), { subject: `${what}, a DSN`, peer: `${what}, no DSN` });
  return { ...row, runs };
}

function configOf(dsn?: string): string {
  return `
import { defineConfig, hostProcess, ready } from 'devservices';
${dsn ? "import { sentry } from 'devservices/plugins/sentry';" : ''}

const slow = {
  run: hostProcess({ command: ['sh', '-c', 'sleep 0.7; echo up; exec sleep 100000'] }),
  ready: ready.log('up'),
};

export default defineConfig({
  plugins: [${dsn ? `sentry({ dsn: ${JSON.stringify(dsn)} })` : ''}],
  services: {
    first: slow,
    second: { ...slow, dependsOn: ['first'] },
    third: { ...slow, dependsOn: ['second'] },
    fourth: { ...slow, dependsOn: ['third'] },
  },
});
`;
}
