import type { Socket } from 'node:net';
import { malformed, type Refusal } from './guard.ts';

const known: Readonly<Record<string, readonly [status: number, reason: string]>> = {
  ERR_HTTP_REQUEST_TIMEOUT: [408, 'it did not come to its end in time'],
  HPE_CHUNK_EXTENSIONS_OVERFLOW: [413, 'the notes to its chunks are too long'],
  HPE_HEADER_OVERFLOW: [431, 'its headers are too long'],
  HPE_INVALID_METHOD: [501, 'its method is not known'],
};

/**
 * What to answer to bytes that Node could not make a request of; undefined where there is nobody to
 * answer: a connection that was cut, that is not encrypted as it should be, or on which nothing was said.
 */
export function refuseBroken(
  { code = '' }: NodeJS.ErrnoException,
  socket: Socket,
): Refusal | undefined {
  if (!socket.writable || socket.bytesRead === 0) return undefined;
  const [status, reason] = known[code] ?? [400, 'it is not HTTP as it has to be'];
  return code in known || code.startsWith('HPE_') ? malformed(status, reason) : undefined;
}
