import type { ServerResponse } from 'node:http';
import type { ImageProgress } from 'devservices/runner';
import { createEngine } from '../../../../plugins/docker/engine/engine.ts';
import { createEnsureImage } from '../../../../plugins/docker/images/ensure-image.ts';
import { startFakeEngine } from '../fake-engine.ts';
import type { FakeEngine, Reply } from '../fake-engine.ts';

type Policy = 'missing' | 'always' | 'never';

/** An engine whose pulls a test plays. */
export async function openRegistry(pull: (response: ServerResponse, tries: number) => void) {
  let tries = 0;
  const reply: Reply = ({ url = '' }, response) => {
    if (!url.includes('/images/create?')) return false;
    pull(response, (tries += 1));
    return true;
  };
  const peer = await startFakeEngine(reply);
  return { peer, ensure: ensureWith(peer) };
}

/** Who pulls by that engine, alone or with others. */
export function ensureWith(peer: FakeEngine, warn: (text: string) => void = () => {}) {
  const engine = createEngine({ engine: peer.url, env: {} });
  const ensureImage = createEnsureImage({
    engine,
    env: { DOCKER_CONFIG: peer.folder },
    home: peer.folder,
    retryAfterMs: 1,
    warn,
  });
  return (image: string, options: { pull?: Policy; signal?: AbortSignal } = {}) => {
    const progress: ImageProgress[] = [];
    const done = ensureImage(
      { image },
      {
        pull: options.pull ?? 'missing',
        signal: options.signal ?? new AbortController().signal,
        onProgress: (news) => progress.push(news),
      },
    );
    return { done, progress };
  };
}

export const say = (response: ServerResponse, ...lines: object[]) =>
  response.end(lines.map((line) => `${JSON.stringify(line)}\r\n`).join(''));
export const pullsOf = ({ requests }: FakeEngine) =>
  requests.filter((request) => request.includes('/images/create?'));
export const refuse = (response: ServerResponse, message: string, status = 500) =>
  response.writeHead(status).end(JSON.stringify({ message }));
