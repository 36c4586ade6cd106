import type { Event, StackFrame } from '@sentry/core';
import { isDevServicesError, stackFrames } from 'devservices/machine';
import { randomBytes } from 'node:crypto';
import type { Captured } from './captures.ts';
import { scrub } from './scrub.ts';
import type { ToldError } from './told-errors.ts';

/** What every event of a run has. */
export interface EventFrame {
  release: string;
  environment: string;
  tags: Readonly<Record<string, string>>;
  traceId: string;
  rootSpanId: string;
}

/** What events and transactions begin with. */
export function baseEvent({ release, environment, tags }: EventFrame, atMs: number): Event {
  return {
    event_id: randomBytes(16).toString('hex'),
    timestamp: atMs / 1000,
    platform: 'node',
    release,
    environment,
    tags: { ...tags },
    contexts: {
      runtime: { name: 'node', version: process.version },
      os: { name: process.platform },
    },
    // Where it is sent to would otherwise write down from which address.
    sdk: { settings: { infer_ip: 'never' } },
  };
}

/** The event of an error of a run: its code and where it was, and nothing of its words. */
export function errorEvent(frame: EventFrame, error: ToldError): Event {
  const { code, blame, plugin, hook, service, frames } = error;
  const tags = present({ code, blame, plugin, hook, service });
  const who = plugin ?? service;
  return {
    ...below(frame, baseEvent({ ...frame, tags: { ...frame.tags, ...tags } }, error.atMs)),
    level: 'error',
    fingerprint: [code, service ?? plugin].filter((part) => part !== undefined),
    exception: {
      values: [
        { type: code, value: who === undefined ? code : `${code} in ${who}`, ...traceOf(frames) },
      ],
    },
  };
}

/** The event of what somebody captured; undefined of an error that is the user's or the machine's. */
export function captureEvent(
  frame: EventFrame,
  { atMs, what, capture }: Captured,
): Event | undefined {
  const tags = Object.fromEntries(
    Object.entries(capture.tags ?? {})
      .filter(([name]) => /^[\w.-]{1,32}$/.test(name))
      .map(([name, value]) => [name, scrub(value).slice(0, 200)]),
  );
  const base = below(frame, baseEvent({ ...frame, tags: { ...frame.tags, ...tags } }, atMs));
  if ('text' in what) return { ...base, level: what.level, message: scrub(what.text) };
  const { thrown } = what;
  const isOurs = isDevServicesError(thrown);
  if (isOurs && thrown.blame !== 'plugin' && thrown.blame !== 'bug') return undefined;
  const type = isOurs ? thrown.code : nameOf(thrown);
  const exception = { values: [{ type, value: type, ...traceOf(stackFrames(thrown)) }] };
  return { ...base, level: 'error', exception };
}

// In the trace of the task.
function below({ traceId, rootSpanId }: EventFrame, event: Event): Event {
  return {
    ...event,
    contexts: { ...event.contexts, trace: { trace_id: traceId, span_id: rootSpanId } },
  };
}

function nameOf(thrown: unknown): string {
  if (!(thrown instanceof Error)) return `a thrown ${typeof thrown}`;
  return /^[\w$.]{1,100}$/.test(thrown.name) ? thrown.name : 'Error';
}

// The outermost comes first there.
function traceOf(lines: readonly string[]): { stacktrace?: { frames: StackFrame[] } } {
  const frames = lines.flatMap((line): StackFrame[] => {
    const [, filename, row, column, name] = /^(.+):(\d+):(\d+)(?: (.+))?$/.exec(line) ?? [];
    if (filename === undefined) return [];
    const at = { filename, lineno: Number(row), colno: Number(column) };
    // A chunk of what is published may be others' alone.
    const isOthers = /^(?:node_modules\/|chunks\/vendor\.)/.test(filename);
    return [{ ...at, in_app: !isOthers, ...(name === undefined ? {} : { function: name }) }];
  });
  return frames.length === 0 ? {} : { stacktrace: { frames: frames.toReversed() } };
}

function present(
  values: Readonly<Record<string, string | undefined>>,
): Readonly<Record<string, string>> {
  const there = Object.entries(values).filter(
    (each): each is [string, string] => each[1] !== undefined,
  );
  return Object.fromEntries(there);
}
