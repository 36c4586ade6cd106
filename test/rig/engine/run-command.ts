import { spawn } from 'node:child_process';

export interface CommandResult {
  exitCode: number | null;
  stdout: string;
  stderr: string;
}

/** Runs a program without a shell and resolves with what it printed; a missing program is exit code null. */
export function runCommand(
  file: string,
  args: readonly string[],
  options: { env?: NodeJS.ProcessEnv; cwd?: string } = {},
): Promise<CommandResult> {
  return new Promise((resolve) => {
    const child = spawn(file, args, { ...options, stdio: ['ignore', 'pipe', 'pipe'] });
    let stdout = '';
    let stderr = '';
    child.stdout.setEncoding('utf8').on('data', (text: string) => (stdout += text));
    child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text));
    child.once('error', (error) => resolve({ exitCode: null, stdout, stderr: error.message }));
    child.once('close', (exitCode) => resolve({ exitCode, stdout, stderr }));
  });
}

/** As `runCommand`, but throws with the last lines of stderr when the program does not exit with 0. */
export async function runOrThrow(
  file: string,
  args: readonly string[],
  options: { env?: NodeJS.ProcessEnv; cwd?: string } = {},
): Promise<string> {
  const { exitCode, stdout, stderr } = await runCommand(file, args, options);
  if (exitCode === 0) return stdout;
  const last = stderr.trim().split('\n').slice(-10).join('\n');
  throw new Error(`${file} ${args.join(' ')} ended with ${exitCode ?? 'no start'}:\n${last}`);
}
