import { type ChildProcess, spawn } from 'node:child_process';
import { constants } from 'node:os';
import { reasonOf } from 'devservices/machine';
import type { ExecResult } from 'devservices/runner';
import type { ProcessRecord } from '../record/process-record.ts';
import { commandBeside } from './command-beside.ts';

const keptBytes = 16 * 1024;

/**
 * Runs a command where the process runs, as it does, with its variables; what is killed with `signal` is
 * all of it. Throws DS_PROCESS_NOT_FOUND, DS_PROCESS_NOT_EXECUTABLE and DS_PROCESS_CWD_MISSING.
 */
export function execBeside(
  record: ProcessRecord,
  command: readonly string[],
  signal: AbortSignal,
): Promise<ExecResult> {
  signal.throwIfAborted();
  const { file, args, options } = commandBeside(record, command);
  return new Promise((resolve, reject) => {
    const child = spawn(file, args, {
      ...options,
      detached: true,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let kept = Buffer.alloc(0);
    const keep = (chunk: Buffer): void => {
      kept = Buffer.concat([kept, chunk]).subarray(-keptBytes);
    };
    child.stdout.on('data', keep);
    child.stderr.on('data', keep);
    const stop = (): void => {
      killGroup(child);
      reject(signal.reason as Error);
    };
    signal.addEventListener('abort', stop, { once: true });
    child.once('error', (thrown) => {
      signal.removeEventListener('abort', stop);
      resolve({ exitCode: 126, output: `${file}: ${reasonOf(thrown)}` });
    });
    child.once('close', (code, name) => {
      signal.removeEventListener('abort', stop);
      const exitCode = code ?? 128 + (name === null ? 0 : constants.signals[name]);
      resolve({ exitCode, output: wholeCharacters(kept).toString('utf8') });
    });
  });
}

function killGroup({ pid }: ChildProcess): void {
  try {
    if (pid !== undefined) process.kill(-pid, 'SIGKILL');
  } catch {
    // It ended in between.
  }
}

// What was cut off may have ended within a character.
function wholeCharacters(bytes: Buffer): Buffer {
  let start = 0;
  while (bytes.length === keptBytes && ((bytes[start] ?? 0) & 0xc0) === 0x80) start += 1;
  return bytes.subarray(start);
}
