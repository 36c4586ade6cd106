/** A piece of output as the engine framed it. */
export interface Frame {
  stream: 'stdout' | 'stderr';
  bytes: Buffer;
  /** False for a terminal's output, which comes as it comes. */
  isFramed: boolean;
}

const headerBytes = 8;

/**
 * Takes the engine's multiplexed output apart, chunk by chunk: only whole frames come out. Output of
 * a terminal has no frames: its chunks come out as they are.
 * Source: Docker Engine API, "Attach to a container", stream format.
 */
export function createDemuxer(): (chunk: Buffer) => Frame[] {
  let rest: Buffer = Buffer.alloc(0);
  let isRaw: boolean | undefined;
  return (chunk) => {
    // A frame begins with its stream's number; no text begins with such a byte.
    isRaw ??= chunk.length > 0 ? (chunk[0] ?? 0) > 2 : undefined;
    if (isRaw) return [{ stream: 'stdout', bytes: chunk, isFramed: false }];
    const frames: Frame[] = [];
    rest = rest.length === 0 ? chunk : Buffer.concat([rest, chunk]);
    while (rest.length >= headerBytes) {
      const end = headerBytes + rest.readUInt32BE(4);
      if (rest.length < end) break;
      frames.push({
        stream: rest[0] === 2 ? 'stderr' : 'stdout',
        bytes: rest.subarray(headerBytes, end),
        isFramed: true,
      });
      rest = rest.subarray(end);
    }
    return frames;
  };
}
