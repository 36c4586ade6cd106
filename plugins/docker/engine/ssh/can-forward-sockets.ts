import { execFile } from 'node:child_process';

/** Whether this machine's ssh can join its input to a socket there; older ones wait for ever. */
export function canForwardSockets(
  env: Readonly<Record<string, string | undefined>>,
): Promise<boolean> {
  return new Promise((resolve) => {
    const options = { env: { ...process.env, ...env }, timeout: 5000 };
    execFile('ssh', ['-V'], options, (_, stdout, stderr) => {
      const [, major = 0, minor = 0] = /OpenSSH_(\d+)\.(\d+)/.exec(stdout + stderr) ?? [];
      resolve(Number(major) > 9 || (Number(major) === 9 && Number(minor) >= 4));
    });
  });
}
