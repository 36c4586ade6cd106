import { text } from 'node:stream/consumers';
import { PassThrough } from 'node:stream';
import { plainText } from 'devservices/machine';
import { type Engine, askEngine } from './ask-engine.ts';
import { statPath } from './container-files.ts';
import type { Account } from './account.ts';

export interface CloneRepo {
  engine: Engine;
  /** The container's. */
  id: string;
  account: Account;
  url: string;
  folder: string;
  signal: AbortSignal;
}

/** Clones a repo inside; gives why not, in git's words. What is there already is left as it is. */
export async function cloneRepo(request: CloneRepo): Promise<{ failure?: string }> {
  const { engine, id, account, url, folder, signal } = request;
  const container = engine.getContainer(id);
  if (await statPath(container, folder, signal)) return {};
  const asked = { doing: 'clone the repo in a workstation', signal };
  const exec = await askEngine(asked, () =>
    container.exec({
      Cmd: ['git', 'clone', '--quiet', '--', url, folder],
      User: account.user,
      WorkingDir: account.home,
      Env: [
        `HOME=${account.home}`,
        // Nobody is there to answer.
        'GIT_TERMINAL_PROMPT=0',
        'GIT_SSH_COMMAND=ssh -o BatchMode=yes -o StrictHostKeyChecking=accept-new',
      ],
      AttachStdout: true,
      AttachStderr: true,
      abortSignal: signal,
    }),
  );
  if (!exec) return {};
  const said = await askEngine(asked, async () => {
    const stream = await exec.start({ abortSignal: signal });
    const output = new PassThrough();
    engine.modem.demuxStream(stream, output, output);
    for (const event of ['end', 'close', 'error']) stream.once(event, () => output.end());
    const stop = () => stream.destroy();
    signal.addEventListener('abort', stop, { once: true });
    try {
      return await text(output);
    } finally {
      signal.removeEventListener('abort', stop);
    }
  });
  signal.throwIfAborted();
  const ended = await askEngine(asked, () => exec.inspect({ abortSignal: signal } as object));
  if (ended?.ExitCode === 0) return {};
  return { failure: lastLine(said ?? '') ?? `git ended with ${ended?.ExitCode ?? 'nothing'}` };
}

const lastLine = (said: string): string | undefined =>
  said
    .split('\n')
    .map((line) => plainText(line.trim()))
    .findLast((line) => line !== '');
