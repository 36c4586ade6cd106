import type { Readable } from 'node:stream';
import type { ExecResult } from 'devservices/runner';
import type Dockerode from 'dockerode';
import type { Engine } from '../engine/engine.ts';
import { createDemuxer } from '../logs/demux.ts';
import { createMark, type Mark, signalMarked } from './marked-processes.ts';

const keptBytes = 16 * 1024;

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
  const mark = createMark();
  const doing = `run ${command[0] ?? 'a command'} inside ${service}`;
  try {
    return await engine.ask({ doing, signal }, async (client) => {
      const container = client.getContainer(id);
      const exec = await container.exec({
        Cmd: [...command],
        Env: [mark.variable],
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

async function killMarked(engine: Engine, id: string, mark: Mark): Promise<void> {
  try {
    await signalMarked(await engine.client(), { id, mark, signal: 'SIGKILL' });
  } catch {
    // The container is gone, and with it the process.
  }
}
