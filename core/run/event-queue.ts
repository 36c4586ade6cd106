/** Events that wait for whoever reads them; nothing is lost while nobody does. */
export interface EventQueue<Event> extends AsyncIterable<Event> {
  push(event: Event): void;
  /** No more events: the reader ends after those that wait. */
  end(): void;
}

/** `onLeave` runs when the reader stops reading before the end. For one reader. */
export function createEventQueue<Event>(onLeave: () => void): EventQueue<Event> {
  const waiting: Event[] = [];
  let isEnded = false;
  let wake = () => {};
  async function* read(): AsyncGenerator<Event> {
    try {
      for (;;) {
        const next = waiting.shift();
        if (next !== undefined) yield next;
        else if (isEnded) return;
        else await new Promise<void>((resolve) => (wake = resolve));
      }
    } finally {
      onLeave();
    }
  }
  return {
    push(event) {
      waiting.push(event);
      wake();
    },
    end() {
      isEnded = true;
      wake();
    },
    [Symbol.asyncIterator]: read,
  };
}
