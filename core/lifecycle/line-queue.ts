/** Values on their way from those who find them to the one who reads them. */
export interface LineQueue<Value> extends AsyncIterable<Value> {
  /** A promise where much waits already: it resolves when the reader has caught up. */
  push(value: Value): Promise<void> | undefined;
  /** The reader ends with this after what waits, by throwing it if there is one. */
  end(thrown?: unknown): void;
}

// Who reads slowly makes those who find them wait, and not all of it wait in memory.
const mostWaiting = 1000;

export function createLineQueue<Value>(): LineQueue<Value> {
  const waiting: Value[] = [];
  let ended: { thrown?: unknown } | undefined;
  let wake = () => {};
  let onRoom = () => {};
  let room: Promise<void> | undefined;
  const makeRoom = (): void => {
    onRoom();
    room = undefined;
  };
  return {
    push(value) {
      if (ended) return undefined;
      waiting.push(value);
      wake();
      if (waiting.length < mostWaiting) return undefined;
      return (room ??= new Promise((resolve) => (onRoom = resolve)));
    },
    end(thrown) {
      ended ??= { thrown };
      makeRoom();
      wake();
    },
    async *[Symbol.asyncIterator]() {
      for (;;) {
        while (waiting.length > 0) {
          const next = waiting.shift() as Value;
          if (waiting.length === 0) makeRoom();
          yield next;
        }
        if (ended?.thrown !== undefined) throw ended.thrown;
        if (ended) return;
        await new Promise<void>((resolve) => (wake = resolve));
      }
    },
  };
}
