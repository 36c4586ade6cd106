import type { Readable } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import type { ExecResult } from 'devservices/runner';
import type Dockerode from 'dockerode';
import type { Engine } from '../engine/engine.ts';
import { createDemuxer } from '../logs/demux.ts';
import { createMark, type Mark, signalMarked } from './marked-processes.ts';

const keptBytes = 16 * 1024;
const killPauseMs = 50;
const requestPatienceMs = 5000;
const startPatienceMs = 10_000;
const settlePatienceMs = 1000;

interface ExecTarget {
  id: string;
  service: string;
}

/** Runs commands inside containers. */
export interface CommandRunner {
  /**
   * Runs a command without a shell. When the signal aborts, it rejects at once with the signal's
   * reason, and what was started is killed meanwhile.
   */
  run(
    target: ExecTarget,
    asked: { command: readonly string[]; signal: AbortSignal },
  ): Promise<ExecResult>;
  /** Resolves when everything that was given up is killed; soon, where the engine does not answer. */
  settled(): Promise<void>;
}

export function createCommandRunner(engine: Engine): CommandRunner {
  const kills = new Set<Promise<void>>();
  return {
    run: (target, asked) =>
      execCommand(engine, target, {
        ...asked,
        onGivenUp(exec, mark) {
          const kill = killStarted(engine, exec, { id: target.id, mark });
          kills.add(kill);
          void kill.finally(() => kills.delete(kill));
        },
      }),
    async settled() {
      const over = new AbortController();
      const waited = sleep(settlePatienceMs, undefined, { signal: over.signal }).catch(() => {});
      await Promise.race([Promise.all(kills), waited]);
      over.abort();
    },
  };
}

async function execCommand(
  engine: Engine,
  { id, service }: ExecTarget,
  {
    command,
    signal,
    onGivenUp,
  }: {
    command: readonly string[];
    signal: AbortSignal;
    onGivenUp(exec: Dockerode.Exec, mark: Mark): void;
  },
): Promise<ExecResult> {
  signal.throwIfAborted();
  const mark = createMark();
  let begun: Dockerode.Exec | undefined;
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
      begun = exec;
      const output = await readOutput(exec, signal);
      const { ExitCode } = await exec.inspect({ abortSignal: signal });
      return { exitCode: ExitCode ?? 0, output };
    });
  } catch (thrown) {
    if (signal.aborted && begun) onGivenUp(begun, mark);
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

// A busy engine may start the process long after nobody waits for it any more.
async function killStarted(
  engine: Engine,
  exec: Dockerode.Exec,
  { id, mark }: { id: string; mark: Mark },
): Promise<void> {
  const givenUpAt = performance.now();
  try {
    for (;;) {
      const isKilled = await signalMarked(await engine.client(), { id, mark, signal: 'SIGKILL' });
      const { Running, Pid } = await exec.inspect();
      // The start may not have reached the engine, and then never does.
      const patienceMs = Running ? startPatienceMs : requestPatienceMs;
      const hasEnded = !Running && Pid !== 0;
      const isOver = hasEnded || performance.now() - givenUpAt > patienceMs;
      if (isKilled === undefined || isOver) return;
      await sleep(killPauseMs);
    }
  } catch {
    // The container is gone, and with it the process.
  }
}
