import { spawn } from 'node:child_process';

export interface ProgramRequest {
  program: string;
  args: readonly string[];
  env: Readonly<Record<string, string | undefined>>;
  signal: AbortSignal;
  timeoutMs?: number;
}

export interface ProgramEnd {
  /** Null where it could not be started, or was killed. */
  exitCode: number | null;
  stdout: string;
  stderr: string;
}

/** Runs a program that answers a question, without a shell or input; rejects only when aborted. */
export function runProgram(request: ProgramRequest): Promise<ProgramEnd> {
  const { program, args, env, signal, timeoutMs = 5000 } = request;
  const text = { stdout: '', stderr: '' };
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, {
      env: { ...process.env, ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
      timeout: timeoutMs,
      killSignal: 'SIGKILL',
      signal,
    });
    for (const name of ['stdout', 'stderr'] as const) {
      child[name].setEncoding('utf8').on('data', (chunk: string) => (text[name] += chunk));
    }
    child.once('error', () => {
      if (signal.aborted) reject(signal.reason as Error);
      else resolve({ exitCode: null, ...text });
    });
    child.once('close', (exitCode) => resolve({ exitCode, ...text }));
  });
}
