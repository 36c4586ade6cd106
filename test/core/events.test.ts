import { expect, test } from 'vitest';
import { createEventStream, type DevServicesEvent } from '../../core/events.ts';

test('all events of one stream say so, and no other’s say the same', () => {
  const seen: DevServicesEvent[] = [];
  for (let streams = 0; streams < 200; streams += 1) {
    const events = createEventStream({ now: () => 0, project: () => 'shop' });
    events.subscribe((event) => void seen.push(event));
    events.emit({ event: 'phase-started', phase: 'observe' });
    events.emit({ event: 'phase-ended', phase: 'observe', elapsedMs: 1, ok: true });
  }
  const runs = seen.map(({ run }) => run ?? '');
  expect(runs.every((run) => /^[a-z\d]{8}$/.test(run))).toBe(true);
  expect(runs.every((run, at) => run === runs[at - (at % 2)])).toBe(true);
  expect(new Set(runs).size).toBe(200);
  expect(seen[0]).toEqual({
    event: 'phase-started',
    phase: 'observe',
    at: '1970-01-01T00:00:00.000Z',
    project: 'shop',
    run: runs[0],
  });
});

const open = () => createEventStream({ now: () => 0, project: () => 'shop' });
const say = (text: string) => ({ event: 'message', level: 'info', text }) as const;
const textOf = (event: DevServicesEvent) => ('text' in event ? event.text : event.event);

test('who comes late hears of the beginning first, then of what happens, each once and in order', () => {
  const events = open();
  const early: string[] = [];
  const late: string[] = [];
  const unasked: string[] = [];
  events.subscribe((event) => void early.push(textOf(event)));
  for (const text of ['a', 'b']) events.emit(say(text));
  const leave = events.subscribe((event) => void late.push(textOf(event)), { replay: true });
  events.subscribe((event) => void unasked.push(textOf(event)));
  events.emit(say('c'));
  leave();
  events.emit(say('d'));
  expect(late).toEqual(['a', 'b', 'c']);
  expect(early).toEqual(['a', 'b', 'c', 'd']);
  expect(unasked).toEqual(['c', 'd']);
});

test('what is emitted while somebody is told of the beginning comes after it, once', () => {
  const events = open();
  const late: string[] = [];
  const other: string[] = [];
  events.subscribe((event) => void other.push(textOf(event)));
  for (const text of ['a', 'b']) events.emit(say(text));
  events.subscribe(
    (event) => {
      late.push(textOf(event));
      if (textOf(event) === 'a') events.emit(say('said to a'));
      if (textOf(event) === 'said to a') {
        events.emit({ event: 'log', service: 'db', stream: 'stdout', text: 'a line' });
      }
    },
    { replay: true },
  );
  expect(late).toEqual(['a', 'b', 'said to a', 'a line']);
  expect(other).toEqual(late);
});

test('a reader that throws while it is told of the beginning is dropped there', () => {
  const events = open();
  for (const text of ['a', 'b']) events.emit(say(text));
  const heard: string[] = [];
  events.subscribe(
    (event) => {
      heard.push(textOf(event));
      throw new Error('no');
    },
    { replay: true },
  );
  events.emit(say('c'));
  expect(heard).toEqual(['a']);
});

test('of a long life the first thousand events are kept, and no lines of services', () => {
  const events = open();
  for (let at = 0; at < 1500; at += 1) {
    events.emit({ event: 'log', service: 'db', stream: 'stdout', text: `line ${at}` });
    events.emit(say(`${at}`));
  }
  const heard: string[] = [];
  events.subscribe((event) => void heard.push(textOf(event)), { replay: true });
  expect(heard).toEqual(Array.from({ length: 1000 }, (_, at) => `${at}`));
});

test('a secret is in none of what is kept', () => {
  const events = createEventStream({
    now: () => 0,
    project: () => 'shop',
    redact: (body) => ({ ...body, text: '[redacted]' }) as typeof body,
  });
  events.emit(say('hunter2'));
  const heard: DevServicesEvent[] = [];
  events.subscribe((event) => void heard.push(event), { replay: true });
  expect(heard.map(textOf)).toEqual(['[redacted]']);
});
