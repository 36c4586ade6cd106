import { describe, expect, it } from 'vitest';
import { createFakeClock } from '../../../../core/testing.ts';
import { apiErrors } from '../../../../plugins/control-api/errors.ts';
import type { EncodedEvents, StreamEvent } from '../../../../plugins/control-api/route-spec.ts';
import { type StreamEnd, toEventStream } from '../../../../plugins/control-api/streams/sse.ts';
import type { StreamSession } from '../../../../plugins/control-api/streams/stream-session.ts';
import { readChunks } from './read-chunks.ts';

const opening = ':\n\n';

/** A stream of what the test pushes. */
function openStream(session?: StreamSession) {
  const clock = createFakeClock();
  const closing = new AbortController();
  const over: StreamEnd[] = [];
  const waiting: (StreamEvent | EncodedEvents | Error | 'end')[] = [];
  let wake = () => {};
  let asked = 0;
  let returned = 0;
  async function* events(): AsyncGenerator<StreamEvent | EncodedEvents> {
    try {
      for (;;) {
        asked += 1;
        while (waiting.length === 0) await new Promise<void>((resolve) => (wake = resolve));
        const next = waiting.shift();
        if (next === 'end') return;
        if (next instanceof Error) throw next;
        if (next) yield next;
      }
    } finally {
      returned += 1;
    }
  }
  const stream = toEventStream(events(), {
    clock,
    signal: closing.signal,
    session,
    problemOf: (thrown) => ({ code: (thrown as { code?: string }).code ?? 'unknown' }),
    onOver(how) {
      over.push(how);
      waiting.push('end');
      wake();
    },
  });
  return {
    clock,
    closing,
    over,
    reader: readChunks(stream),
    push(...more: typeof waiting) {
      waiting.push(...more);
      wake();
    },
    asked: () => asked,
    returned: () => returned,
  };
}

const message = (data: unknown): StreamEvent => ({ data });

describe('a stream of events', () => {
  it('opens at once, and sends what comes within 50 ms together', async () => {
    const { reader, push, clock } = openStream();
    expect(await reader.next()).toBe(opening);
    push({ id: '1', event: 'a', data: { x: 1 } });
    expect(await reader.next()).toBe('id: 1\nevent: a\ndata: {"x":1}\n\n');
    const next = reader.next();
    push(message(1));
    await clock.advance(30);
    push(message(2), message(3));
    await clock.advance(19);
    const sooner = await Promise.race([next, Promise.resolve('nothing')]);
    expect(sooner).toBe('nothing');
    await clock.advance(1);
    expect(await next).toBe('data: 1\n\ndata: 2\n\ndata: 3\n\n');
  });

  it('sends batches that were encoded before at once, as they are', async () => {
    const { reader, push } = openStream();
    await reader.next();
    push({ encoded: Buffer.from('data: 1\n\n') });
    expect(await reader.next()).toBe('data: 1\n\n');
    push({ encoded: Buffer.from('data: 2\n\n') });
    expect(await reader.next()).toBe('data: 2\n\n');
  });

  it('asks for no more than 64 KiB before they were taken', async () => {
    const { reader, push, clock, asked } = openStream();
    const large = 'x'.repeat(10_000);
    push(...Array.from({ length: 100 }, () => message(large)));
    await clock.advance(10_000);
    expect(asked()).toBeLessThan(10);
    push('end');
    const all = reader.rest();
    await clock.advance(60_000);
    expect((await all).split('data: "x').length - 1).toBe(100);
  });

  it('is kept alive while nothing happens, and only then', async () => {
    const { reader, push, clock } = openStream();
    await reader.next();
    let next = reader.next();
    await clock.advance(14_999);
    push(message(1));
    expect(await next).toBe('data: 1\n\n');
    next = reader.next();
    await clock.advance(14_999);
    expect(await Promise.race([next, Promise.resolve('nothing')])).toBe('nothing');
    await clock.advance(1);
    expect(await next).toBe(':\n\n');
    // Nobody takes any: they do not pile up.
    await clock.advance(200_000);
    expect(await reader.next()).toBe(':\n\n');
  });

  it('keeps line ends out of names, and sends no id that could not come back', async () => {
    const { reader, push } = openStream();
    await reader.next();
    push({ id: '1\ndata: 2', event: 'a\r\nb\0c', data: 'x\ny\r\u2028' }, 'end');
    expect(await reader.rest()).toBe(
      'event: a b c\ndata: "x\\ny\\r\u2028"\n\nevent: end\ndata: {"reason":"complete"}\n\n',
    );
  });

  it('has an event for what has no JSON', async () => {
    const { reader, push } = openStream();
    await reader.next();
    push(message(undefined));
    expect(await reader.next()).toBe('data: null\n\n');
  });
});

describe('the end of a stream', () => {
  it('is told where there are no more events', async () => {
    const { reader, push, over, clock } = openStream();
    push(message(1), message(2), 'end');
    expect(await reader.rest()).toBe(
      `${opening}data: 1\n\ndata: 2\n\nevent: end\ndata: {"reason":"complete"}\n\n`,
    );
    expect(over).toEqual(['complete']);
    expect(clock.sleeping).toBe(0);
  });

  it('is told where the API closes, with what waited', async () => {
    const { reader, push, over, closing, returned, clock } = openStream();
    await reader.next();
    push(message(1), message(2));
    await clock.advance(0);
    closing.abort();
    expect(await reader.rest()).toBe(
      'data: 1\n\ndata: 2\n\nevent: end\ndata: {"reason":"closing"}\n\n',
    );
    expect(over).toEqual(['closing']);
    await clock.advance(0);
    expect(returned()).toBe(1);
    expect(clock.sleeping).toBe(0);
  });

  it('is told where the API has closed already', async () => {
    const clock = createFakeClock();
    const options = { clock, signal: AbortSignal.abort(), problemOf: () => ({}) };
    const stream = toEventStream((async function* () {})(), options);
    expect(await readChunks(stream).rest()).toContain('"closing"');
    expect(clock.sleeping).toBe(0);
  });

  it('tells a reader that did not keep up', async () => {
    const { reader, push, over } = openStream();
    const facts = { key: 'GET /x', reason: 'too slow', lastEventId: '7' };
    push(apiErrors.create('DS_API_STREAM_DROPPED', facts));
    expect(await reader.rest()).toBe(
      `${opening}event: dropped\ndata: {"reason":"too slow","lastEventId":"7"}\n\n`,
    );
    expect(over).toEqual(['dropped']);
  });

  it('tells what broke, by its problem alone', async () => {
    const { reader, push, over } = openStream();
    push(message(1), new Error('a secret'));
    expect(await reader.rest()).toBe(
      `${opening}data: 1\n\nevent: failed\ndata: {"code":"unknown"}\n\n`,
    );
    expect(over).toEqual(['failed']);
  });

  it('frees everything where the reader leaves', async () => {
    let leaves = 0;
    const session = { check: async () => {}, onChange: () => () => void (leaves += 1) };
    const { reader, push, over, clock, returned } = openStream(session);
    await reader.next();
    push(message(1));
    await reader.next();
    await reader.leave();
    await clock.advance(0);
    expect(over).toEqual(['left']);
    expect(returned()).toBe(1);
    expect(leaves).toBe(1);
    expect(clock.sleeping).toBe(0);
  });
});

describe('a session that is looked at while a stream goes on', () => {
  it('ends the stream within ten seconds of its own end', async () => {
    let refusal: Error | undefined;
    const check = async () => {
      if (refusal) throw refusal;
    };
    const { reader, push, clock, over } = openStream({ check });
    await reader.next();
    await clock.advance(25_000);
    expect(await reader.next()).toBe(':\n\n');
    refusal = Object.assign(new Error(), { code: 'DS_API_TOKEN_REFUSED' });
    push(message('before'));
    expect(await reader.next()).toBe('data: "before"\n\n');
    const rest = reader.rest();
    await clock.advance(5000);
    expect(await rest).toContain('event: refused\ndata: {"code":"DS_API_TOKEN_REFUSED"}\n\n');
    expect(over).toEqual(['refused']);
  });

  it('ends it at once where it is told to look, without what waited', async () => {
    let look = () => {};
    let isOver = false;
    const { reader, push, clock, over } = openStream({
      async check() {
        if (isOver) throw Object.assign(new Error(), { code: 'DS_API_TOKEN_REFUSED' });
      },
      onChange(told) {
        look = told;
        return () => {};
      },
    });
    await reader.next();
    look();
    await clock.advance(0);
    expect(over).toEqual([]);
    push(message(1));
    expect(await reader.next()).toBe('data: 1\n\n');
    push(message(2));
    await clock.advance(0);
    isOver = true;
    look();
    await clock.advance(0);
    expect(await reader.rest()).toBe('event: refused\ndata: {"code":"DS_API_TOKEN_REFUSED"}\n\n');
    expect(over).toEqual(['refused']);
    expect(clock.sleeping).toBe(0);
  });
});
