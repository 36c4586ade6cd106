/** One block of text/event-stream. */
export interface ReceivedEvent {
  /** Where the block has one. */
  id: string | undefined;
  /** Undefined where the block names none. */
  event: string | undefined;
  /** Undefined of a block that has an id alone: nothing happened, and readers go on from there. */
  data: string | undefined;
}

/** Reads text/event-stream, however it is cut into chunks. */
export interface EventParser {
  /** Every block that ended in it, in order. One that never ends is none. */
  push(chunk: string): ReceivedEvent[];
}

/** Of one connection; a byte order mark is the decoder's to take out. */
export function createEventParser(): EventParser {
  // A line that began in an earlier chunk.
  let begun = '';
  let hasCarriageReturn = false;
  let block = emptyBlock();
  return {
    push(chunk) {
      const events: ReceivedEvent[] = [];
      // CR and LF of one line's end may come apart.
      let start = hasCarriageReturn && chunk.startsWith('\n') ? 1 : 0;
      if (chunk.length > 0) hasCarriageReturn = chunk.endsWith('\r');
      const ends = /\r\n|\r|\n/g;
      ends.lastIndex = start;
      for (let end = ends.exec(chunk); end; end = ends.exec(chunk)) {
        const line = begun + chunk.slice(start, end.index);
        begun = '';
        start = ends.lastIndex;
        if (line !== '') {
          addLine(block, line);
          continue;
        }
        const { id, event, data } = block;
        if (data || id !== undefined) events.push({ id, event, data: data?.join('\n') });
        block = emptyBlock();
      }
      begun += chunk.slice(start);
      return events;
    },
  };
}

interface Block {
  id: string | undefined;
  event: string | undefined;
  data: string[] | undefined;
}

const emptyBlock = (): Block => ({ id: undefined, event: undefined, data: undefined });

function addLine(block: Block, line: string): void {
  const colon = line.indexOf(':');
  const name = colon < 0 ? line : line.slice(0, colon);
  const value = colon < 0 ? '' : line.slice(colon + 1).replace(/^ /, '');
  if (name === 'data') (block.data ??= []).push(value);
  else if (name === 'event') block.event = value === '' ? undefined : value;
  else if (name === 'id' && !value.includes('\0')) block.id = value;
}
