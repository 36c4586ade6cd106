import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { createLineSplitter } from '../../../../plugins/process/logs/split-lines.ts';

/** The lines of bytes that come in pieces of these sizes, one after the other. */
function split(bytes: Buffer, sizes: readonly number[], longest?: number) {
  const splitter = createLineSplitter(longest);
  const lines = [];
  for (let at = 0, turn = 0; at < bytes.length; turn += 1) {
    const size = sizes[turn % sizes.length] ?? 1;
    lines.push(...splitter.push(at, bytes.subarray(at, at + size)));
    at += size;
  }
  return [...lines, ...splitter.end()];
}

describe('lines of bytes', () => {
  test('are the same however the bytes were cut', () => {
    const piece = fc.constantFrom('a', '\n', '\r\n', 'é', '😀', 'xyz', '\r', '\u001b[1m');
    fc.assert(
      fc.property(
        fc.array(piece).map((parts) => parts.join('')),
        fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 1 }),
        (text, sizes) => {
          const lines = text.split('\n');
          if (lines.at(-1) === '') lines.pop();
          const found = split(Buffer.from(text), sizes);
          expect(found.map((line) => line.text)).toEqual(
            lines.map((line) => line.replace(/\r$/, '')),
          );
          let offset = 0;
          for (const [index, line] of lines.entries()) {
            expect(found[index]?.offset).toBe(offset);
            offset += Buffer.byteLength(line) + 1;
          }
        },
      ),
      { seed: 11, numRuns: 300 },
    );
  });

  test('that are too long come in pieces of whole characters', () => {
    const text = 'ö€😀'.repeat(50);
    const bytes = Buffer.from(`${text}\nshort\n`);
    for (const sizes of [[1], [7], [64], [1000]]) {
      const lines = split(bytes, sizes, 64);
      const pieces = lines.slice(0, -1);
      expect(pieces.map((line) => line.text).join('')).toBe(text);
      expect(pieces.every((line) => Buffer.byteLength(line.text) <= 64)).toBe(true);
      expect(pieces.length).toBe(Math.ceil(Buffer.byteLength(text) / 63));
      expect(lines.at(-1)).toEqual({ offset: bytes.length - 6, text: 'short' });
    }
  });

  test('of 1 MB are whole', () => {
    const line = 'x'.repeat(1_000_000);
    const lines = split(Buffer.from(`a\n${line}\nb\n`), [65_536]);
    expect(lines.map(({ text }) => text.length)).toEqual([1, 1_000_000, 1]);
  });

  test('end where bytes after them are missing', () => {
    const splitter = createLineSplitter();
    expect([...splitter.push(0, Buffer.from('a\nb'))]).toEqual([{ offset: 0, text: 'a' }]);
    expect([...splitter.push(100, Buffer.from('c\n'))]).toEqual([
      { offset: 2, text: 'b' },
      { offset: 100, text: 'c' },
    ]);
  });
});
