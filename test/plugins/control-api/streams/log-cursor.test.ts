import type { LogLine } from 'devservices/runner';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createLogCursor } from '../../../../plugins/control-api/streams/log-cursor.ts';

const startMs = Date.UTC(2026, 0, 1);

/** Nanoseconds behind that time, as engines write it. */
const timeOf = (nanos: number): string =>
  `${new Date(startMs + Math.floor(nanos / 1e6)).toISOString().slice(0, 20)}${String(nanos % 1e9).padStart(9, '0')}Z`;

const line = fc.record({
  service: fc.constantFrom('db', 'web'),
  stream: fc.constantFrom('stdout' as const, 'stderr' as const),
  // Several of one moment, some of one millisecond, some later.
  pauseNanos: fc.constantFrom(0, 0, 1, 500_000, 3_000_000, 2_000_000_000),
});

/** A log of several services by time. */
const log = fc.array(line, { maxLength: 40 }).map((lines) => {
  let nanos = 0;
  return lines.map(({ service, stream, pauseNanos }, index): LogLine => {
    nanos += pauseNanos;
    return { service, stream, text: `line ${index % 3}`, at: timeOf(nanos) };
  });
});

const since = (lines: readonly LogLine[], sinceMs = 0): LogLine[] =>
  lines.filter(({ at = '' }) => Date.parse(at) >= sinceMs);

describe('a cursor of logs', () => {
  it('goes on after any cut without gap or repeat', () => {
    fc.assert(
      fc.property(log, fc.array(fc.nat(40), { maxLength: 5 }), (lines, cuts) => {
        const seen: LogLine[] = [];
        let id: string | undefined;
        for (const count of [...cuts, Infinity]) {
          const cursor = createLogCursor({ id, isTail: false, nowMs: startMs });
          let left = count;
          for (const one of since(lines, cursor.sinceMs)) {
            if (left <= 0) break;
            if (!cursor.take(one)) continue;
            seen.push(one);
            left -= 1;
          }
          id = cursor.encode();
        }
        expect(seen).toEqual(lines);
      }),
      { seed: 21, numRuns: 500 },
    );
  });

  it('goes on after last lines alone were asked for, also where those begin within a moment', () => {
    const lines = Array.from({ length: 10 }, (_, index): LogLine => ({
      service: 'db',
      stream: 'stdout',
      text: `${index}`,
      at: timeOf(0),
    }));
    const first = createLogCursor({ isTail: true, nowMs: startMs + 1000 });
    for (const one of lines.slice(-3)) expect(first.take(one)).toBe(true);
    const next = createLogCursor({ id: first.encode(), isTail: true, nowMs: startMs + 9000 });
    const later = { service: 'db', stream: 'stdout' as const, text: 'later', at: timeOf(1) };
    const other = { service: 'web', stream: 'stdout' as const, text: 'its first', at: timeOf(2) };
    const read = since([...lines, later, other], next.sinceMs).filter((one) => next.take(one));
    expect(read.map(({ text }) => text)).toEqual(['later', 'its first']);
  });

  it('gives what is written from then on where no last line was asked for', () => {
    const first = createLogCursor({ isTail: true, nowMs: startMs + 1000 });
    const next = createLogCursor({ id: first.encode(), isTail: true, nowMs: startMs + 9000 });
    expect(next.sinceMs).toBe(startMs + 1000);
    const takes = (nanos: number) =>
      next.take({ service: 'db', stream: 'stdout', text: 'x', at: timeOf(nanos) });
    expect([takes(999_999_999), takes(1_000_000_000)]).toEqual([false, true]);
  });

  it('gives a line without a time again rather than not at all', () => {
    const first = createLogCursor({ isTail: false, nowMs: startMs });
    const untimed = { service: 'db', stream: 'stdout' as const, text: 'x' };
    expect(first.take(untimed)).toBe(true);
    const next = createLogCursor({ id: first.encode(), isTail: false, nowMs: startMs });
    expect(next.take(untimed)).toBe(true);
  });

  it('refuses what is none of its ids', () => {
    const encoded = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');
    const good = createLogCursor({ isTail: false, nowMs: startMs, sinceMs: 5 }).encode();
    const bad = [
      '',
      ' ',
      '7',
      `${good}%`,
      good.slice(0, -3),
      encoded(null),
      encoded([]),
      encoded({ v: 2, s: {} }),
      encoded({ v: 1, s: {}, more: 1 }),
      encoded({ v: 1, s: { db: { f: '1e3' } } }),
      encoded({ v: 1, s: { db: { f: '1', o: ['1', -1] } } }),
      encoded({ v: 1, s: { db: { f: '1', o: ['1', 1.5] } } }),
      encoded({ v: 1, f: '9'.repeat(30), s: {} }),
    ];
    for (const id of bad) {
      expect(() => createLogCursor({ id, isTail: false, nowMs: startMs }), id).toThrow(
        expect.objectContaining({ code: 'DS_API_CURSOR_INVALID' }),
      );
    }
    expect(createLogCursor({ id: good, isTail: false, nowMs: startMs }).sinceMs).toBe(5);
  });

  it('throws nothing else, whatever it is given', () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string(),
          fc.jsonValue().map((value) => Buffer.from(JSON.stringify(value)).toString('base64url')),
        ),
        (id) => {
          expect([undefined, 'DS_API_CURSOR_INVALID']).toContain(refusalOf(id));
        },
      ),
      { seed: 22, numRuns: 300 },
    );
  });
});

function refusalOf(id: string): unknown {
  try {
    createLogCursor({ id, isTail: false, nowMs: startMs });
    return undefined;
  } catch (thrown) {
    return (thrown as { code?: unknown }).code ?? thrown;
  }
}
