/** Values on their way from those who find them to the one who reads them. */
export interface LineQueue<Value> extends AsyncIterable<Value> {
  push(value: Value): void;
  /** The reader ends with this after what waits, by throwing it if there is one. */
  end(thrown?: unknown): void;
}

export function createLineQueue<Value>(): LineQueue<Value> {
  const waiting: Value[] = [];
  let ended: { thrown?: unknown } | undefined;
  let wake = () => {};
  return {
    push(value) {
      waiting.push(value);
      wake();
    },
    end(thrown) {
      ended ??= { thrown };
      wake();
    },
    async *[Symbol.asyncIterator]() {
      for (;;) {
        while (waiting.length > 0) yield waiting.shift() as Value;
        if (ended?.thrown !== undefined) throw ended.thrown;
        if (ended) return;
        await new Promise<void>((resolve) => (wake = resolve));
      }
    },
  };
}
