import { spawn } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import {
  identifyProcess,
  type ProcessIdentity,
} from '../../../../core/identity/process-identity.ts';
import { createFakeClock } from '../../../../core/testing/fake-clock.ts';
import { endTunnel } from '../../../../plugins/workstations/tunnels/end-tunnel.ts';
import { launchProgram } from '../../../../plugins/workstations/tunnels/launch-program.ts';
import { markerPrefixOf } from '../../../../plugins/workstations/tunnels/tunnel-processes.ts';
import type { TunnelRecord } from '../../../../plugins/workstations/tunnels/tunnel-record.ts';
import {
  createTunnelRig,
  isRunning,
  relayProgram,
  shellProgram,
  startGreeter,
  type TunnelRig,
  until,
} from './tunnel-rig.ts';

const signal = new AbortController().signal;

test.each<[whose: string, change: (of: ProcessIdentity) => Partial<ProcessIdentity>]>([
  ['another start', ({ startTicks }) => ({ startTicks: String(Number(startTicks) - 1) })],
  ['another start of the machine', () => ({ bootId: '00000000-0000-0000-0000-000000000000' })],
  ['nobody whom the system could tell', () => ({ startTicks: '', bootId: '' })],
])('a pid that is recorded with %s is not signalled', async (_, change) => {
  const rig = createTunnelRig();
  const bystander = spawn('sleep', ['1000'], { detached: true, stdio: 'ignore' });
  const pid = bystander.pid ?? 0;
  onTestFinished(() => void bystander.kill('SIGKILL'));
  const leader = identifyProcess(pid) as ProcessIdentity;
  // What it would be taken for: a tunnel whose port answers.
  const localPort = await startGreeter();
  const record = recordOf({ leader: { ...leader, ...change(leader) }, localPort });
  write(rig, record);
  await endTunnel(record, { folder: rig.folder, clock: createFakeClock() });
  expect(isRunning(pid)).toBe(true);
  expect(rig.files()).toEqual([]);
  write(rig, record);
  const to = await startGreeter();
  const program = async () => relayProgram(rig, { to });
  const { isNew, report } = await rig.tunnels.ensure(rig.request({ program }));
  expect({ isNew, isOther: report.pid !== pid }).toEqual({ isNew: true, isOther: true });
  expect(isRunning(pid)).toBe(true);
  await rig.tunnels.end([report.id], signal);
  expect(isRunning(pid)).toBe(true);
});

test('what ignores SIGTERM is killed after five seconds, with its children', async () => {
  const clock = createFakeClock();
  const rig = createTunnelRig({ clock });
  const { command } = relayProgram(rig, { to: await startGreeter() });
  const script = `trap "" TERM; echo $$ >> pids; (trap "" TERM; echo x; sleep 1000; sleep 1000) &
    echo $! >> pids; ${command.join(' ')} & echo $! >> pids; wait; wait; wait; sleep 1000`;
  const opening = rig.tunnels.ensure(
    rig.request({ program: async () => shellProgram(rig, script), timeoutMs: 1e9 }),
  );
  const { report } = await advancing(clock, opening);
  const pids = rig.read('pids').trim().split('\n').map(Number);
  expect(pids).toHaveLength(3);
  const ending = rig.tunnels.end([report.id], signal);
  await clock.advance(4900);
  const [shell = 0, child = 0] = pids;
  expect([shell, child].filter(isRunning)).toEqual([shell, child]);
  await clock.advance(200);
  await until(() => !pids.some(isRunning));
  await advancing(clock, ending);
  expect(rig.processes()).toEqual([]);
  expect(rig.files()).toEqual([]);
});

test('who gives up waiting for an end leaves it recorded, for the next to end it', async () => {
  const clock = createFakeClock();
  const rig = createTunnelRig({ clock });
  const { command } = relayProgram(rig, { to: await startGreeter() });
  const script = `trap "" TERM; ${command.join(' ')} & while :; do wait; sleep 1000; done`;
  const opening = rig.tunnels.ensure(
    rig.request({ program: async () => shellProgram(rig, script), timeoutMs: 1e9 }),
  );
  const { report } = await advancing(clock, opening);
  const abort = new AbortController();
  const ending = rig.tunnels.end([report.id], abort.signal);
  abort.abort(new Error('Ctrl-C'));
  await expect(ending).rejects.toThrow('Ctrl-C');
  expect(rig.tunnels.list().map(({ id }) => id)).toEqual([report.id]);
  const again = rig.tunnels.end([report.id], signal);
  await clock.advance(5100);
  await until(() => !isRunning(report.pid));
  await advancing(clock, again);
  expect(rig.processes()).toEqual([]);
});

test('what a crash left before it was recorded is ended by the next call', async () => {
  const rig = createTunnelRig();
  mkdirSync(rig.folder, { recursive: true });
  const target = { provider: 'docker', workstation: 'box-id', remotePort: 22 };
  const elsewhere = { ...target, workstation: 'another-id' };
  const [orphan, other] = [target, elsewhere].map((of, index) =>
    launchProgram({
      program: shellProgram(rig, 'sleep 1000 & wait'),
      env: process.env,
      marker: `${markerPrefixOf(rig.folder, of)}aaaaaaaaaaa${index}`,
      logFile: join(rig.outside, `log-${index}`),
    }),
  );
  await until(() => rig.processes().length === 4);
  const to = await startGreeter();
  const program = async () => relayProgram(rig, { to });
  await rig.tunnels.ensure(rig.request({ program }));
  expect([orphan, other].map((one) => isRunning(one?.pid ?? 0))).toEqual([false, true]);
});

test('files that are no records are left out, and left alone', async () => {
  const rig = createTunnelRig();
  const identity = identifyProcess(process.pid) as ProcessIdentity;
  const record = recordOf({ leader: identity, localPort: 1 });
  const wrong: Readonly<Record<string, unknown>> = {
    'aaaaaaaaaaaa.json': '{',
    'bbbbbbbbbbbb.json': record,
    'cccccccccccc.json': { ...record, id: 'cccccccccccc', v: 2 },
    'dddddddddddd.json': { ...record, id: 'dddddddddddd', leader: { ...identity, pid: 1 } },
    'eeeeeeeeeeee.json': { ...record, id: 'eeeeeeeeeeee', leader: { ...identity, pid: -1 } },
    'notes.json': record,
  };
  mkdirSync(rig.folder, { recursive: true });
  for (const [name, content] of Object.entries(wrong)) {
    const text = typeof content === 'string' ? content : JSON.stringify(content);
    writeFileSync(join(rig.folder, name), text);
  }
  expect(rig.tunnels.list()).toEqual([]);
  const ids = Object.keys(wrong).map((name) => name.slice(0, 12));
  expect(await rig.tunnels.end(ids, signal)).toEqual([]);
  expect(rig.files().toSorted()).toEqual(Object.keys(wrong).toSorted());
});

function recordOf(more: Pick<TunnelRecord, 'leader' | 'localPort'>): TunnelRecord {
  return {
    v: 1,
    id: '0123456789ab',
    provider: 'docker',
    workstation: 'box-id',
    name: 'box',
    remotePort: 22,
    startedAt: Date.now(),
    command: ['ssh'],
    ...more,
  };
}

function write(rig: TunnelRig, record: TunnelRecord): void {
  mkdirSync(rig.folder, { recursive: true });
  writeFileSync(join(rig.folder, `${record.id}.json`), JSON.stringify(record));
}

/** Lets a clock go on, as fast as real processes do, until some work is done. */
async function advancing<T>(
  clock: { advance(ms: number): Promise<void> },
  work: Promise<T>,
): Promise<T> {
  let isDone = false;
  const settled = Promise.allSettled([work]).then(() => (isDone = true));
  await until(() => {
    void clock.advance(20);
    return isDone;
  });
  await settled;
  return work;
}
