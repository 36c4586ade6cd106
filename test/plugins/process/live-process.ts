import { mkdirSync, mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { systemClock } from '../../../core/clock.ts';
import type { PortBinding } from '../../../core/run/runner.ts';
import { findMarked } from '../../../plugins/process/ending/marked-processes.ts';
import { pollUntil } from '../../../plugins/process/ending/poll-until.ts';
import {
  type SpawnedProcess,
  spawnProcess,
} from '../../../plugins/process/launch/spawn-process.ts';
import type { ProcessRecord } from '../../../plugins/process/record/process-record.ts';
import type { ResolvedProcess } from '../../../plugins/process/record/resolved-process.ts';
import { sampleRecord } from './record/sample-record.ts';

/** A process of a test's own, started as a service is. */
export interface LiveProcess extends SpawnedProcess {
  /** As it is remembered while it runs. */
  record: ProcessRecord;
  /** Its exit code, or the name of the signal that ended it. */
  exit: Promise<number | NodeJS.Signals>;
}

/** A folder in which a test starts processes; all of them are ended with it. */
export interface LiveFolder {
  readonly path: string;
  readonly logFile: string;
  write(file: string, text: string, mode?: number): string;
  read(file: string): string;
  /** Pids that a file lists, a line each, as soon as it has so many. */
  pids(file: string, count: number): Promise<number[]>;
  record(run: Partial<ResolvedProcess>, ports?: readonly PortBinding[]): ProcessRecord;
  start(record: ProcessRecord): Promise<LiveProcess>;
  /** What processes wrote so far. */
  log(): string;
  /** Ends a process at the end that has no marker. */
  owns(pid: number): void;
  [Symbol.dispose](): void;
}

export function createLiveFolder(name = 'folder'): LiveFolder {
  const outside = realpathSync(mkdtempSync(join(tmpdir(), 'ds-live-')));
  const path = join(outside, name);
  mkdirSync(path, { recursive: true });
  const logFile = join(outside, 'log', 'api.log');
  // Nobody else's processes have it: all of this test's are found at its end.
  const checkout = outside.slice(-6);
  const others: number[] = [];
  const read = (file: string) => readText(join(path, file));
  return {
    path,
    logFile,
    write(file, text, mode = 0o755) {
      mkdirSync(join(path, file, '..'), { recursive: true });
      writeFileSync(join(path, file), text, { mode });
      return join(path, file);
    },
    read,
    async pids(file, count) {
      await until(() => read(file).split('\n').length > count);
      return read(file).trim().split('\n').map(Number);
    },
    record(run, ports = []) {
      const base = sampleRecord({ run: { cwd: path, ...run }, ports });
      return { ...base, target: { ...base.target, project: { project: 'shop', checkout } } };
    },
    async start(record) {
      const spawned = await spawnProcess({ record, logFile });
      const exit = new Promise<number | NodeJS.Signals>((resolve) => {
        spawned.child.once('exit', (code, signal) => resolve(code ?? signal ?? -1));
      });
      const leader = spawned.identity;
      const life = { leader, hasGroup: true, startedAt: Date.now(), logOffset: 0 };
      return { ...spawned, exit, record: { ...record, life } };
    },
    log: () => readText(logFile),
    owns: (pid) => void others.push(pid),
    [Symbol.dispose]() {
      const marked = findMarked((marker) => marker.startsWith(`${checkout}/`));
      for (const pid of [...marked.map(({ identity }) => identity.pid), ...others]) kill(pid);
      rmSync(outside, { recursive: true, force: true });
    },
  };
}

/** Resolves as soon as something is true; rejects where it never is. */
export async function until(isTrue: () => boolean): Promise<void> {
  const signal = new AbortController().signal;
  const isDone = await pollUntil({ clock: systemClock, signal, forMs: 20_000 }, isTrue);
  if (!isDone) throw new Error(`never: ${String(isTrue)}`);
}

/** Whether a process has not ended. */
export function isRunning(pid: number): boolean {
  const state = /\) (\S)/.exec(readText(`/proc/${pid}/stat`))?.[1];
  return state !== undefined && state !== 'Z';
}

function readText(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}

function kill(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch {
    // It ended by itself.
  }
}
