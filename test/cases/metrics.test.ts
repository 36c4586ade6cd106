import { readFileSync, realpathSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { expect, onTestFinished, test } from 'vitest';
import { type Checkout, createCheckout } from '../rig/checkout.ts';
import { createUdpReceiver, type UdpReceiver } from '../rig/udp-receiver.ts';
import { packageVariable } from '../rig/use-packed.ts';
import { readStatsd } from '../plugins/metrics/statsd/read-statsd.ts';

/** A repo whose plugin counts, with tasks that count and end in every way. */
function createCounting(options: Readonly<Record<string, unknown>>): Checkout {
  const checkout = createCheckout(null);
  onTestFinished(() => checkout[Symbol.asyncDispose]());
  checkout.write({
    'devservices.config.ts': `
import { definePlugin } from 'devservices';
import { metrics } from 'devservices/plugins/metrics';
const tally = definePlugin({
  name: 'tally',
  setup(ctx) {
    ctx.expose('tally', () => ctx.metrics);
    ctx.defer(() => ctx.metrics.incr('undone'));
  },
});
export default { plugins: [metrics(${JSON.stringify(options)}), tally] };\n`,
    'tasks/count.ts': `
import { defineTask } from 'devservices';
export default defineTask(import.meta, {
  name: 'count',
  description: 'Counts, and ends in one of several ways',
  args: { how: { kind: 'positional', description: 'How it ends', required: true } },
  async run({ args, use, signal, log }) {
    const counted = await use('tally');
    for (let turn = 0; turn < 5000; turn += 1) counted.incr('mails', { tags: { queue: turn % 50 } });
    counted.gauge('open', 3);
    for (let turn = 0; turn < 100; turn += 1) counted.timing('wait', turn);
    if (args.how === 'return') return;
    if (args.how === 'exit') process.exit(7);
    const ended = new Promise((_, reject) => {
      signal.addEventListener('abort', () => reject(signal.reason));
    });
    if (args.how === 'throw') setTimeout(() => { throw new Error('nobody catches it'); }, 0);
    else log.info('it has counted');
    await ended;
  },
});\n`,
  });
  return checkout;
}

/** What the counters of that name came to. */
function totalOf(receiver: UdpReceiver, name: string): number {
  return receiver
    .lines()
    .map(readStatsd)
    .filter((line) => line.name === name && line.type === 'c')
    .reduce((sum, { value }) => sum + value, 0);
}

const hasLine = (name: string) => (lines: readonly string[]) =>
  lines.some((line) => line.startsWith(`${name}:`));

test.each([
  ['returns', 'return', 0],
  ['ends the process itself', 'exit', 7],
  ['is told to end', 'SIGTERM', 143],
  ['throws where nobody catches it', 'throw', expect.any(Number)],
])('all that a task counted that %s is sent', async (_, how, exitCode) => {
  const receiver = await createUdpReceiver();
  const checkout = createCounting({ statsd: { host: 'localhost', port: receiver.port } });
  const ran = await checkout.task('count', [how], {
    onError(text, kill) {
      if (text.includes('it has counted')) kill('SIGTERM');
    },
  });
  expect(ran.exitCode, ran.stderr).toEqual(exitCode);
  expect(ran.exitCode === 0).toBe(how === 'return');
  await receiver.until(
    (lines) => lines.filter((line) => line.startsWith('devservices.wait:')).length >= 100,
  );
  expect(totalOf(receiver, 'devservices.mails')).toBe(5000);
  expect(receiver.lines()).toContain('devservices.open:3|g');
  const waits = receiver
    .lines()
    .map(readStatsd)
    .filter(({ name }) => name === 'devservices.wait');
  expect(waits.map(({ value }) => value)).toEqual(Array.from({ length: 100 }, (__, turn) => turn));
  // Of a process that ends at once nothing is undone.
  if (how === 'exit') return;
  await receiver.until(hasLine('devservices.undone'));
  const [task] = receiver
    .lines()
    .map(readStatsd)
    .filter(({ name }) => name === 'devservices.task.ms');
  expect(task?.tags).toMatchObject({ task: 'count' });
});

test('with telemetry off no datagram is sent, whoever has turned it off', async () => {
  const receiver = await createUdpReceiver();
  const checkout = createCounting({ statsd: { port: receiver.port } });
  const off = [
    [['--no-telemetry'], {}],
    [[], { DO_NOT_TRACK: '1' }],
    [['--set=telemetry=false'], {}],
  ] as const;
  for (const how of ['return', 'exit']) {
    for (const [flags, env] of off) {
      const { exitCode, stderr } = await checkout.task('count', [how, ...flags], { env });
      expect(exitCode, stderr).toBe(how === 'exit' ? 7 : 0);
    }
  }
  // What is sent now comes after all that was sent before.
  await checkout.task('count', ['return']);
  await receiver.until(hasLine('devservices.undone'));
  expect(totalOf(receiver, 'devservices.mails')).toBe(5000);
});

test('what sends to StatsD is loaded where there is a StatsD to send to, and nowhere else', async () => {
  const receiver = await createUdpReceiver();
  const sending = await loadedBy({ statsd: { port: receiver.port } });
  const others = [
    await loadedBy({}),
    await loadedBy({ log: true }),
    await loadedBy({ statsd: { port: receiver.port } }, ['--no-telemetry']),
  ];
  const sender = sending.filter((file) => !others.flat().includes(file));
  const hasIt = (file: string) => readFileSync(file, 'utf8').includes('hot-shots');
  expect(sender.filter(hasIt)).not.toEqual([]);
  expect(others.flat().filter(hasIt)).toEqual([]);
  expect(others.flat().filter((file) => file.includes('/prom-client/'))).toEqual([]);
});

/** Files of the package, and of what it depends on, that a task loads. */
async function loadedBy(
  options: Readonly<Record<string, unknown>>,
  flags: readonly string[] = [],
): Promise<string[]> {
  const checkout = createCounting(options);
  const trace = join(checkout.outside, 'loaded');
  const hook = `
    import { appendFileSync } from 'node:fs';
    export const load = (url, context, next) => {
      appendFileSync(${JSON.stringify(trace)}, url + '\\n');
      return next(url, context);
    };`;
  const register = join(checkout.outside, 'register.mjs');
  writeFileSync(
    register,
    `import { register } from 'node:module';
register('data:text/javascript,' + encodeURIComponent(${JSON.stringify(hook)}));\n`,
  );
  const env = { NODE_OPTIONS: `--import=${pathToFileURL(register).href}` };
  const ran = await checkout.task('count', ['return', ...flags], { env });
  expect(ran.exitCode, ran.stderr).toBe(0);
  const own = process.env[packageVariable] ?? 'core';
  const urls = readFileSync(trace, 'utf8')
    .split('\n')
    .filter((url) => url.startsWith('file:'));
  return urls
    .map((url) => fileURLToPath(url))
    .filter((file) => file.startsWith(realpathSync(own)) || file.includes('/node_modules/'));
}
