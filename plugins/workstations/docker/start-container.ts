import { PassThrough } from 'node:stream';
import { plainText } from 'devservices/machine';
import { TransientFailure } from '../transient-failure.ts';
import { type Container, type Engine, askEngine, statusOf } from './ask-engine.ts';
import { dockerWorkstationErrors } from './errors.ts';
import { isListening } from './read-workstation.ts';

export interface StartContainer {
  engine: Engine;
  id: string;
  /** Of the workstation. */
  name: string;
  signal: AbortSignal;
}

/**
 * Starts a workstation that does not run; its sshd listens then. Throws DS_WORKSTATION_EXITED with what it
 * said last, and TransientFailure where it is being removed.
 */
export async function startContainer(request: StartContainer): Promise<void> {
  const { engine, id, name, signal } = request;
  const container = engine.getContainer(id);
  const { State } = await inspect(container, request);
  if (State.Status === 'paused') {
    await askEngine({ doing: `wake ${name}`, signal, unless: [409] }, () => container.unpause());
  }
  if (State.Running) return;
  // Before it starts: nothing that it says is missed, and nothing of an earlier start is heard.
  const output = await listen(container, request);
  try {
    await start(container, request);
    await heard(output, request, container);
  } finally {
    output.stream.destroy();
  }
}

async function inspect(container: Container, { name, signal }: StartContainer) {
  const asked = { doing: `look at ${name}`, signal, unless: [404] };
  const found = await askEngine(asked, () => container.inspect({ abortSignal: signal }));
  if (!found) throw new TransientFailure('its container is gone', undefined);
  return found;
}

async function start(container: Container, { name, signal }: StartContainer): Promise<void> {
  try {
    await askEngine({ doing: `start ${name}`, signal, unless: [304] }, () => container.start());
  } catch (thrown) {
    if (![404, 409].includes(statusOf(thrown) ?? 0)) throw thrown;
    throw new TransientFailure('it is being removed', thrown);
  }
}

interface Output {
  stream: NodeJS.ReadableStream & { destroy(): void };
  text: PassThrough;
}

async function listen(
  container: Container,
  { engine, name, signal }: StartContainer,
): Promise<Output> {
  const options = { stream: true, stdout: true, stderr: true, abortSignal: signal };
  const stream = (await askEngine({ doing: `listen to ${name}`, signal }, () =>
    container.attach(options),
  )) as unknown as Output['stream'];
  const text = new PassThrough();
  engine.modem.demuxStream(stream, text, text);
  for (const event of ['end', 'close', 'error']) stream.once(event, () => text.end());
  return { stream, text };
}

const keptCharacters = 2000;

/** Settles once sshd listens, or the container has ended. */
async function heard(
  { text, stream }: Output,
  request: StartContainer,
  container: Container,
): Promise<void> {
  const { name, signal } = request;
  const stop = () => stream.destroy();
  signal.addEventListener('abort', stop, { once: true });
  let said = '';
  try {
    for await (const chunk of text) {
      said = (said + String(chunk)).slice(-keptCharacters);
      if (said.includes('Server listening on')) return await untilSeen(container, request);
    }
  } finally {
    signal.removeEventListener('abort', stop);
  }
  const found = await askEngine({ doing: `look at ${name}`, signal, unless: [404] }, () =>
    container.inspect({ abortSignal: signal }),
  );
  // Still there, the connection was lost only: a look tells how it goes on.
  if (!found || found.State.Running) return;
  throw dockerWorkstationErrors.create('DS_WORKSTATION_EXITED', {
    name,
    container: found.Name.replace(/^\//, ''),
    exitCode: found.State.ExitCode,
    lines: plainLines(said),
  });
}

// It says so a moment before others can see it.
async function untilSeen(container: Container, request: StartContainer): Promise<void> {
  const found = await inspect(container, request);
  for (let looks = 0; looks < 100; looks += 1) {
    if (await isListening(request.engine, found, request.signal)) return;
  }
}

const plainLines = (said: string): string[] =>
  said
    .split('\n')
    .map((line) => plainText(line.trim()))
    .filter((line) => line !== '')
    .slice(-10);
