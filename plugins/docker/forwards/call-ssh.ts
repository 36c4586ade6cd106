import { spawn } from 'node:child_process';

export interface SshCall {
  args: readonly string[];
  /** Relative paths among the arguments are of this folder. */
  folder: string;
  env: Readonly<Record<string, string | undefined>>;
  /** An open file for what it says on stderr; absent: that is part of the output. */
  stderr?: number;
  timeoutMs: number;
  signal?: AbortSignal | undefined;
}

/**
 * Runs `ssh` without input and gives its exit status and output; null where it was not to be started
 * or had to be killed. Rejects only when it was ended by an abort.
 */
export function callSsh(
  call: SshCall,
): Promise<{ exitCode: number | null; output: string; isMissing: boolean }> {
  const { args, folder, env, stderr, timeoutMs, signal } = call;
  return new Promise((resolve, reject) => {
    signal?.throwIfAborted();
    // A session of its own: Ctrl-C is for us, who still have to clean up through it.
    const child = spawn('ssh', args, {
      cwd: folder,
      env: { ...process.env, ...env },
      detached: true,
      // With a file for it, what goes on in the background keeps nothing of ours open.
      stdio: stderr === undefined ? ['ignore', 'pipe', 'pipe'] : ['ignore', 'ignore', stderr],
    });
    let output = '';
    for (const stream of [child.stdout, child.stderr]) {
      stream?.setEncoding('utf8').on('data', (text: string) => (output += text));
    }
    const kill = (): void => {
      if (child.pid === undefined) return;
      try {
        process.kill(-child.pid, 'SIGKILL');
      } catch {
        // It ended in between.
      }
    };
    const timer = setTimeout(kill, timeoutMs);
    signal?.addEventListener('abort', kill, { once: true });
    const settle = (exitCode: number | null, isMissing: boolean): void => {
      clearTimeout(timer);
      signal?.removeEventListener('abort', kill);
      // What went into the background in the last moment is there all the same, and has to be noted.
      if (signal?.aborted && exitCode !== 0) reject(signal.reason as Error);
      else resolve({ exitCode, output, isMissing });
    };
    child.once('error', ({ code }: NodeJS.ErrnoException) => settle(null, code === 'ENOENT'));
    child.once('close', (exitCode) => settle(exitCode, false));
  });
}
