/** One line, without its end. */
export interface FoundLine {
  /** Logical offset of its first byte. */
  offset: number;
  text: string;
}

/** Makes lines of a log's bytes, which come in order. */
export interface LineSplitter {
  push(offset: number, bytes: Buffer): Iterable<FoundLine>;
  /** The last line, if it did not end. */
  end(): Iterable<FoundLine>;
}

/** A longer line comes in pieces. */
export const longestLineBytes = 8 * 1024 * 1024;
const newline = 0x0a;

/**
 * Joins lines that were cut anywhere, also within a character. What is no UTF-8 becomes U+FFFD, a CR
 * before the end goes, all else stays.
 */
export function createLineSplitter(longest = longestLineBytes): LineSplitter {
  let open: Buffer[] = [];
  let openBytes = 0;
  let openAt = 0;
  const take = (): FoundLine => {
    const bytes = open.length === 1 ? (open[0] as Buffer) : Buffer.concat(open);
    open = [];
    openBytes = 0;
    return { offset: openAt, text: bytes.toString('utf8').replace(/\r$/, '') };
  };
  const add = (offset: number, bytes: Buffer): void => {
    if (bytes.length === 0) return;
    if (openBytes === 0) openAt = offset;
    open.push(bytes);
    openBytes += bytes.length;
  };
  /** What is too long, cut where a character ends. */
  function* cut(): Iterable<FoundLine> {
    if (openBytes <= longest) return;
    const whole = Buffer.concat(open);
    const start = openAt;
    const length = characterStart(whole, longest);
    open = [whole.subarray(0, length)];
    yield take();
    add(start + length, whole.subarray(length));
    yield* cut();
  }
  function* end(): Iterable<FoundLine> {
    yield* cut();
    if (openBytes > 0) yield take();
  }
  return {
    *push(offset, bytes) {
      // Bytes between were dropped: what came before ends here.
      if (openBytes > 0 && openAt + openBytes !== offset) yield* end();
      let from = 0;
      for (;;) {
        const at = bytes.indexOf(newline, from);
        const piece = bytes.subarray(from, at < 0 ? bytes.length : at);
        add(offset + from, piece);
        yield* cut();
        if (at < 0) return;
        if (openBytes === 0) openAt = offset + at;
        yield take();
        from = at + 1;
      }
    },
    end,
  };
}

function characterStart(bytes: Buffer, near: number): number {
  for (let back = 0; back < 4; back += 1) {
    if (((bytes[near - back] ?? 0) & 0xc0) !== 0x80) return near - back;
  }
  return near;
}
