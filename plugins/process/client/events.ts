import type { IncomingMessage } from 'node:http';
import { parseObject } from 'devservices/machine';
import type { SupervisorEvent } from '../supervisor/protocol.ts';
import { failureOf, lost, openRequest, type SupervisorAddress } from './request.ts';

/**
 * What happens to a project's processes from now on: the supervisor is listening when it resolves. The
 * events end when `signal` aborts, and with DS_PROCESS_SUPERVISOR_LOST when the supervisor went away.
 */
export async function openEvents(
  address: SupervisorAddress,
  { project, signal }: { project: string; signal: AbortSignal },
): Promise<AsyncIterable<Exclude<SupervisorEvent, { type: 'listening' }>>> {
  const path = `/events?project=${encodeURIComponent(project)}`;
  const response = await openRequest(address, { method: 'GET', path, signal });
  if (response.statusCode !== 200) {
    response.resume();
    throw failureOf(undefined, response.statusCode ?? 0);
  }
  const events = readEvents(response, signal);
  // The first event says that it listens.
  await events.next();
  return onlyNews(events);
}

async function* readEvents(
  response: IncomingMessage,
  signal: AbortSignal,
): AsyncGenerator<SupervisorEvent, void, undefined> {
  let rest = '';
  try {
    for await (const part of response.setEncoding('utf8')) {
      const lines = (rest + (part as string)).split('\n');
      rest = lines.pop() ?? '';
      for (const line of lines) {
        const event = parseObject(line);
        if (event) yield event as unknown as SupervisorEvent;
      }
    }
  } catch (error) {
    if (signal.aborted) return;
    throw lost(error);
  }
  if (!signal.aborted) throw lost(new Error('it ended'));
}

async function* onlyNews(
  events: AsyncGenerator<SupervisorEvent, void, undefined>,
): AsyncGenerator<Exclude<SupervisorEvent, { type: 'listening' }>, void, undefined> {
  for await (const event of events) if (event.type !== 'listening') yield event;
}
