import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, constants, openSync } from 'node:fs';
import { fileReason, stateErrors } from 'devservices/machine';
import type { TunnelProgram } from '../contract.ts';
import { markerVariable } from './tunnel-processes.ts';

/** A tunnel's program, as it was started. */
export interface LaunchedProgram {
  /** 0 where it could not be started. */
  pid: number;
  /** Aborts as soon as it has ended, with how it ended in words. */
  ended: AbortSignal;
  /** From now on nobody waits for it. */
  release(): void;
}

export interface LaunchProgram {
  program: TunnelProgram;
  env: Readonly<Record<string, string | undefined>>;
  /** Of its processes; see `processesOf`. */
  marker: string;
  logFile: string;
}

/** Starts a program as the leader of a session of its own, which outlives this process. */
export function launchProgram(request: LaunchProgram): LaunchedProgram {
  const log = openLog(request.logFile);
  try {
    const child = start(request, log);
    return { pid: child.pid ?? 0, ended: endOf(child), release: () => child.unref() };
  } finally {
    closeSync(log);
  }
}

function start({ program, env, marker }: LaunchProgram, log: number): ChildProcess {
  const [file = '', ...args] = program.command;
  return spawn(file, args, {
    // It keeps no folder from being removed or unmounted.
    cwd: '/',
    detached: true,
    stdio: ['ignore', log, log],
    env: {
      ...env,
      // Whoever started us may be a service: with that one's mark, it would be ended with it.
      DEVSERVICES_PROCESS: undefined,
      ...program.environment,
      [markerVariable]: marker,
    },
  });
}

function endOf(child: ChildProcess): AbortSignal {
  const end = new AbortController();
  child.once('error', (error) => end.abort(`could not be started: ${fileReason(error)}`));
  child.once('exit', (code, name) =>
    end.abort(`ended ${code === null ? `by ${name}` : `with exit status ${code}`}`),
  );
  return end.signal;
}

function openLog(path: string): number {
  try {
    const { O_WRONLY, O_APPEND, O_CREAT, O_EXCL } = constants;
    return openSync(path, O_WRONLY | O_APPEND | O_CREAT | O_EXCL, 0o600);
  } catch (error) {
    throw stateErrors.create('DS_STATE_UNWRITABLE', { path, reason: fileReason(error) }, error);
  }
}
