import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { ensureEngine } from '../test/rig/engine/ensure-engine.ts';
import { createPackedCheckout } from '../test/rig/packed-checkout.ts';
import { isWithin, type Row, type Skipped } from './row.ts';
import { measureStartUp } from './start-up.ts';
import { renderTable } from './render-table.ts';
import { measureMetrics } from './metrics.ts';
import { measurePermissions } from './permissions.ts';
import { measureOptions } from './options.ts';
import { measureProcesses } from './processes.ts';
import { measureStreams } from './streams.ts';
import { measureTelemetry } from './telemetry.ts';
import { measureUp } from './up.ts';

const { values: flags } = parseArgs({
  options: { quick: { type: 'boolean' }, json: { type: 'boolean' } },
});
const runs = flags.quick ? { startUp: 3, noop: 3, cold: 1 } : { startUp: 11, noop: 11, cold: 5 };

const rows: Row[] = [];
const skipped: Skipped[] = [];
const engine = await ensureEngine();
const checkout = await createPackedCheckout(engine);
try {
  rows.push(...(await measureStartUp(checkout, runs.startUp)));
  rows.push(...(await measurePermissions(runs.startUp)));
  rows.push(...(await measureProcesses(checkout, runs.cold)));
  rows.push(...(await measureOptions(runs.cold)));
  rows.push(...(await measureStreams()));
  rows.push(...(await measureTelemetry(runs)));
  rows.push(...(await measureMetrics(runs.startUp)));
  if (engine) {
    const measured = await measureUp({ engine, checkout }, runs);
    rows.push(...measured.rows);
    skipped.push(...measured.skipped);
  } else {
    const reason = 'DEVSERVICES_TEST_ENGINE=none';
    skipped.push({ what: 'every up of containers', reason });
  }
} finally {
  await checkout[Symbol.asyncDispose]();
}

const broken = rows.filter((row) => !isWithin(row));
const results = { node: process.version, ok: broken.length === 0, rows, skipped };
const json = `${JSON.stringify(results, null, 2)}\n`;
const folder = join(import.meta.dirname, 'results');
mkdirSync(folder, { recursive: true });
writeFileSync(join(folder, 'last.json'), json);
process.stdout.write(flags.json ? json : renderTable(rows, skipped));
process.exitCode = broken.length === 0 ? 0 : 1;
