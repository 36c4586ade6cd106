import { randomBytes } from 'node:crypto';
import { finished } from 'node:stream/promises';
import type Dockerode from 'dockerode';
import { awaitExecEnd } from './exec-status.ts';

// Marks the processes of one command, children included, so that they can be signalled: the engine has
// no request for that.
const marker = 'DEVSERVICES_EXEC';

/** A mark for the environment of one command inside a container. */
export interface Mark {
  /** `NAME=value` */
  readonly variable: string;
  /** Who the command runs as: nobody else may look at its processes. */
  readonly user?: string | undefined;
}

/** Makes a mark that no other command has. */
export function createMark(user?: string): Mark {
  return { variable: `${marker}=${randomBytes(8).toString('hex')}`, user };
}

const script = `n=3; for p in /proc/[0-9]*; do
  grep -q "$1" "$p/environ" 2>/dev/null && kill -s "$2" "\${p#/proc/}" && n=0
done; exit $n`;

/**
 * Sends a signal to the processes with that mark: whether there were any, undefined where the image
 * has no sh or grep to do so. Throws what the client throws.
 */
export async function signalMarked(
  client: Dockerode,
  { id, mark, signal }: { id: string; mark: Mark; signal: string },
): Promise<boolean | undefined> {
  const exec = await client.getContainer(id).exec({
    Cmd: ['sh', '-c', script, 'sh', mark.variable, signal.replace(/^SIG/, '')],
    AttachStdout: true,
    ...(mark.user === undefined ? {} : { User: mark.user }),
  });
  const output = await exec.start({});
  await finished(output.resume(), { writable: false });
  const { exitCode } = await awaitExecEnd(exec);
  return exitCode === 0 || (exitCode === 3 ? false : undefined);
}
