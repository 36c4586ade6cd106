import { describe, expect, it } from 'vitest';
import { createLineQueue } from '../../../core/lifecycle/line-queue.ts';

describe('lines on their way', () => {
  it('make whoever finds them wait while much of them waits', async () => {
    const queue = createLineQueue<number>();
    let found = 0;
    const finding = (async () => {
      for (; found < 5000; found++) await queue.push(found);
      queue.end();
    })();
    await new Promise((resolve) => setImmediate(resolve));
    expect(found).toBeLessThan(1001);
    const read: number[] = [];
    for await (const one of queue) read.push(one);
    await finding;
    expect(read).toEqual(Array.from({ length: 5000 }, (_, index) => index));
  });

  it('let go whoever waits when they end', async () => {
    const queue = createLineQueue<number>();
    let room: Promise<void> | undefined;
    while (!room) room = queue.push(1);
    queue.end();
    await room;
    expect(queue.push(2)).toBeUndefined();
  });
});
