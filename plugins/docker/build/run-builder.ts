import { spawn, type ChildProcess } from 'node:child_process';
import type { Readable } from 'node:stream';
import { createInterface } from 'node:readline';

export interface BuilderRun {
  path: string;
  args: readonly string[];
  env: Readonly<Record<string, string>>;
  stdin?: string | undefined;
  signal: AbortSignal;
  /** Each line of both streams, in the order in which they come. */
  onLine(line: string): void;
}

const graceMs = 1000;

/**
 * Runs the builder to its end and gives its exit status. On abort it is asked to end, with all that
 * it started, and killed where it does not within a second; then the signal's reason is thrown.
 */
export async function runBuilder(run: BuilderRun): Promise<number> {
  run.signal.throwIfAborted();
  // In a group of its own: Ctrl-C on the terminal reaches it through us, once.
  const child = spawn(run.path, run.args, {
    env: { ...run.env },
    stdio: 'pipe',
    detached: process.platform !== 'win32',
    windowsHide: true,
  });
  // A builder that ends without reading is told by its status.
  child.stdin.on('error', () => {}).end(run.stdin ?? '');
  const ended = new Promise<number>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code) => resolve(code ?? 1));
  });
  let bell: NodeJS.Timeout | undefined;
  const stop = () => {
    end(child, 'SIGINT');
    bell = setTimeout(() => end(child, 'SIGKILL'), graceMs);
  };
  run.signal.addEventListener('abort', stop, { once: true });
  const lines = [child.stdout, child.stderr].map((stream) => readLines(stream, run.onLine));
  try {
    const [exitCode] = await Promise.all([ended, ...lines]);
    run.signal.throwIfAborted();
    return exitCode;
  } finally {
    run.signal.removeEventListener('abort', stop);
    clearTimeout(bell);
  }
}

function end(child: ChildProcess, signal: NodeJS.Signals): void {
  try {
    if (child.pid === undefined || process.platform === 'win32') child.kill(signal);
    else process.kill(-child.pid, signal);
  } catch {
    // All of it is gone already.
  }
}

async function readLines(stream: Readable, onLine: (line: string) => void): Promise<void> {
  for await (const line of createInterface({ input: stream, crlfDelay: Infinity })) onLine(line);
}
