/** One reader of a stream, who takes a chunk only when told to. */
export interface ChunkReader {
  /** The next chunk as a text; undefined at the end. */
  next(): Promise<string | undefined>;
  /** Everything that comes until the end. */
  rest(): Promise<string>;
  leave(): Promise<void>;
}

export function readChunks(stream: ReadableStream<Uint8Array>): ChunkReader {
  const reader = stream.getReader();
  const next = async (): Promise<string | undefined> => {
    const { done, value } = await reader.read();
    return done ? undefined : Buffer.from(value).toString();
  };
  return {
    next,
    async rest() {
      let all = '';
      for (let chunk = await next(); chunk !== undefined; chunk = await next()) all += chunk;
      return all;
    },
    leave: () => reader.cancel(),
  };
}
