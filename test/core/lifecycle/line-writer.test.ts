import { Writable } from 'node:stream';
import { expect, test } from 'vitest';
import { createLineWriter } from '../../../core/lifecycle/line-writer.ts';

const redact = (text: string) => text.replace('hunter2', '[redacted]');
const line = (text: string) => ({ service: 'db', stream: 'stdout' as const, text });

test('the next line waits until the last was taken, and no wait leaves a listener behind', async () => {
  const taken: string[] = [];
  let take: (() => void) | undefined;
  const stdout = new Writable({
    highWaterMark: 1,
    write(chunk: Buffer, _, done) {
      taken.push(chunk.toString());
      take = done;
    },
  });
  const write = createLineWriter({ stdout, redact, onGone: () => {} });
  const counts = new Set<number>();
  for (let count = 0; count < 20; count += 1) {
    let isDone = false;
    const written = write(line(`${count} hunter2`)).then(() => (isDone = true));
    await new Promise(setImmediate);
    expect(isDone).toBe(false);
    take?.();
    await written;
    counts.add(
      ['drain', 'error', 'close'].reduce((sum, name) => sum + stdout.listenerCount(name), 0),
    );
  }
  expect(taken).toEqual(Array.from({ length: 20 }, (_, count) => `${count} [redacted]\n`));
  expect(counts.size).toBe(1);
});

test('a reader that is gone is told once, and holds nobody up', async () => {
  let gone = 0;
  const stdout = new Writable({
    highWaterMark: 1,
    write: (_chunk, _encoding, done) => done(Object.assign(new Error('write'), { code: 'EPIPE' })),
  });
  const write = createLineWriter({ stdout, redact, onGone: () => void (gone += 1) });
  await write(line('one'));
  await write(line('two'));
  expect(gone).toBe(1);
});
