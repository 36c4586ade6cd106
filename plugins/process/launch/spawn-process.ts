import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, constants as files, openSync } from 'node:fs';
import { constants } from 'node:os';
import { dirname } from 'node:path';
import {
  ensurePrivateFolder,
  fileReason,
  identifyProcess,
  type ProcessIdentity,
  readBootId,
  readProcessStat,
  stateErrors,
} from 'devservices/machine';
import { forgetProcessTable } from '../ending/process-table.ts';
import { processErrors } from '../errors.ts';
import type { ProcessRecord } from '../record/process-record.ts';
import { asProcess } from '../record/resolved-process.ts';
import { commandOf } from './command-of.ts';
import { explainSpawn } from './explain-spawn.ts';

export { commandOf } from './command-of.ts';

/** A process that was started, and who it is. */
export interface SpawnedProcess {
  /** It may have ended already, but not yet said so: its `exit` is still to come. */
  child: ChildProcess;
  identity: ProcessIdentity;
}

export interface SpawnRequest {
  record: ProcessRecord;
  /** Made where it is not there, 0600; everything that it writes is appended. */
  logFile: string;
  /** Commands that run to their end before. Default: the run's own. */
  before?: readonly (readonly string[])[];
  /** Ends what runs before; resolves nothing that was started already. */
  signal?: AbortSignal;
}

/**
 * Starts a service's process as the leader of a group of its own, which outlives this one.
 *
 * Throws what `commandOf` throws, DS_PROCESS_START_FAILED, DS_PROCESS_BEFORE_FAILED,
 * DS_STATE_UNWRITABLE for its log, or the signal's reason.
 */
export async function spawnProcess(request: SpawnRequest): Promise<SpawnedProcess> {
  const { record, logFile, signal } = request;
  for (const command of request.before ?? asProcess(record.target.run).before ?? []) {
    await runBefore(command, request);
  }
  signal?.throwIfAborted();
  return await spawnInto(logFile, record);
}

/** Runs one of the commands that come before; its output goes into the same log. */
export async function runBefore(
  command: readonly string[],
  { record, logFile, signal }: SpawnRequest,
): Promise<void> {
  signal?.throwIfAborted();
  const { child } = await spawnInto(logFile, record, command);
  const exitCode = await new Promise<number>((resolve) => {
    const stop = () => killGroup(child);
    signal?.addEventListener('abort', stop, { once: true });
    child.once('exit', (code, name) => {
      signal?.removeEventListener('abort', stop);
      resolve(code ?? 128 + (name === null ? 0 : constants.signals[name]));
    });
  });
  signal?.throwIfAborted();
  if (exitCode === 0) return;
  throw processErrors.create('DS_PROCESS_BEFORE_FAILED', {
    service: record.target.service,
    program: command[0] ?? '',
    exitCode,
    log: logFile,
  });
}

async function spawnInto(
  logFile: string,
  record: ProcessRecord,
  command?: readonly string[],
): Promise<SpawnedProcess> {
  const { file, args, options } = commandOf(record, command);
  const log = openLog(logFile);
  try {
    // Who reads what it writes reads the file: it writes on when we are gone.
    const child = spawn(file, args, { ...options, detached: true, stdio: ['ignore', log, log] });
    const { pid } = child;
    forgetProcessTable();
    // Nothing is awaited after a start that succeeded: its exit would be missed.
    if (pid !== undefined) return { child, identity: identityOf(pid) };
    throw await new Promise<Error>((resolve) => child.once('error', resolve));
  } catch (error) {
    throw explainSpawn(error, { service: record.target.service, file, user: options.uid });
  } finally {
    closeSync(log);
  }
}

function openLog(path: string): number {
  try {
    ensurePrivateFolder(dirname(path));
    return openSync(path, files.O_WRONLY | files.O_APPEND | files.O_CREAT, 0o600);
  } catch (error) {
    throw stateErrors.create('DS_STATE_UNWRITABLE', { path, reason: fileReason(error) }, error);
  }
}

// One that ended at once is there until its exit was asked for, but is no living process any more.
function identityOf(pid: number): ProcessIdentity {
  const stat = readProcessStat(pid);
  if (stat) return { pid, startTicks: stat.startTicks, bootId: readBootId() };
  return identifyProcess(pid) ?? { pid, startTicks: '', bootId: '' };
}

function killGroup({ pid }: ChildProcess): void {
  try {
    if (pid !== undefined) process.kill(-pid, 'SIGKILL');
  } catch {
    // It ended in between.
  }
}
