import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { createIngest, type Ingest } from '../rig/ingest-server.ts';
import { createStatsd, type Statsd } from '../rig/statsd-server.ts';
import { createTelemetryCheckout, type TelemetryCheckout } from '../rig/telemetry-checkout.ts';

const services = `{ web: { run: hostProcess({ command: ['sleep', '1000'] }) } }`;

test('with nobody named nothing is sent, and the SDK is not imported', async () => {
  const checkout = openCheckout();
  checkout.configure({ sentry: '', metrics: '', services });
  expect(await checkout.task('up', ['--json'])).toMatchObject({ exitCode: 0, stderr: '' });
  expect(checkout.hasImportedSdk()).toBe(false);
  // That would have been seen.
  const ingest = await openIngest();
  checkout.configure({ sentry: `{ dsn: '${ingest.dsn}' }`, services });
  await checkout.task('up');
  await ingest.waitFor(() => namesOf(ingest).length > 0);
  expect(checkout.hasImportedSdk()).toBe(true);
});

test.each<[how: string, { args?: string[]; env?: Record<string, string>; fields?: string }]>([
  ['--no-telemetry', { args: ['--no-telemetry'] }],
  ['DO_NOT_TRACK=1', { env: { DO_NOT_TRACK: '1' } }],
  ['telemetry: false', { fields: 'telemetry: false,' }],
])('with %s nobody is sent anything', async (_, { args = [], env = {}, fields = '' }) => {
  const checkout = openCheckout();
  const ingest = await openIngest();
  const statsd = await openStatsd();
  const parts = {
    sentry: `{ dsn: '${ingest.dsn}', sinks: { relay: '${ingest.dsn}' } }`,
    metrics: `{ statsd: { port: ${statsd.port} } }`,
    services,
  };
  checkout.configure({ ...parts, fields });
  const off = await checkout.task('up', ['--json', ...args], { env });
  expect(off).toMatchObject({ exitCode: 0, stderr: '' });
  expect(checkout.hasImportedSdk()).toBe(false);

  // The next one, without, is the first to be heard of.
  checkout.configure(parts);
  expect(await checkout.task('up', ['--json'])).toMatchObject({ exitCode: 0 });
  await ingest.waitFor(() => namesOf(ingest).length >= 2);
  await statsd.waitFor(() => statsd.lines().some((line) => line.includes('task:up')));
  expect(namesOf(ingest)).toEqual(['devservices up', 'devservices up']);
  const started = statsd.lines().filter((line) => line.startsWith('devservices.services.started'));
  expect(started).toEqual([]);
});

test('a trace has the name of the task that was called, whatever that does', async () => {
  const checkout = openCheckout();
  const ingest = await openIngest();
  checkout.configure({ sentry: `{ dsn: '${ingest.dsn}' }`, services });
  for (const args of [['--', 'true'], ['--yes']]) {
    const task = args[0] === '--' ? 'run' : 'reset';
    expect(await checkout.task(task, args)).toMatchObject({ exitCode: 0 });
  }
  await ingest.waitFor(() => namesOf(ingest).length === 2);
  expect(namesOf(ingest).toSorted()).toEqual(['devservices reset', 'devservices run']);
});

test('without the SDK there is one warning, which says how to have it, and all else goes on', async () => {
  const checkout = openCheckout();
  const ingest = await openIngest();
  rmSync(join(checkout.outside, 'node_modules/@sentry'), { recursive: true });
  checkout.configure({ sentry: `{ dsn: '${ingest.dsn}' }`, services });
  const up = await checkout.task('up');
  expect(up.exitCode).toBe(0);
  expect((up.stdout + up.stderr).match(/npm install --save-dev @sentry\/core/g)).toHaveLength(1);
  expect(ingest.envelopes()).toEqual([]);
});

test('what tasks do is counted, and arrives at a StatsD at the end of each', async () => {
  const checkout = openCheckout();
  const statsd = await openStatsd();
  checkout.configure({
    metrics: `{ statsd: { port: ${statsd.port} }, tags: { team: 'shop' } }`,
    services,
  });
  expect(await checkout.task('up', ['--json'])).toMatchObject({ exitCode: 0, stderr: '' });
  await statsd.waitFor(() => statsd.lines().some((line) => line.includes('task:up')));
  const lines = statsd.lines();
  for (const one of [
    /^devservices\.services\.started:1\|c\|#.*service:web/,
    /^devservices\.service\.time_to_ready:[\d.]+\|ms\|#.*service:web/,
    /^devservices\.phase\.ms:[\d.]+\|ms\|#.*phase:start/,
    /^devservices\.task\.ms:[\d.]+\|ms\|#.*task:up/,
  ]) {
    const found = lines.filter((line) => one.test(line));
    expect(found, String(one)).toHaveLength(1);
    expect(found[0]).toContain('team:shop');
  }
});

function openCheckout(): TelemetryCheckout {
  const checkout = createTelemetryCheckout();
  onTestFinished(() => checkout[Symbol.asyncDispose]());
  return checkout;
}

async function openIngest(): Promise<Ingest> {
  const ingest = await createIngest();
  onTestFinished(() => ingest.close());
  return ingest;
}

const namesOf = (ingest: Ingest): string[] =>
  ingest.items('transaction').map((item) => (item as { transaction: string }).transaction);

async function openStatsd(): Promise<Statsd> {
  const statsd = await createStatsd();
  onTestFinished(() => statsd.close());
  return statsd;
}
