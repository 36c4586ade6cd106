import type { Writable } from 'node:stream';
import type { CommandShell } from 'devservices/runner';

export interface GcloudOutput {
  exitCode: number | null;
  signal: NodeJS.Signals | null;
  stdout: string;
  stderr: string;
}

export interface GcloudRun {
  /** Rejects only where it could not be started, the signal having aborted among it. */
  ended: Promise<GcloudOutput>;
  /** Copies there what it says meanwhile. */
  follow(stderr: Writable): void;
}

/**
 * gcloud in a group of its own, ended with it by the signal. What services export is not for it: an
 * emulator's CLOUDSDK_* would lead it astray. Nothing can be typed into it, whatever it asks.
 */
export function spawnGcloud(
  $: CommandShell,
  words: readonly string[],
  signal: AbortSignal,
): GcloudRun {
  const run = $({ exports: false, nothrow: true, quiet: true, input: '\n', signal });
  const started = run`gcloud --format=json --quiet ${words}`;
  return {
    ended: started.then((output) => output),
    follow: (stderr) => void started.pipe.stderr(stderr),
  };
}
