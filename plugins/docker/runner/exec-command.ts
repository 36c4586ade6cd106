import { randomBytes } from 'node:crypto';
import type { Readable } from 'node:stream';
import type { ExecResult } from 'devservices/runner';
import type Dockerode from 'dockerode';
import type { Engine } from '../engine/engine.ts';
import { createDemuxer } from './demux.ts';

const keptBytes = 16 * 1024;
// Marks the processes of one attempt, children included, so that they can be ended: the engine has
// no request for that.
const marker = 'DEVSERVICES_EXEC';

/**
 * Runs a command inside a container, without a shell. When the signal aborts, it rejects at once
 * with the signal's reason, and what was started is killed meanwhile.
 */
export async function execCommand(
  engine: Engine,
  { id, service }: { id: string; service: string },
  { command, signal }: { command: readonly string[]; signal: AbortSignal },
): Promise<ExecResult> {
  signal.throwIfAborted();
  const mark = randomBytes(8).toString('hex');
  const doing = `run ${command[0] ?? 'a command'} inside ${service}`;
  try {
    return await engine.ask({ doing, signal }, async (client) => {
      const container = client.getContainer(id);
      const exec = await container.exec({
        Cmd: [...command],
        Env: [`${marker}=${mark}`],
        AttachStdout: true,
        AttachStderr: true,
        abortSignal: signal,
      });
      const output = await readOutput(exec, signal);
      const { ExitCode } = await exec.inspect({ abortSignal: signal });
      return { exitCode: ExitCode ?? 0, output };
    });
  } catch (thrown) {
    if (signal.aborted) void killMarked(engine, id, mark);
    throw thrown;
  }
}

async function readOutput(exec: Dockerode.Exec, signal: AbortSignal): Promise<string> {
  const stream: Readable = await exec.start({ abortSignal: signal });
  const demux = createDemuxer();
  let kept: Buffer = Buffer.alloc(0);
  try {
    for await (const chunk of stream as AsyncIterable<Buffer>) {
      kept = Buffer.concat([kept, ...demux(chunk).map(({ bytes }) => bytes)]);
      if (kept.length > keptBytes) kept = kept.subarray(kept.length - keptBytes);
    }
  } finally {
    stream.destroy();
  }
  // The cut may have gone through a character.
  let start = 0;
  while (kept.length === keptBytes && ((kept[start] ?? 0) & 0xc0) === 0x80) start += 1;
  return kept.subarray(start).toString('utf8');
}

// Where the image has neither sh nor grep the process stays: it ends with its container.
const killer = `for p in /proc/[0-9]*; do
  grep -q "${marker}=$1" "$p/environ" 2>/dev/null && kill -9 "\${p#/proc/}"
done`;

async function killMarked(engine: Engine, id: string, mark: string): Promise<void> {
  try {
    const client = await engine.client();
    const exec = await client.getContainer(id).exec({ Cmd: ['sh', '-c', killer, 'sh', mark] });
    await exec.start({ Detach: true });
  } catch {
    // The container is gone, and with it the process.
  }
}
