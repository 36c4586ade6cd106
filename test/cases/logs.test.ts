import { afterAll, describe, expect, test } from 'vitest';
import { createCheckout } from '../rig/checkout.ts';
import { ensureEngine } from '../rig/engine/ensure-engine.ts';
import { countsOf, counter, follow, sawStarts } from '../rig/followed-logs.ts';

const engine = await ensureEngine();

describe.skipIf(engine === null)('logs', () => {
  if (!engine) return;
  const checkout = createCheckout(engine);
  const { docker } = checkout;
  const { tools } = engine.images;
  const services = { db: { run: counter(tools) }, api: { run: counter(tools) } };
  checkout.write({ 'devservices.config.json': JSON.stringify({ services }) });
  afterAll(() => checkout[Symbol.asyncDispose]());
  const removeDb = async () => {
    const { db = '' } = await checkout.containers();
    await docker.getContainer(db).remove({ force: true });
  };

  test('--follow goes on over up --recreate, docker restart, docker rm -f and up: no line lost or doubled', async () => {
    expect((await checkout.task('up', ['db'])).exitCode).toBe(0);
    const followed = follow(checkout);
    await followed.until(sawStarts('db', 1));
    await checkout.task('up', ['db', '--recreate']);
    await followed.until(sawStarts('db', 2));
    const { db = '' } = await checkout.containers();
    await docker.getContainer(db).restart({ t: 0 });
    await followed.until(sawStarts('db', 3));
    await removeDb();
    await checkout.task('up');
    await followed.until(sawStarts('db', 4));
    await followed.until(sawStarts('api', 1));
    const { exitCode, stdout, stderr } = await followed.end();
    expect(exitCode).toBe(130);
    const starts = [...countsOf(stdout.split('\n').slice(0, -1)).keys()];
    expect(starts.filter((start) => start.startsWith('db'))).toHaveLength(4);
    expect(stderr).toContain('db ended with exit code');
  });

  test('--follow of one service shows only that, --tail and --timestamps as asked', async () => {
    const followed = follow(checkout, 'db', '--tail', '0', '--timestamps');
    await followed.until((lines) => lines.length >= 3);
    const { stdout } = await followed.end();
    for (const line of stdout.split('\n').slice(0, -1)) {
      expect(line).toMatch(/^db \| \d{4}-\d\d-\d\dT[\d:.]+Z \d+ \d+$/);
    }
    const [first = ''] = stdout.split('\n');
    expect(Number(first.split(' ').at(-1))).toBeGreaterThan(1);
  });

  test('two projects side by side: neither shows the other', async () => {
    const other = createCheckout(engine);
    const alone = { other: { run: counter(tools) } };
    other.write({ 'devservices.config.json': JSON.stringify({ services: alone }) });
    await other.task('up');
    const followed = follow(other);
    await followed.until((lines) => lines.length >= 5);
    await checkout.task('restart', ['db']);
    await followed.until((lines) => lines.length >= 20);
    const { stdout } = await followed.end();
    const names = stdout.split('\n').flatMap((line) => line.split(' |')[0] || []);
    expect([...new Set(names)]).toEqual(['other']);
    await other[Symbol.asyncDispose]();
  });
});
