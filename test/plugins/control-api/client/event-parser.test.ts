import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  createEventParser,
  type ReceivedEvent,
} from '../../../../plugins/control-api/client/event-parser.ts';
import { receiveEvents } from '../../../../plugins/control-api/client/receive-events.ts';
import { encodeEvent } from '../../../../plugins/control-api/streams/encode-event.ts';

const parse = (text: string): ReceivedEvent[] => createEventParser().push(text);
const event = (given: Partial<ReceivedEvent>): ReceivedEvent => ({
  id: undefined,
  event: undefined,
  data: undefined,
  ...given,
});

describe('text/event-stream', () => {
  it.each<[string, string, ReceivedEvent[]]>([
    ['an event', 'id: 1\nevent: a\ndata: x\n\n', [event({ id: '1', event: 'a', data: 'x' })]],
    ['lines that end in CR', 'data: x\rdata: y\r\r', [event({ data: 'x\ny' })]],
    ['lines that end in CRLF', 'data: x\r\ndata: y\r\n\r\n', [event({ data: 'x\ny' })]],
    ['a comment', ':\n\n: x\ndata: y\n\n', [event({ data: 'y' })]],
    ['one space alone after the colon', 'data:  x\ndata:y\n\n', [event({ data: ' x\ny' })]],
    [
      'a field without a value',
      'data\n\nid\ndata\n\n',
      [event({ data: '' }), event({ id: '', data: '' })],
    ],
    ['an id alone', 'id: 1\n\n', [event({ id: '1' })]],
    ['an id that has NUL', 'id: 1\0\ndata: x\n\n', [event({ data: 'x' })]],
    ['an event without data', 'event: a\n\ndata: x\n\n', [event({ data: 'x' })]],
    ['fields that nobody knows', 'retry: 10\nx: y\ndata: x\n\n', [event({ data: 'x' })]],
    ['one that does not end', 'data: x\n\ndata: y\n', [event({ data: 'x' })]],
    ['a colon in a value', 'data: a:b\n\n', [event({ data: 'a:b' })]],
  ])('with %s', (_, text, expected) => {
    expect(parse(text)).toEqual(expected);
  });

  it('is the same however it is cut into chunks of bytes', async () => {
    const piece = fc.constantFrom(
      'data: żółć 🙂',
      'data:',
      'event: a',
      'id: 7',
      'id',
      ': note',
      '',
      '',
      'x: y',
      '\uFEFFdata: mark',
    );
    const line = fc.tuple(piece, fc.constantFrom('\n', '\r', '\r\n'));
    const streams = fc.tuple(fc.array(line, { maxLength: 30 }), fc.boolean());
    await fc.assert(
      fc.asyncProperty(streams, fc.array(fc.nat(200)), async ([lines, hasMark], cuts) => {
        const text = lines.map(([one, end]) => one + end).join('');
        const bytes = Buffer.from(`${hasMark ? '\uFEFF' : ''}${text}`);
        const ends = [...new Set([...cuts.filter((at) => at < bytes.length), bytes.length])];
        const sorted = ends.toSorted((left, right) => left - right);
        const chunks = sorted.map((end, index) => bytes.subarray(sorted[index - 1] ?? 0, end));
        expect(await receiveAll(chunks)).toEqual(
          parse(hasMark ? text : text.replace(/^\uFEFF/, '')),
        );
      }),
      { seed: 3, numRuns: 500 },
    );
  });

  it('gives back what was sent', async () => {
    const sent = fc.record(
      {
        id: fc.stringMatching(/^[\x21-\x7e]+$/),
        event: fc.stringMatching(/^[a-z-]+$/),
        data: fc.jsonValue(),
      },
      { requiredKeys: ['data'] },
    );
    await fc.assert(
      fc.asyncProperty(fc.array(sent), async (events) => {
        const received = await receiveAll(events.map((one) => encodeEvent(one)));
        expect(received.map(({ data, ...rest }) => ({ ...rest, data: parsed(data) }))).toEqual(
          events.map(({ id, event: name, data }) => ({
            id,
            event: name,
            data: parsed(JSON.stringify(data)),
          })),
        );
      }),
      { seed: 4, numRuns: 200 },
    );
  });
});

const parsed = (json = ''): unknown => JSON.parse(json);

async function receiveAll(chunks: readonly Uint8Array[]): Promise<ReceivedEvent[]> {
  const body = new ReadableStream<Uint8Array>({
    start(controller) {
      for (const chunk of chunks) controller.enqueue(chunk);
      controller.close();
    },
  });
  const events: ReceivedEvent[] = [];
  for await (const one of receiveEvents(body, new AbortController().signal)) events.push(one);
  return events;
}
