import fc from 'fast-check';
import { expect, test } from 'vitest';
import { scrub } from '../../../plugins/sentry/scrub.ts';

const names = { home: '/home/ada', user: 'ada-lovelace', host: 'engine-no-1' };

const texts: readonly (readonly [given: string, told: string])[] = [
  ['the shop is open', 'the shop is open'],
  ['3/4 of all, and/or none', '3/4 of all, and/or none'],
  ['see https://example.org/docs/a?b=c', 'see https://example.org/docs/a?b=c'],
  ['postgres://ada:hunter2@db/app', 'postgres://[secret]@db/app'],
  ['https://0123abcd@sentry.example.org/7', 'https://[secret]@sentry.example.org/7'],
  ['read /home/ada/shop/.env twice', 'read [path] twice'],
  ['read /etc/shop/app.conf: no', 'read [path]: no'],
  ['"/srv/a b"', '"[path] b"'],
  ['in ~/shop/x', 'in [path]'],
  ['file:///srv/x.ts', '[path]'],
  ['C:\\Users\\Ada\\x.txt', '[path]'],
  ['\\\\server\\share\\x', '[path]'],
  ['by ada-lovelace on engine-no-1', 'by [user] on [host]'],
  ['PASSWORD=hunter2 up', 'PASSWORD=[secret] up'],
  ['api_key: "a b c" x', 'api_key: [secret] x'],
  ['{"token":"abc"}', '{"token":[secret]}'],
  ['Authorization: Bearer abc', 'Authorization: [secret] [secret]'],
  [`id ${'0a'.repeat(20)}`, 'id [secret]'],
];
for (const [given, told] of texts) {
  test(`is told: ${told}`, () => expect(scrub(given, names)).toBe(told));
}

test('a text is at most 1,000 characters', () => {
  expect(scrub('a b '.repeat(1000), names)).toHaveLength(1000);
});

test('names of which nobody learns anything stay', () => {
  expect(scrub('root of it', { home: '/', user: 'root', host: '' })).toBe('root of it');
  const short = { home: '/', user: 'ed', host: 'v.m' };
  expect(scrub('edit of ed at v.m and vim', short)).toBe('edit of [user] at [host] and vim');
});

const word = fc.stringMatching(/^[a-z]{4,12}$/);
const secretly: fc.Arbitrary<readonly [secret: string, text: string]> = fc.oneof(
  word.map((it) => [it, `password=${it}`] as const),
  word.map((it) => [it, `https://user:${it}@host/x`] as const),
  word.map((it) => [it, `/var/lib/${it}/app.log`] as const),
  word.map((it) => [it, `/home/ada/${it}`] as const),
  word.map((it) => [it, `SHOP_TOKEN: '${it} ${it}'`] as const),
  fc.constant(['ada-lovelace', 'of ada-lovelace'] as const),
  fc.constant(['engine-no-1', 'on engine-no-1.example.org'] as const),
);

test('whatever stands around it, it is not told', () => {
  fc.assert(
    fc.property(
      fc.lorem({ maxCount: 3 }),
      secretly,
      fc.lorem({ maxCount: 3 }),
      (a, [it, text], b) => {
        fc.pre(
          !`${a} ${b}`.includes(it) && !'password secret path home user host token'.includes(it),
        );
        expect(scrub(`${a} ${text} ${b}`, names)).not.toContain(it);
      },
    ),
    { numRuns: 500 },
  );
});
