import { spawn } from 'node:child_process';
import type { ChildProcessWithoutNullStreams } from 'node:child_process';
import { Duplex } from 'node:stream';

const keptCharacters = 4096;
/** How long what ssh said last may still be on its way when it has ended. */
const lastWordsMs = 200;

/** Why an ssh ended, in its own words. */
export interface SshFailure extends Error {
  code: 'ESSH';
  /** Of ssh, or of the command on the other side; null where it was not started or was killed. */
  exitCode: number | null;
}

/**
 * One `ssh` as a connection: what is written goes to its input, what is read is its output. Destroying
 * the stream ends it; an ssh that fails destroys the stream with an SshFailure.
 */
export function openSsh(
  args: readonly string[],
  env: Readonly<Record<string, string | undefined>>,
): Duplex {
  // A session of its own: Ctrl-C is for us, who still have to ask the engine to clean up.
  const child = spawn('ssh', args, { env: { ...process.env, ...env }, detached: true });
  let said = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    said = (said + text).slice(-keptCharacters);
  });
  const stream = new Duplex({
    read: () => void child.stdout.resume(),
    write(chunk: Buffer, _, done) {
      // A failure to write is told by how ssh ends, which knows why.
      child.stdin.write(chunk, () => done());
    },
    final: (done) => void child.stdin.end(() => done()),
    destroy(error, done) {
      end(child);
      done(error);
    },
  });
  child.stdin.on('error', () => {});
  child.stdout.on('data', (chunk: Buffer) => {
    if (!stream.push(chunk)) child.stdout.pause();
  });
  const isSaid = Promise.all([closed(child.stdout), closed(child.stderr)]);
  child.once('error', (thrown: NodeJS.ErrnoException) => {
    const missing = 'there is no `ssh` on the PATH';
    stream.destroy(failure(thrown.code === 'ENOENT' ? missing : thrown.message, null));
  });
  child.once('exit', (exitCode) => {
    void (async () => {
      await Promise.race([isSaid, pause(lastWordsMs)]);
      if (exitCode === 0) stream.push(null);
      else stream.destroy(failure(lastWords(said) || `ssh ended with ${exitCode}`, exitCode));
    })();
  });
  return asSocket(stream, child);
}

export function isSshFailure(thrown: unknown): thrown is SshFailure {
  return thrown instanceof Error && (thrown as Partial<SshFailure>).code === 'ESSH';
}

function failure(reason: string, exitCode: number | null): SshFailure {
  return Object.assign(new Error(reason), { code: 'ESSH' as const, exitCode });
}

/** Why an ssh ended, of all that it said: a banner of the other side, or a frame of @, stands above. */
export function lastWords(said: string): string {
  const lines = said.split(/\r?\n/).map((line) => line.trim());
  return lines
    .filter((line) => line !== '' && !/^(@|Warning: Permanently added)/.test(line))
    .slice(-2)
    .join(' ')
    .replaceAll(/\p{Cc}/gu, '')
    .replace(/\.$/, '');
}

function end(child: ChildProcessWithoutNullStreams): void {
  if (child.pid === undefined || child.exitCode !== null || child.signalCode !== null) return;
  try {
    // With the proxies that it started.
    process.kill(-child.pid, 'SIGTERM');
  } catch {
    // It ended in between.
  }
}

// What an HTTP agent asks of a connection besides being a stream.
function asSocket(stream: Duplex, child: ChildProcessWithoutNullStreams): Duplex {
  const parts = [child, child.stdin, child.stdout, child.stderr] as unknown as {
    ref(): void;
    unref(): void;
  }[];
  const same = () => stream;
  return Object.assign(stream, {
    setKeepAlive: same,
    setNoDelay: same,
    setTimeout: same,
    ref() {
      for (const part of parts) part.ref();
      return stream;
    },
    unref() {
      for (const part of parts) part.unref();
      return stream;
    },
  });
}

const closed = (stream: NodeJS.ReadableStream): Promise<void> =>
  new Promise((resolve) => stream.once('close', resolve));

const pause = (ms: number): Promise<void> => new Promise((resolve) => void setTimeout(resolve, ms));
