import { execFileSync } from 'node:child_process';
import { ensureEngine } from './engine/ensure-engine.ts';
import { remoteDaemon, startBeside } from './engine/engines-beside.ts';
import type { TestImages } from './engine/test-images.ts';
import { startSshServer } from './ssh-server.ts';
import type { SshServer } from './ssh-server.ts';

/**
 * An engine as on another machine: its network and its folder for temporary files are not this one's,
 * and only ssh leads there. Shared by all tests, stays up.
 */
export interface RemoteEngine {
  /** `ssh://box`, for who has `ssh.path` as PATH. */
  readonly sshUrl: string;
  /** Past ssh, for a look at what is there: `unix:///…`. */
  readonly url: string;
  readonly socketPath: string;
  readonly images: TestImages;
  readonly ssh: SshServer;
  /** Runs a command there; returns what it prints. */
  run(command: string, args: readonly string[]): string;
  /** Ends what belongs to this test; the engine stays. */
  close(): Promise<void>;
}

/** Null where there is no private engine to have its images from. */
export async function openRemoteEngine(): Promise<RemoteEngine | null> {
  const first = await ensureEngine();
  if (!first?.own) return null;
  const url = await startBeside(remoteDaemon);
  const pid = await remoteDaemon.findPid();
  if (pid === null) throw new Error(`The engine at ${url} went away.`);
  const ssh = await startSshServer({ DOCKER_HOST: url }, { on: pid });
  return {
    sshUrl: 'ssh://box',
    url,
    socketPath: remoteDaemon.socket,
    images: first.images,
    ssh,
    run: (command, args) =>
      execFileSync('nsenter', ['--target', String(pid), '--net', '--mount', command, ...args], {
        encoding: 'utf8',
      }),
    close: () => ssh.close(),
  };
}
