import { mkdtempSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Dockerode from 'dockerode';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Checkout, createCheckout } from '../rig/checkout.ts';
import { finish } from '../rig/engine/build-image.ts';
import { enginePaths } from '../rig/engine/engine-paths.ts';
import { ensureEngine } from '../rig/engine/ensure-engine.ts';
import { ensurePrivate } from '../rig/engine/places.ts';
import { startPrivateEngine, stopPrivateEngine } from '../rig/engine/private-engine.ts';

const engine = await ensureEngine();

/** Counts from 1 at each start, which it names, so that a lost or doubled line shows. */
const counter = (image: string, more: object = {}) => ({
  kind: 'container',
  image,
  command: [
    'sh',
    '-c',
    'start=$(date +%s%N); i=0; while :; do i=$((i+1)); echo "$start $i"; sleep 0.05; done',
  ],
  init: true,
  ...more,
});

function follow(checkout: Checkout, ...args: readonly string[]) {
  let out = '';
  let interrupt = () => {};
  let wake = () => {};
  const ran = checkout.task('logs', ['--follow', ...args], {
    onOutput(text, kill) {
      out += text;
      interrupt = () => kill('SIGINT');
      wake();
    },
  });
  return {
    /** Resolves when the lines so far are as they have to be. */
    async until(isEnough: (lines: string[]) => boolean): Promise<void> {
      while (!isEnough(out.split('\n').slice(0, -1))) {
        await new Promise<void>((resolve) => (wake = resolve));
      }
    },
    async end() {
      interrupt();
      return ran;
    },
  };
}

/** Numbers that each start of each service counted to, which must be one after the other. */
function countsOf(lines: readonly string[]): Map<string, number> {
  const counts = new Map<string, number>();
  for (const line of lines) {
    const [, start = '', number = ''] = /^(\S+ \| \d+) (\d+)$/.exec(line) ?? [];
    expect([start, Number(number)]).toEqual([start, (counts.get(start) ?? 0) + 1]);
    counts.set(start, Number(number));
  }
  return counts;
}

/** Whether this many starts of a service were seen, the last of them for a while. */
const sawStarts = (service: string, count: number) => (lines: string[]) => {
  const own = lines.filter((line) => line.startsWith(`${service} |`));
  const starts = new Set(own.map((line) => line.split(' ')[2]));
  return starts.size >= count && Number(own.at(-1)?.split(' ').at(-1)) >= 5;
};

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

describe.skipIf(!engine?.own)(
  'private engine, where the rig may: logs --follow while it is stopped and started',
  () => {
    if (!engine) return;
    const root = mkdtempSync(join(tmpdir(), 'ds-logs-'));
    const folders = { run: join(root, 'run'), cache: join(root, 'cache') };
    const { socket } = enginePaths(folders);
    const start = () => startPrivateEngine(folders, { iptables: false });
    let checkout: Checkout;

    beforeAll(async () => {
      ensurePrivate(root);
      await start();
      const { tools } = engine.images;
      const docker = new Dockerode({ socketPath: socket });
      const archive = await new Dockerode({ socketPath: engine.socketPath }).getImage(tools).get();
      await finish(docker, await docker.loadImage(archive, { quiet: 'true' }));
      checkout = createCheckout({ url: `unix://${socket}`, socketPath: socket });
      const services = {
        always: { run: counter(tools, { restart: 'always' }) },
        once: { run: counter(tools) },
      };
      checkout.write({ 'devservices.config.json': JSON.stringify({ services }) });
    });
    afterAll(async () => {
      await checkout?.[Symbol.asyncDispose]();
      await stopPrivateEngine(folders);
      await rm(root, { recursive: true, force: true });
    });

    test('it is said, and the logs go on: no line lost or doubled, also of what is started again by hand', async () => {
      expect((await checkout.task('up')).exitCode).toBe(0);
      const followed = follow(checkout);
      await followed.until(sawStarts('always', 1));
      await followed.until(sawStarts('once', 1));
      await stopPrivateEngine(folders);
      await start();
      await followed.until(sawStarts('always', 2));
      const { exitCode: upExitCode } = await checkout.task('up');
      expect(upExitCode).toBe(0);
      await followed.until(sawStarts('once', 2));
      const { exitCode, stdout, stderr } = await followed.end();
      expect(exitCode).toBe(130);
      expect(
        [...countsOf(stdout.split('\n').slice(0, -1)).keys()].map((key) => key.split(' ')[0]),
      ).toEqual(expect.arrayContaining(['always', 'once']));
      expect(stderr).toMatch(/went away[^]*It is back: the logs go on\./);
    });
  },
);
