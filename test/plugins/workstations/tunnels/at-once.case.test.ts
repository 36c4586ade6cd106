import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { expect, onTestFinished, test } from 'vitest';
import { findListeners } from '../../../../core/identity/listeners.ts';
import { freePorts } from '../../../rig/free-ports.ts';
import { createTunnelRig, isRunning, relayProgram, startGreeter } from './tunnel-rig.ts';
import type { EnsureAnswer, EnsureTask } from './tunnel-worker.ts';

test('twenty processes that ask at once get one tunnel, which outlives them', async () => {
  const rig = createTunnelRig();
  const to = await startGreeter();
  const programs = [relayProgram(rig, { to })];
  const task = { folder: rig.folder, workstation: 'box', programs };
  const workers = await startWorkers(20);
  const answers = await Promise.all(workers.map((worker) => worker.ask(task)));
  expect(answers.filter((answer) => 'error' in answer)).toEqual([]);
  const opened = answers.filter((answer) => 'report' in answer);
  expect(opened.filter(({ isNew }) => isNew)).toHaveLength(1);
  expect(opened.reduce((sum, { asked }) => sum + asked, 0)).toBe(1);
  const [report] = opened.map((answer) => answer.report);
  expect(opened.map((answer) => answer.report)).toEqual(opened.map(() => report));
  await Promise.all(workers.map(({ ended }) => ended));
  expect(rig.processes()).toEqual([report?.pid]);
  expect(rig.tunnels.list().map(rig.tunnels.report)).toEqual([report]);
});

test('different workstations that want the same port get one each', async () => {
  const rig = createTunnelRig();
  const to = await startGreeter();
  const [wanted, ...others] = await freePorts(5);
  const workers = await startWorkers(4);
  const answers = await Promise.all(
    workers.map((worker, index) => {
      const ports = [wanted, others[index] ?? 0];
      const programs = ports.map((port) => relayProgram(rig, { to, port }));
      return worker.ask({ folder: rig.folder, workstation: `box-${index}`, programs });
    }),
  );
  const opened = answers.filter((answer) => 'report' in answer);
  expect(opened.map(({ isNew }) => isNew)).toEqual([true, true, true, true]);
  expect(opened.filter(({ asked }) => asked === 1)).toHaveLength(1);
  const ports = opened.map(({ report }) => report.port);
  expect(new Set(ports).size).toBe(4);
  expect(ports).toContain(wanted);
  expect(ports.every((port) => findListeners(port).length === 1)).toBe(true);
  expect(opened.map(({ report }) => report.name)).toEqual(['box-0', 'box-1', 'box-2', 'box-3']);
});

test('where the one that opens it is killed, the next opens another, and nothing is left', async () => {
  const rig = createTunnelRig();
  const [first, second] = await startWorkers(2);
  const never = { command: ['sleep', '1000'] };
  const folder = rig.folder;
  void first?.ask({ folder, workstation: 'box', programs: [never] }).catch(() => {});
  while (rig.tunnels.list().length === 0) await new Promise((resolve) => setImmediate(resolve));
  const [orphan] = rig.tunnels.list();
  const asked = second?.ask({
    folder,
    workstation: 'box',
    programs: [relayProgram(rig, { to: await startGreeter() })],
  });
  first?.child.kill('SIGKILL');
  expect(await asked).toMatchObject({ isNew: true, asked: 1 });
  expect(isRunning(orphan?.leader.pid ?? 0)).toBe(false);
  expect(rig.tunnels.list()).toHaveLength(1);
  expect(rig.processes()).toHaveLength(1);
});

interface Worker {
  child: ChildProcess;
  ended: Promise<unknown>;
  ask(task: EnsureTask): Promise<EnsureAnswer>;
}

function startWorkers(count: number): Promise<readonly Worker[]> {
  return Promise.all(Array.from({ length: count }, startWorker));
}

async function startWorker(): Promise<Worker> {
  const child = fork(fileURLToPath(new URL('tunnel-worker.ts', import.meta.url)), {
    execArgv: ['--import', 'tsx'],
  });
  onTestFinished(() => void child.kill('SIGKILL'));
  const ended = once(child, 'exit');
  await once(child, 'message');
  return {
    child,
    ended,
    async ask(task) {
      const answer = once(child, 'message');
      child.send(task);
      const gone = ended.then(() => [{ error: 'the worker ended' } satisfies EnsureAnswer]);
      const [message] = (await Promise.race([answer, gone])) as [EnsureAnswer];
      return message;
    },
  };
}
