import { type ChildProcess, spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { leftProcesses } from '../test/rig/left-processes.ts';
import type { PackedCheckout } from '../test/rig/packed-checkout.ts';
import { assertDone } from './assert-done.ts';
import { type Contestant, measureInTurns } from './measure.ts';
import { createRow, type Row } from './row.ts';
import { bareNode } from './start-up.ts';

const count = 50;
const concurrently = join(
  dirname(createRequire(import.meta.url).resolve('concurrently/package.json')),
  'dist/bin/concurrently.js',
);
/** Says that it runs, and then does nothing. */
const idle = 'echo up; exec sleep 100000';

/** Fifty processes that do nothing, until all of them run; and what looking after them takes. */
export async function measureProcesses(checkout: PackedCheckout, runs: number): Promise<Row[]> {
  const bin = async (...args: string[]) => assertDone(await checkout.bin(args));
  const write = (services: number) =>
    checkout.write({ 'devservices.config.ts': configOf(services) });
  write(count);
  const ours: Contestant = {
    name: `devservices up, ${count} processes from nothing`,
    run: () => bin('up'),
    finish: () => bin('down'),
  };
  const again: Contestant = {
    name: `devservices up, ${count} processes, nothing to do`,
    run: () => bin('up'),
  };
  const spawns = startsAll('spawn() in node', [process.execPath, '-e', spawnScript]);
  const peer = startsAll('concurrently', [
    process.execPath,
    concurrently,
    '--raw',
    ...Array.from({ length: count }, () => `sh -c '${idle}'`),
  ]);
  try {
    const times = await measureInTurns([bareNode, ours, spawns, peer], { runs });
    await bin('up');
    const noop = await measureInTurns([bareNode, again], { runs });
    const fifty = supervisorMemory(checkout);
    await bin('down');
    write(1);
    await bin('up');
    const one = supervisorMemory(checkout);
    const node = await memoryOfNode();
    return [
      createRow(times, { subject: ours.name, peer: spawns.name }),
      createRow(times, { subject: ours.name, peer: peer.name }),
      createRow(noop, { subject: again.name, peer: bareNode.name }),
      memoryRow('supervisor with one process', one, node),
      memoryRow(`supervisor with ${count} processes`, fifty, node),
    ];
  } finally {
    await bin('down');
  }
}

function configOf(services: number): string {
  const names = Array.from({ length: services }, (_, index) => `p${index}`);
  return `
import { defineConfig, hostProcess } from 'devservices';

const run = hostProcess({ command: '${idle}', shell: true, stopSignal: 'SIGKILL' });

export default defineConfig({ services: { ${names.map((name) => `${name}: { run }`).join(', ')} } });
`;
}

const spawnScript = `
const { spawn } = require('node:child_process');
const children = Array.from({ length: ${count} }, () =>
  spawn('/bin/sh', ['-c', '${idle}'], { stdio: ['ignore', 'inherit', 'inherit'] }));
process.on('SIGTERM', () => {
  for (const child of children) child.kill('SIGKILL');
  process.exit();
});
`;

/** Runs a program until it has said "up" as often as there are processes. */
function startsAll(name: string, [command = '', ...args]: readonly string[]): Contestant {
  let last: ChildProcess | undefined;
  const end = async () => {
    const child = last;
    last = undefined;
    if (!child || child.exitCode !== null || child.signalCode !== null) return;
    const ended = new Promise((resolve) => child.once('close', resolve));
    child.kill('SIGTERM');
    await ended;
  };
  return {
    name: `${name}, ${count} processes from nothing`,
    finish: end,
    async run() {
      const child = spawn(command, args, { stdio: ['ignore', 'pipe', 'ignore'] });
      last = child;
      let seen = 0;
      await new Promise<void>((resolve, reject) => {
        child.once('error', reject);
        child.once('close', () => reject(new Error(`${name} ended after ${seen} of ${count}`)));
        child.stdout.setEncoding('utf8').on('data', (text: string) => {
          seen += text.split('up\n').length - 1;
          if (seen >= count) resolve();
        });
      });
    },
  };
}

function memoryRow(subject: string, subjectMiB: number, peerMiB: number): Row {
  const peer = 'a node that does nothing';
  const ratio = subjectMiB / peerMiB;
  return {
    subject,
    peer,
    ratio,
    limit: null,
    subjectMs: subjectMiB,
    peerMs: peerMiB,
    runs: 1,
    unit: 'MiB',
  };
}

function supervisorMemory({ stateHome }: PackedCheckout): number {
  const supervisors = leftProcesses(stateHome).filter(({ command }) => /supervisor/.test(command));
  const [supervisor] = supervisors;
  if (!supervisor || supervisors.length > 1) {
    throw new Error(`There are ${supervisors.length} supervisors.`);
  }
  return residentMiB(supervisor.pid);
}

async function memoryOfNode(): Promise<number> {
  const child = spawn(process.execPath, ['-e', 'console.log(1); setInterval(() => {}, 1e6)']);
  try {
    await new Promise((resolve) => child.stdout.once('data', resolve));
    return residentMiB(child.pid ?? 0);
  } finally {
    child.kill('SIGKILL');
  }
}

function residentMiB(pid: number): number {
  const status = readFileSync(`/proc/${pid}/status`, 'utf8');
  return Number(/^VmRSS:\s+(\d+) kB/m.exec(status)?.[1]) / 1024;
}
