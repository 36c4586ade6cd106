import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, readFileSync, readlinkSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { SinkCounts } from '../../../../plugins/sentry/contract.ts';
import { createIngest } from '../../../rig/ingest-server.ts';
import { messagesOf } from './create-lines.ts';

const program = join(import.meta.dirname, '../../../rig/leaving-captures/main.ts');
const three = ['one', 'two', 'ünï three'];

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'devservices-hand-over-'));
});

afterEach(() => {
  for (const pid of senders()) process.kill(pid, 'SIGKILL');
  rmSync(folder, { recursive: true });
});

test('what is left is sent by a process that outlives its parent, says nothing of keys and ends by itself', async () => {
  await using relay = await createIngest({ answer: 'slow', key: 'deadbeefdeadbeef' });
  await using upstream = await createIngest({ key: 'cafebabecafebabe' });
  const { isAllSent, counts } = await leave({ upstream: upstream.dsn, relay: relay.dsn });
  expect(isAllSent).toBe(false);
  const handedOver = { captured: 3, sent: 0, handedOver: 3 };
  expect(counts).toMatchObject({ upstream: handedOver, relay: handedOver });

  // The one that hangs holds up no other.
  await upstream.waitFor(({ length }) => length === 3);
  await relay.waitFor(({ length }) => length === 1);
  const [sender, ...others] = senders();
  expect(others).toEqual([]);
  const visible = ['cmdline', 'environ'].map((name) => readFileSync(`/proc/${sender}/${name}`));
  expect(Buffer.concat(visible).toString()).not.toMatch(/deadbeef|cafebabe/);
  // Of a session of its own: no terminal ends it.
  expect(sessionOf(sender)).toBe(sender);
  expect(readdirSync(folder).filter((name) => /^devservices-[\da-f]+$/.test(name))).toEqual([]);
  process.kill(sender as number, 'SIGHUP');

  relay.answer('ok');
  relay.release();
  await relay.waitFor(({ length }) => length === 3);
  for (const ingest of [upstream, relay]) {
    expect(messagesOf(ingest)).toEqual(three.toSorted((a, b) => a.localeCompare(b)));
  }
  expect(relay.envelopes()[0]?.headers['x-sentry-auth']).toContain('sentry_key=deadbeefdeadbeef');
  await ended();
});

test('a sink that takes none is asked once, and one that never answers is given up', async () => {
  await using limited = await createIngest({ answer: { status: 429 } });
  await using silent = await createIngest({ answer: 'hang' });
  await leave({ limited: limited.dsn, silent: silent.dsn });
  await silent.waitFor(({ length }) => length === 1);
  await ended();
  expect(limited.envelopes()).toHaveLength(1);
});

test('of more than is handed over each sink has its part, and the rest is counted', async () => {
  await using upstream = await createIngest();
  await using relay = await createIngest();
  const many = Array.from({ length: 80 }, (_, index) => `message ${index}`);
  const { counts } = await leave({ upstream: upstream.dsn, relay: relay.dsn }, many);
  const half = { captured: 80, sent: 0, handedOver: 50, dropped: { deadline: 30 } };
  expect(counts).toMatchObject({ upstream: half, relay: half });
  await ended();
  expect(upstream.items('event')).toHaveLength(50);
  expect(relay.items('event')).toHaveLength(50);
});

async function leave(
  dsns: Readonly<Record<string, string>>,
  messages: readonly string[] = three,
): Promise<{ isAllSent: boolean; counts: Record<string, SinkCounts> }> {
  const child = spawn(process.execPath, ['--import', import.meta.resolve('tsx'), program], {
    env: {
      PATH: process.env['PATH'],
      HOME: process.env['HOME'],
      TMPDIR: folder,
      LEAVING: JSON.stringify({ dsns, messages }),
    },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const [said, [code]] = await Promise.all([text(child.stdout), once(child, 'exit')]);
  expect(code).toBe(0);
  expect(said).not.toMatch(/deadbeef|cafebabe/);
  return JSON.parse(said) as { isAllSent: boolean; counts: Record<string, SinkCounts> };
}

/** Those who read what was left: it is a file of this test's folder, without a name. */
function senders(): number[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .filter((name) => {
      try {
        const input = readlinkSync(`/proc/${name}/fd/0`);
        return input.startsWith(`${folder}/`) && input.endsWith(' (deleted)');
      } catch {
        return false;
      }
    })
    .map(Number);
}

function sessionOf(pid: number | undefined): number {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
  return Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[3]);
}

// Nobody's child any more: that it ended is seen in the list of processes alone.
async function ended(): Promise<void> {
  await expect.poll(senders, { timeout: 60_000 }).toEqual([]);
}
