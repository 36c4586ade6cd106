import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import type { DevServicesEvent } from '../../core/events.ts';
import { createRedactor } from '../../core/redact.ts';

function redactorOf(...secrets: string[]) {
  const redactor = createRedactor();
  for (const value of secrets) redactor.add(value);
  return redactor;
}

describe('redact', () => {
  it('takes a secret out wherever it stands', () => {
    const { redact } = redactorOf('hunter22');
    expect(redact('hunter22 and (hunter22)')).toBe('[redacted] and ([redacted])');
    expect(redact('nothing here')).toBe('nothing here');
  });

  it.each([
    ['as it is', 'p@ss "w/rd"\n!'],
    ['URL-encoded', encodeURIComponent('p@ss "w/rd"\n!')],
    ['URL-encoded strictly', encodeURIComponent('p@ss "w/rd"\n!').replace('!', '%21')],
    ['URL-encoded in lower case', 'p%40ss%20%22w%2frd%22%0a!'],
    ['in a form', 'p%40ss+%22w%2Frd%22%0A!'],
    ['in JSON', 'p@ss \\"w/rd\\"\\n!'],
    ['in JSON within JSON', 'p@ss \\\\\\"w/rd\\\\\\"\\\\n!'],
    ['in base64', Buffer.from('p@ss "w/rd"\n!').toString('base64').replace(/=+$/, '')],
  ])('knows it %s', (_, form) => {
    expect(redactorOf('p@ss "w/rd"\n!').redact(`<${form}>`)).toBe('<[redacted]>');
  });

  it.each(['', 'u:', 'us:', 'usr:'])('knows it in base64 after "%s"', (before) => {
    const text = Buffer.from(`${before}correct horse battery:after`).toString('base64');
    const shown = Buffer.from(redactorOf('correct horse battery').redact(text), 'base64');
    expect(shown.toString()).not.toContain('horse');
  });

  it('knows each line of a key, and a file by its text without the last newline', () => {
    const { redact } = redactorOf('-----BEGIN KEY-----\nMIIEvQIBADAN\nab\n-----END KEY-----\n');
    expect(redact('line: MIIEvQIBADAN, ab')).toBe('line: [redacted], ab');
    expect(redactorOf('hunter22\n').redact('hunter22')).toBe('[redacted]');
  });

  it('covers secrets that overlap, the longest first', () => {
    const { redact } = redactorOf('abcdef', 'abcdefgh', 'defxyz');
    expect(redact('-abcdefgh-')).toBe('-[redacted]-');
    expect(redact('-abcdefxyz-')).toBe('-[redacted]-');
  });

  it('leaves what is too short to be told apart', () => {
    expect(redactorOf('abc', '').redact('abcabc')).toBe('abcabc');
  });

  it.each([
    ['postgres://ada:pw@db:5432/app', 'postgres://ada:[redacted]@db:5432/app'],
    ['redis://:pw@cache', 'redis://:[redacted]@cache'],
    ['amqp://a:p@w:x@mq and http://b:q@c', 'amqp://a:[redacted]@mq and http://b:[redacted]@c'],
    ['{"url":"http://h:80","mail":"a@b"}', '{"url":"http://h:80","mail":"a@b"}'],
    ['http://localhost:4873/@scope/name', 'http://localhost:4873/@scope/name'],
    ['ssh://ada@host:22', 'ssh://ada@host:22'],
  ])('of %s leaves %s', (text, expected) => {
    expect(createRedactor().redact(text)).toBe(expected);
  });

  it('shows no registered secret, in any form, of any text', () => {
    const secrets = fc.array(fc.string({ minLength: 4, maxLength: 12 }), {
      minLength: 1,
      maxLength: 5,
    });
    const encodings = fc.constantFrom(
      (text: string) => text,
      encodeURIComponent,
      (text: string) => JSON.stringify(text),
      (text: string) => Buffer.from(text).toString('base64'),
    );
    fc.assert(
      fc.property(secrets, fc.array(fc.string()), encodings, (values, parts, encode) => {
        fc.pre(!values.some((value) => '[redacted]'.includes(value.trim())));
        const { redact } = redactorOf(...values);
        const text = parts
          .map((part, i) => part + encode(values[i % values.length] ?? ''))
          .join('');
        const shown = redact(text).split('[redacted]');
        for (const value of values)
          expect(shown.filter((piece) => piece.includes(value))).toEqual([]);
      }),
      { seed: 6, numRuns: 200 },
    );
  });

  it('takes time in proportion to the text, whatever is in it', () => {
    const { redact } = redactorOf(
      'aaaa',
      'aaab',
      ...Array.from({ length: 50 }, (_, i) => `secret-${i}-x`),
    );
    const work = (size: number) => {
      const texts = [
        'a'.repeat(size),
        '://'.repeat(size / 3),
        '://a:'.repeat(size / 5),
        '@'.repeat(size),
      ];
      const began = process.cpuUsage();
      for (const text of texts) redact(text);
      return process.cpuUsage(began).user;
    };
    work(20_000);
    // 32 times the text: quadratic work would take a thousand times as long.
    expect(work(640_000)).toBeLessThan(300 * Math.max(2_000, work(20_000)));
  });
});

describe('redactEvent', () => {
  const stamp = { at: '2026-01-01T00:00:00.000Z', project: 'postgres' };

  it('redacts free texts at any depth and leaves the names that programs read', () => {
    const { redactEvent } = redactorOf('postgres');
    const event: DevServicesEvent = {
      ...stamp,
      event: 'up-finished',
      ok: false,
      exitCode: 1,
      elapsedMs: 5,
      errors: [
        { code: 'DS_X_Y', blame: 'user', message: 'pw postgres', hint: 'h', logs: ['postgres'] },
      ],
      services: {
        postgres: {
          state: 'failed',
          action: 'failed',
          reason: { code: 'exited', text: 'it said postgres' },
          runner: 'docker',
          elapsedMs: 1,
          endpoints: { sql: { host: '127.0.0.1', port: 5432 } },
        },
      },
    };
    expect(redactEvent(event)).toEqual({
      ...event,
      errors: [
        {
          code: 'DS_X_Y',
          blame: 'user',
          message: 'pw [redacted]',
          hint: 'h',
          logs: ['[redacted]'],
        },
      ],
      services: {
        postgres: {
          ...(event.services as Record<string, object>)['postgres'],
          reason: { code: 'exited', text: 'it said [redacted]' },
        },
      },
    });
  });

  it('redacts a log line but not whose it is', () => {
    const { redactEvent } = redactorOf('postgres');
    const line = { ...stamp, event: 'log', service: 'postgres', stream: 'stdout' } as const;
    expect(redactEvent({ ...line, text: 'hello postgres' })).toEqual({
      ...line,
      text: 'hello [redacted]',
    });
  });
});
