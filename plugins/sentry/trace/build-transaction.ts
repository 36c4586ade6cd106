import type { DevServicesEvent } from 'devservices';
import type { Event } from '@sentry/core';
import { randomBytes } from 'node:crypto';
import { baseEvent, type EventFrame } from '../build-event.ts';
import { buildSpans } from './build-spans.ts';
import type { TraceContext } from './trace-context.ts';

/** The transaction of a run: how long it took and on what, and how it ended. */
export function buildTransaction(
  frame: EventFrame,
  trace: TraceContext,
  { events, task }: { events: readonly DevServicesEvent[]; task: string },
): Event {
  const { traceId, rootSpanId, parentSpanId } = trace;
  const { startMs, endMs, spans, dropped } = buildSpans(events, {
    traceId,
    rootSpanId,
    spanIdOf: trace.spanIdOf,
    newSpanId: () => randomBytes(8).toString('hex'),
  });
  const end = events.find((event) => 'exitCode' in event && 'errors' in event);
  const exitCode = end && 'exitCode' in end ? end.exitCode : undefined;
  const base = baseEvent(frame, endMs);
  const data = { 'sentry.origin': 'manual', ...(dropped > 0 ? { spans_dropped: dropped } : {}) };
  return {
    ...base,
    type: 'transaction',
    transaction: `devservices ${task}`,
    transaction_info: { source: 'task' },
    start_timestamp: startMs / 1000,
    tags: {
      ...base.tags,
      ...(exitCode === undefined ? {} : { exit_code: String(exitCode) }),
      ...runnersOf(events),
    },
    contexts: {
      ...base.contexts,
      trace: {
        trace_id: traceId,
        span_id: rootSpanId,
        ...(parentSpanId === undefined ? {} : { parent_span_id: parentSpanId }),
        op: 'task',
        origin: 'manual',
        status: exitCode === undefined ? 'unknown' : (statuses[exitCode] ?? 'unknown'),
        data,
      },
    },
    spans: spans.map((span) => ({ ...span, data: { ...span.data } })),
  };
}

// As exit statuses are given, by the words that Sentry has for them.
const statuses: Readonly<Record<number, string>> = {
  0: 'ok',
  1: 'failed_precondition',
  2: 'invalid_argument',
  3: 'unavailable',
  4: 'internal_error',
  70: 'internal_error',
  130: 'cancelled',
  143: 'cancelled',
};

function runnersOf(events: readonly DevServicesEvent[]): Readonly<Record<string, string>> {
  const runners = events.flatMap((event) => (event.event === 'service-state' ? event.runner : []));
  const known = [...new Set(runners)].filter(Boolean).toSorted();
  return known.length === 0 ? {} : { runners: known.join(',') };
}
