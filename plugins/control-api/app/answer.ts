import { reasonOf } from 'devservices/machine';
import type { z } from 'devservices';
import type { ApiMetrics } from '../api-metrics.ts';
import type { StreamEvent } from '../route-spec.ts';
import type { Route } from '../route.ts';
import { type EventStreamOptions, type StreamEnd, toEventStream } from '../streams/sse.ts';
import { keepWithin, type Link } from './call-chain.ts';

export interface AnswerOptions extends EventStreamOptions {
  link: Link;
  /** Counts it, where it is a stream. */
  streams?: ApiMetrics['streams'];
}

/** What a handler gave, as the answer that its route describes. Throws where it is not that. */
export async function toAnswer(
  { answer }: Route,
  result: unknown,
  { link, streams, ...options }: AnswerOptions,
): Promise<Response> {
  switch (answer.kind) {
    case 'json': {
      const body = JSON.stringify(await checked(answer.schema, result));
      const headers = { 'content-type': 'application/json' };
      return new Response(body, { status: answer.status ?? 200, headers });
    }
    case 'nothing':
      return new Response(null, { status: 204 });
    case 'text': {
      if (typeof result !== 'string') throw new Error('The handler gave no text.');
      return new Response(result, { headers: { 'content-type': answer.contentType } });
    }
    case 'stream': {
      const events = keepWithin(link, result as AsyncIterable<StreamEvent>);
      const headers = { 'content-type': 'text/event-stream', 'x-accel-buffering': 'no' };
      const onOver = (how: StreamEnd): void => {
        streams?.closed();
        if (how === 'dropped') streams?.dropped();
        options.onOver?.(how);
      };
      const stream = toEventStream(events, { ...options, onOver });
      streams?.opened();
      return new Response(stream, { headers });
    }
  }
}

// What is not in the schema is not told: a field too many could be anything.
async function checked(schema: z.ZodType, result: unknown): Promise<unknown> {
  const parsed = await schema.safeParseAsync(result);
  if (parsed.success) return parsed.data;
  const problems = parsed.error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`);
  throw new Error(`The handler's answer is not what its route describes: ${reasonOf(problems)}`);
}
