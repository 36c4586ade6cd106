import fc from 'fast-check';
import { expect, test } from 'vitest';
import { packLines } from '../../../../plugins/metrics/statsd/pack-lines.ts';

test('lines fill datagrams in their order', () => {
  expect(packLines(['aaa', 'bb', 'cccc', 'd'], 6)).toEqual(['aaa\nbb', 'cccc\nd']);
  expect(packLines([], 6)).toEqual([]);
});

test('one that no datagram holds is left out, and no other', () => {
  expect(packLines(['a', 'b'.repeat(7), 'c'], 6)).toEqual(['a\nc']);
});

test('no datagram is larger than it may be, none could have held the next line, and no line is lost', () => {
  const line = fc.string({ unit: 'grapheme', minLength: 1, maxLength: 12 }).filter(isOneLine);
  fc.assert(
    fc.property(fc.array(line), fc.integer({ min: 48, max: 120 }), (lines, maxBytes) => {
      const fitting = lines.filter((one) => Buffer.byteLength(one) <= maxBytes);
      const datagrams = packLines(lines, maxBytes);
      expect(datagrams.flatMap((datagram) => datagram.split('\n'))).toEqual(fitting);
      for (const [index, datagram] of datagrams.entries()) {
        expect(Buffer.byteLength(datagram)).toBeLessThanOrEqual(maxBytes);
        // Behind the last one comes nothing: a line without end stands for it.
        const [next = ' '.repeat(maxBytes)] = datagrams[index + 1]?.split('\n') ?? [];
        expect(Buffer.byteLength(`${datagram}\n${next}`)).toBeGreaterThan(maxBytes);
      }
    }),
    { seed: 7 },
  );
});

const isOneLine = (text: string): boolean => !text.includes('\n');
