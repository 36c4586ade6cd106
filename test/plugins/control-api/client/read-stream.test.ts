import { describe, expect, it } from 'vitest';
import { createFakeClock } from '../../../../core/testing.ts';
import { failedCall } from '../../../../plugins/control-api/client/api-error.ts';
import { readStream } from '../../../../plugins/control-api/client/read-stream.ts';
import { apiErrors } from '../../../../plugins/control-api/errors.ts';
import type { StreamEvent } from '../../../../plugins/control-api/route-spec.ts';
import { encodeEvent } from '../../../../plugins/control-api/streams/encode-event.ts';

const failed = { method: 'GET', path: '/api/0/events' };
const unreachable = () =>
  failedCall(apiErrors.create('DS_API_UNREACHABLE', { key: 'GET /events', reason: 'x' }), failed);
const answered = (status: number) =>
  failedCall(apiErrors.create('DS_API_STATUS', { key: 'GET /events', status }), {
    ...failed,
    status,
  });

/** Events, texts as they come, and how it ends: `cut`, `broken` or `open`. */
type Connection = (StreamEvent | string)[] | Error;

/** Connections, one after another; each ends as its last word says. */
function openConnections(connections: Connection[], lastEventId?: string) {
  const clock = createFakeClock();
  const leaving = new AbortController();
  const asked: (string | undefined)[] = [];
  const left: number[] = [];
  const open = async (id: string | undefined): Promise<Response> => {
    const number = asked.push(id);
    const connection = connections[number - 1] ?? ['open'];
    if (connection instanceof Error) throw connection;
    const body = new ReadableStream<Uint8Array>({
      start(controller) {
        for (const piece of connection) {
          if (piece === 'cut') return controller.close();
          if (piece === 'open') return undefined;
          if (piece === 'broken') continue;
          controller.enqueue(typeof piece === 'string' ? Buffer.from(piece) : encodeEvent(piece));
        }
        return undefined;
      },
      pull(controller) {
        if (connection.includes('broken')) controller.error(new TypeError('terminated'));
      },
      cancel: () => void left.push(number),
    });
    return new Response(body);
  };
  const source = { key: 'GET /events', failed, open, lastEventId, clock, signal: leaving.signal };
  return { clock, leaving, asked, left, events: readStream(source) };
}

/** What comes, while time goes on as it has to. */
async function readAll(
  { events, clock }: Pick<ReturnType<typeof openConnections>, 'events' | 'clock'>,
  count: number,
): Promise<StreamEvent[]> {
  const seen: StreamEvent[] = [];
  const over = new AbortController();
  const reading = (async () => {
    for await (const event of events) {
      seen.push(event);
      if (seen.length === count) break;
    }
  })().finally(() => over.abort());
  reading.catch(() => {});
  while (!over.signal.aborted) await clock.advance(100);
  await reading;
  return seen;
}

const end = { event: 'end', data: { reason: 'complete' } };

describe('a stream that is read', () => {
  it('goes on from the last id where it was cut, however that was', async () => {
    const opened = openConnections([
      [{ id: '1', data: 'a' }, { data: 'without an id' }, 'cut'],
      [{ id: '2', data: 'b' }, 'data: half of', 'cut'],
      ['id: 9\n\n', 'broken'],
      ['cut'],
      [{ event: 'end', data: { reason: 'closing' } }],
      [{ id: '10', event: 'reset', data: {} }, end],
    ]);
    expect(await readAll(opened, Infinity)).toEqual([
      { id: '1', data: 'a' },
      { data: 'without an id' },
      { id: '2', data: 'b' },
      { id: '10', event: 'reset', data: {} },
    ]);
    expect(opened.asked).toEqual([undefined, '1', '2', '9', '9', '9']);
    expect(opened.clock.sleeping).toBe(0);
  });

  it('begins where it is told to', async () => {
    const opened = openConnections([[end]], '7');
    expect(await readAll(opened, 1)).toEqual([]);
    expect(opened.asked).toEqual(['7']);
  });

  it('asks ever more patiently while nobody answers', async () => {
    const nobody = Array.from({ length: 12 }, unreachable);
    const busy = [429, 502, 503, 504].map(answered);
    const opened = openConnections([['cut'], ...nobody, ...busy, [{ id: '1', data: 1 }, end]]);
    const startedAt = opened.clock.monotonic();
    expect(await readAll(opened, Infinity)).toEqual([{ id: '1', data: 1 }]);
    expect(opened.asked).toHaveLength(18);
    // 100 ms and double each time, then ten seconds.
    const waitedMs = opened.clock.monotonic() - startedAt;
    expect(waitedMs).toBeGreaterThan(100_000);
    expect(waitedMs).toBeLessThan(130_000);
  });

  it.each<[string, Connection[], object]>([
    ['at first cannot be opened', [unreachable()], { code: 'DS_API_UNREACHABLE' }],
    ['is refused when it is opened again', [['cut'], answered(401)], { status: 401 }],
    [
      'has a reader that did not keep up',
      [[{ event: 'dropped', data: { reason: 'too slow', lastEventId: '7' } }]],
      { code: 'DS_API_STREAM_DROPPED', body: { lastEventId: '7' } },
    ],
    [
      'may not be read any more',
      [
        [
          {
            event: 'refused',
            data: { status: 401, code: 'DS_API_TOKEN_REFUSED', detail: 'Gone.' },
          },
        ],
      ],
      { code: 'DS_API_STREAM_REFUSED', status: 401, body: { code: 'DS_API_TOKEN_REFUSED' } },
    ],
    [
      'broke at its source',
      [[{ event: 'failed', data: { status: 404, code: 'DS_SERVICE_UNKNOWN', detail: 'No.' } }]],
      { code: 'DS_SERVICE_UNKNOWN', status: 404, message: 'No.' },
    ],
    ['is none', [['data: <html>\n\n']], { code: 'DS_API_STREAM_UNREADABLE' }],
    [
      'was of an API that is closed',
      [['cut'], failedCall(apiErrors.create('DS_API_CLOSED', {}), { ...failed, status: 503 })],
      { code: 'DS_API_CLOSED' },
    ],
  ])('throws where it %s', async (_, connections, expected) => {
    const opened = openConnections(connections);
    await expect(readAll(opened, Infinity)).rejects.toMatchObject(expected);
    expect(opened.clock.sleeping).toBe(0);
  });

  it('ends with the signal’s reason while it waits for an event, and closes the connection', async () => {
    const { events, leaving, left } = openConnections([[{ data: 1 }, 'open']]);
    await events.next();
    const next = events.next();
    leaving.abort(new Error('enough'));
    await expect(next).rejects.toThrow('enough');
    expect(left).toEqual([1]);
  });

  it('ends with the signal’s reason while it waits to ask again', async () => {
    const { events, leaving, clock } = openConnections([[{ data: 1 }, 'cut']]);
    await events.next();
    const next = events.next();
    next.catch(() => {});
    while (clock.sleeping === 0) await clock.advance(0);
    leaving.abort(new Error('enough'));
    await expect(next).rejects.toThrow('enough');
    expect(clock.sleeping).toBe(0);
  });

  it('closes the connection of who stops reading', async () => {
    const { events, left } = openConnections([[{ data: 1 }, 'open']]);
    for await (const _ of events) break;
    expect(left).toEqual([1]);
  });
});
