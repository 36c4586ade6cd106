import { constants } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import type { FoundFile } from './find-file.ts';

const chunkBytes = 64 * 1024;

/** The bytes of a file as it was found; opened when somebody reads, so that nothing is left open by who does not. */
export function streamFile({ path, stats }: FoundFile): ReadableStream<Uint8Array> | null {
  const size = Number(stats.size);
  if (size === 0) return null;
  let handle: FileHandle | undefined;
  let position = 0;
  return new ReadableStream<Uint8Array>(
    {
      async pull(controller) {
        try {
          handle ??= await openSame({ path, stats });
          const chunk = new Uint8Array(Math.min(chunkBytes, size - position));
          const { bytesRead } = await handle.read(chunk, 0, chunk.length, position);
          if (bytesRead === 0) throw new Error(`${path} has become shorter.`);
          position += bytesRead;
          controller.enqueue(chunk.subarray(0, bytesRead));
          if (position < size) return;
          await handle.close();
          controller.close();
        } catch (error) {
          await handle?.close();
          throw error;
        }
      },
      cancel: () => handle?.close(),
    },
    { highWaterMark: 0 },
  );
}

/** Neither through a link that has come in between, nor waiting for the other end of a pipe. */
async function openSame({ path, stats }: FoundFile): Promise<FileHandle> {
  const handle = await open(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
  const now = await handle.stat({ bigint: true });
  if (now.dev === stats.dev && now.ino === stats.ino) return handle;
  await handle.close();
  throw new Error(`${path} is another file now.`);
}
