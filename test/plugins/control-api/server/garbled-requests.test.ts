import fc from 'fast-check';
import { expect, test } from 'vitest';
import { serve, statusOf } from './served.ts';

const edits = fc.array(
  fc.record({
    at: fc.nat(),
    removed: fc.nat(4),
    added: fc.oneof(
      fc.constantFrom('\r\n', '\n', '\0', ' ', ':', '//', '%', '\\', 'Host: a\r\n', 'HTTP/1.1'),
      fc.constantFrom('Transfer-Encoding: chunked\r\n', 'Content-Length: 3\r\n', 'Expect: x\r\n'),
      fc.string({
        unit: fc.integer({ min: 0, max: 255 }).map((code) => String.fromCharCode(code)),
      }),
    ),
  }),
  { minLength: 1, maxLength: 6 },
);

test('whatever is done to the bytes of a request, it is answered or refused, and the next one is answered', async () => {
  const served = await serve({
    // Nobody here waits for more than is sent.
    limits: { reads: { perSecond: 1e6, burst: 1e6 }, writes: { perSecond: 1e6, burst: 1e6 } },
  });
  const { token } = served.server;
  const headers = [
    'Content-Type: application/json',
    'Content-Length: 8',
    `Authorization: Bearer ${token}`,
  ];
  const good = served.request({ line: 'POST /api/0/x?a=b HTTP/1.1', headers, body: '{"a": 1}' });
  await fc.assert(
    fc.asyncProperty(edits, async (changes) => {
      const bytes = changes.reduce((text, { at, removed, added }) => {
        const start = at % text.length;
        return text.slice(0, start) + added + text.slice(start + removed);
      }, good);
      const status = statusOf(await served.sendAll(bytes));
      expect([0, 200, 501, 503, 505].includes(status) || Math.floor(status / 100) === 4).toBe(true);
      expect(JSON.stringify(served.audited)).not.toContain(token);
    }),
    { numRuns: 300 },
  );
  expect(await served.ask()).toBe(200);
  expect(served.logged).toEqual([]);
});
