import type { IncomingMessage } from 'node:http';

/**
 * The whole body; undefined where there is more of it than may be, the rest of which is then let go by
 * unread. Rejects where whoever sends it breaks off.
 */
export function readBody(incoming: IncomingMessage, maxBytes: number): Promise<Buffer | undefined> {
  const chunks: Buffer[] = [];
  let size = 0;
  return new Promise((resolve, reject) => {
    const take = (chunk: Buffer): void => {
      size += chunk.length;
      if (size <= maxBytes) return void chunks.push(chunk);
      incoming.off('data', take);
      resolve(undefined);
    };
    incoming.on('data', take);
    incoming.once('end', () => resolve(Buffer.concat(chunks)));
    incoming.once('error', reject);
    incoming.once('close', () => reject(new Error('The request broke off.')));
  });
}

/** Lets what is left of a body go by, up to a limit, so that whoever sends it gets to read the answer. */
export function drain(incoming: IncomingMessage, maxBytes: number): Promise<void> {
  let size = 0;
  return new Promise((resolve) => {
    if (incoming.complete || incoming.destroyed) return resolve();
    incoming.on('data', (chunk: Buffer) => {
      size += chunk.length;
      if (size > maxBytes) resolve();
    });
    incoming.once('close', resolve).once('end', resolve).once('error', resolve).resume();
  });
}
