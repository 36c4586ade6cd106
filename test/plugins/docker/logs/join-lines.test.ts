import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { createDemuxer } from '../../../../plugins/docker/logs/demux.ts';
import { createLineJoiner } from '../../../../plugins/docker/logs/join-lines.ts';

const at = '2026-11-22T15:44:21.929273131Z';

function frame(stream: 1 | 2, bytes: Buffer): Buffer {
  const header = Buffer.from([stream, 0, 0, 0, 0, 0, 0, 0]);
  header.writeUInt32BE(bytes.length, 4);
  return Buffer.concat([header, bytes]);
}

function read(chunks: readonly Buffer[]): string[] {
  const demux = createDemuxer();
  const joiners = { stdout: createLineJoiner(), stderr: createLineJoiner() };
  const lines: string[] = [];
  for (const { stream, bytes, isFramed } of chunks.flatMap((chunk) => demux(chunk))) {
    lines.push(...joiners[stream].push(bytes, isFramed).map(({ text }) => `${stream}: ${text}`));
  }
  for (const stream of ['stdout', 'stderr'] as const) {
    lines.push(...joiners[stream].end().map(({ text }) => `${stream}: ${text}`));
  }
  return lines;
}

function cut(bytes: Buffer, places: readonly number[]): Buffer[] {
  const ends = [...new Set(places.map((place) => place % (bytes.length + 1)))].toSorted(
    (a, b) => a - b,
  );
  return [0, ...ends].map((start, index) => bytes.subarray(start, ends[index] ?? bytes.length));
}

describe('lines of a log', () => {
  test('come out the same however the connection cuts them', () => {
    const line = fc.record({
      stream: fc.constantFrom<(1 | 2)[]>(1, 2),
      text: fc.string({ unit: 'grapheme' }).map((text) => text.replaceAll(/[\r\n]/g, '')),
    });
    fc.assert(
      fc.property(fc.array(line), fc.array(fc.nat()), (lines, places) => {
        const bytes = lines.map(({ stream, text }) =>
          frame(stream, Buffer.from(`${at} ${text}\n`)),
        );
        const whole = Buffer.concat(bytes);
        const expected = lines.map(
          ({ stream, text }) => `${stream === 1 ? 'stdout' : 'stderr'}: ${text}`,
        );
        expect(read(cut(whole, places))).toEqual(expected);
      }),
    );
  });

  test('a long line that the engine cut within a character is whole, without the second stamp', () => {
    const text = Buffer.from(`${'x'.repeat(50)}ü${'y'.repeat(50)}\n`);
    const stamp = Buffer.from(`${at} `);
    const chunks = [
      frame(1, Buffer.concat([stamp, text.subarray(0, 51)])),
      frame(1, Buffer.concat([stamp, text.subarray(51)])),
    ];
    expect(read(chunks)).toEqual([`stdout: ${'x'.repeat(50)}ü${'y'.repeat(50)}`]);
  });

  test('a terminal’s output has no frames and ends lines with \\r\\n', () => {
    const bytes = Buffer.from(`${at} one ü\r\n${at} two\r\n${at} `);
    fc.assert(
      fc.property(fc.array(fc.nat()), (places) => {
        const expected = ['stdout: one ü', 'stdout: two', 'stdout: '];
        expect(read(cut(bytes, places).filter((chunk) => chunk.length > 0))).toEqual(expected);
      }),
    );
  });

  test('keeps the time of a line, and a last line that does not end', () => {
    const joiner = createLineJoiner();
    expect(joiner.push(Buffer.from(`${at} half`), true)).toEqual([]);
    expect(joiner.end()).toEqual([{ text: 'half', at }]);
  });

  test('an endless line does not fill the memory', () => {
    const joiner = createLineJoiner();
    const mebibyte = Buffer.alloc(1024 * 1024 + 1, 'x');
    expect(joiner.push(mebibyte, true)).toHaveLength(1);
  });
});
