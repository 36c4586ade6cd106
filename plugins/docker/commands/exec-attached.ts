import type { Duplex } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import type { AttachedCommand } from 'devservices/runner';
import type Dockerode from 'dockerode';
import type { Engine } from '../engine/engine.ts';
import { createAttachedOutput } from './attached-output.ts';
import { commandRefusal, looksLikeRefusal, requestRefusal } from './command-refusal.ts';
import { awaitExecEnd, type ExecStatus, readExecStatus } from './exec-status.ts';
import { joinStreams } from './join-streams.ts';
import { createMark, type Mark } from './marked-processes.ts';
import { createSignaller, type Signaller } from './signal-command.ts';

/** What a shell says of a command that lost its reader: 128 + SIGPIPE. */
const unreadStatus = 141;

/**
 * Runs a command inside a container on the caller's streams and gives its exit status. Throws
 * DS_DOCKER_COMMAND_REFUSED where it cannot be run, and DS_DOCKER_COMMAND_DEAF where a signal for it
 * cannot be passed on.
 */
export async function execAttached(
  engine: Engine,
  { id, service }: { id: string; service: string },
  attached: AttachedCommand,
): Promise<number> {
  const { signal, command, user } = attached;
  signal.throwIfAborted();
  const name = command[0] ?? '';
  const mark = createMark(user);
  return engine.ask({ doing: `run ${name} inside ${service}`, signal }, async (client) => {
    const refused = { service, command: name };
    const signaller = createSignaller(client, { id, service, mark, name });
    const leave = attached.onSignal?.(signaller.send);
    try {
      const exec = await client.getContainer(id).exec(createBody(attached, mark));
      const end = await run({ exec, attached, signaller });
      if (typeof end === 'number') return end;
      throw commandRefusal(end.refusal, refused);
    } catch (thrown) {
      throw requestRefusal(thrown, refused) ?? thrown;
    } finally {
      leave?.();
      signaller.close();
    }
  });
}

async function run(running: {
  exec: Dockerode.Exec;
  attached: AttachedCommand;
  signaller: Signaller;
}): Promise<number | { refusal: string }> {
  const { exec, attached, signaller } = running;
  const { terminal, signal } = attached;
  const hasTerminal = terminal !== undefined;
  const socket: Duplex = await exec.start({
    hijack: true,
    stdin: true,
    Tty: hasTerminal,
    ...consoleSize(terminal),
  });
  const stopResizing = terminal ? followSize(exec, terminal) : () => {};
  try {
    const output = createAttachedOutput({
      ...attached,
      hasTerminal,
      isCommands: async (first) =>
        !(looksLikeRefusal(first.toString()) && isRefused(await readExecStatus(exec))),
      onPressure: (isBehind) => void (isBehind ? socket.pause() : socket.resume()),
    });
    const joined = joinStreams(socket, { ...attached, hasTerminal, output });
    const end = await Promise.race([joined, signaller.failed, whenAborted(signal)]);
    if (end === 'unread') {
      await signaller.deliver('SIGPIPE');
      return unreadStatus;
    }
    const refusal = await output.enginesWord();
    if (refusal !== undefined) return { refusal };
    return (await awaitExecEnd(exec, signal)).exitCode;
  } catch (thrown) {
    if (signal.aborted) signaller.send('SIGKILL');
    throw thrown;
  } finally {
    stopResizing();
    socket.destroy();
  }
}

function createBody(attached: AttachedCommand, mark: Mark): Dockerode.ExecCreateOptions {
  const { command, terminal, environment = {}, user, workingDir } = attached;
  return {
    Cmd: [...command],
    Env: [...Object.entries(environment).map(([name, value]) => `${name}=${value}`), mark.variable],
    AttachStdin: true,
    AttachStdout: true,
    AttachStderr: true,
    Tty: terminal !== undefined,
    ...(user === undefined ? {} : { User: user }),
    ...(workingDir === undefined ? {} : { WorkingDir: workingDir }),
    ...consoleSize(terminal),
  };
}

// Engines before API 1.42 do not know it, and are told right after the start.
const consoleSize = (
  terminal: AttachedCommand['terminal'],
): Pick<Dockerode.ExecCreateOptions, 'ConsoleSize'> =>
  terminal ? { ConsoleSize: [terminal.rows, terminal.columns] } : {};

function followSize(
  exec: Dockerode.Exec,
  terminal: NonNullable<AttachedCommand['terminal']>,
): () => void {
  const resize = async (attemptsLeft: number): Promise<void> => {
    try {
      await exec.resize({ h: terminal.rows, w: terminal.columns });
    } catch {
      // It is being started still, or is over.
      if (attemptsLeft === 0) return;
      await sleep(20);
      await resize(attemptsLeft - 1);
    }
  };
  void resize(10);
  return terminal.onResize(() => void resize(0));
}

// The engine sets these of what it could not start, before it says so; Podman of what has ended, too.
const isRefused = ({ isRunning, exitCode, pid }: ExecStatus): boolean =>
  !isRunning && pid === 0 && (exitCode === 126 || exitCode === 127);

function whenAborted(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    const stop = (): void => reject(signal.reason as Error);
    // It may have come while the command was being started.
    if (signal.aborted) stop();
    else signal.addEventListener('abort', stop, { once: true });
  });
}
