import { leaveToProcess } from '../leave-to-process.ts';
import { mostBytes, mostEntries } from './sink-queue.ts';
import type { Unsent } from './unsent.ts';

/**
 * Starts a process of its own that sends them, each once, and ends after 10 s at the latest. Takes the first
 * 100, of 2 MiB together; returns how many, 0 where no process could be started.
 */
export function handOverToProcess(unsent: readonly Unsent[]): number {
  const taken = fitting(unsent);
  if (taken.length === 0) return 0;
  return leaveToProcess('send-later', JSON.stringify(taken.map(asText))) ? taken.length : 0;
}

function fitting(unsent: readonly Unsent[]): readonly Unsent[] {
  let bytes = 0;
  const tooMuch = unsent.findIndex(({ body }, index) => {
    bytes += Buffer.byteLength(body);
    return index >= mostEntries || bytes > mostBytes;
  });
  return tooMuch === -1 ? unsent : unsent.slice(0, tooMuch);
}

function asText({ url, headers, body }: Unsent): unknown {
  return { url, headers, body: Buffer.from(body as string).toString('base64') };
}
