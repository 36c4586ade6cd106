import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import {
  acquireLock,
  type Clock,
  identifyProcess,
  isAlive,
  loadStateFile,
  parseObject,
  type ProcessIdentity,
  replaceStateFile,
} from 'devservices/machine';
import { apiErrors } from '../errors.ts';

/** What is known of a checkout's server; its token is in no file. */
export interface ServeRecord extends ProcessIdentity {
  url: string;
  /** Milliseconds since the epoch. */
  since: number;
}

/**
 * Opens the one server that a checkout has, and writes down where it is until `forget` is called or the
 * process exits. What was written by a process that is gone counts for nothing.
 *
 * Throws DS_API_SERVED_ALREADY, and whatever `open` throws.
 */
export async function openAlone<Server extends { url: string; close(): Promise<void> }>({
  folder,
  clock,
  signal,
  open,
}: {
  /** The checkout's own. */
  folder: string;
  clock: Clock;
  signal?: AbortSignal | undefined;
  open(): Promise<Server>;
}): Promise<{ server: Server; forget(): void }> {
  const path = join(folder, 'serve.json');
  // Two at once would both find nobody.
  const lock = await acquireLock({
    path: join(folder, 'serve.lock'),
    task: 'serve',
    clock,
    signal,
  });
  try {
    const other = readRecord(path);
    if (other && isAlive(other, other.since)) {
      throw apiErrors.create('DS_API_SERVED_ALREADY', { url: other.url, pid: other.pid });
    }
    const server = await open();
    try {
      return { server, forget: writeRecord(path, { url: server.url, since: clock.now() }) };
    } catch (thrown) {
      await server.close();
      throw thrown;
    }
  } finally {
    lock.release();
  }
}

function readRecord(path: string): ServeRecord | undefined {
  const found = parseObject(loadStateFile(path) ?? '');
  if (typeof found?.['pid'] !== 'number' || typeof found['since'] !== 'number') return undefined;
  const { pid, since, startTicks, bootId, url } = found;
  return {
    pid,
    since,
    startTicks: String(startTicks),
    bootId: String(bootId),
    url: String(url),
  };
}

function writeRecord(path: string, place: Pick<ServeRecord, 'url' | 'since'>): () => void {
  const self = identifyProcess(process.pid) ?? { pid: process.pid, startTicks: '', bootId: '' };
  const text = JSON.stringify({ ...self, ...place });
  replaceStateFile(path, text);
  const forget = (): void => {
    process.removeListener('exit', forget);
    try {
      // After a reset of the checkout, another's may be there.
      if (readFileSync(path, 'utf8') === text) rmSync(path);
    } catch {
      // It is gone, with the checkout's folder.
    }
  };
  process.once('exit', forget);
  return forget;
}
