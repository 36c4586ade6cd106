export interface StampedLine {
  text: string;
  /** ISO time of the line's first piece. */
  at?: string;
}

/** Makes lines of one stream's pieces. */
export interface LineJoiner {
  /** `isFramed`: the engine stamped exactly this piece, also when it cut a line before it. */
  push(bytes: Buffer, isFramed: boolean): StampedLine[];
  /** What is left at the end, if the last line did not end. */
  end(): StampedLine[];
}

const longestLineBytes = 1024 * 1024;
const newline = 0x0a;

/**
 * Joins lines that were split anywhere, also within a character, and takes the engine's time stamps
 * out. A line longer than 1 MiB comes in parts.
 */
export function createLineJoiner(): LineJoiner {
  let open: Buffer[] = [];
  let openBytes = 0;
  let at: string | undefined;
  const add = (bytes: Buffer): void => {
    open.push(bytes);
    openBytes += bytes.length;
  };
  const close = (): StampedLine => {
    const whole = unstamp(Buffer.concat(open), at === undefined);
    const text = whole.bytes.toString('utf8').replace(/\r$/, '');
    const stamp = at ?? whole.at;
    open = [];
    openBytes = 0;
    at = undefined;
    return { text, ...(stamp === undefined ? {} : { at: stamp }) };
  };
  return {
    push(bytes, isFramed) {
      const piece = unstamp(bytes, isFramed);
      at ??= piece.at;
      const lines: StampedLine[] = [];
      let rest = piece.bytes;
      for (let end = rest.indexOf(newline); end >= 0; end = rest.indexOf(newline)) {
        add(rest.subarray(0, end));
        lines.push(close());
        rest = rest.subarray(end + 1);
      }
      if (rest.length > 0) add(rest);
      if (openBytes > longestLineBytes) lines.push(close());
      return lines;
    },
    end: () => (openBytes > 0 ? [close()] : []),
  };
}

const stamp = /^(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|[+-]\d\d:\d\d)) /;

function unstamp(bytes: Buffer, isStamped: boolean): { bytes: Buffer; at?: string } {
  const at = isStamped ? stamp.exec(bytes.subarray(0, 40).toString('latin1'))?.[1] : undefined;
  return at === undefined ? { bytes } : { bytes: bytes.subarray(at.length + 1), at };
}
