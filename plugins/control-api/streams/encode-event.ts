import type { StreamEvent } from '../route-spec.ts';

/** One event as text/event-stream has it. What would end a line is taken out of its name. */
export function encodeEvent({ id, event, data }: StreamEvent): Buffer {
  const lines = [
    // An id that could not come back as it is would make a reader go on elsewhere: it has none then.
    ...(id !== undefined && canComeBack(id) ? [`id: ${id}`] : []),
    ...(event === undefined ? [] : [`event: ${event.replaceAll(/[\r\n\0]+/g, ' ')}`]),
    `data: ${JSON.stringify(data) ?? 'null'}`,
  ];
  return Buffer.from(`${lines.join('\n')}\n\n`);
}

/** What keeps a connection in use while nothing happens. */
export const heartbeat: Uint8Array = Buffer.from(':\n\n');

// It comes back in a header.
const canComeBack = (id: string): boolean => /^[\x21-\x7e]+$/.test(id);
