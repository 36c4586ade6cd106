import type { DevServicesEvent } from 'devservices';
import type { SpanIds } from '../../../../plugins/sentry/trace/build-spans.ts';

type Body = DevServicesEvent extends infer Each
  ? Each extends DevServicesEvent
    ? Omit<Each, 'at' | 'project' | 'run'>
    : never
  : never;

const base = Date.UTC(2026, 0, 1);

/** Events as a host emits them, each at so many milliseconds. */
export function emitted(
  bodies: readonly (readonly [atMs: number, body: Body])[],
): DevServicesEvent[] {
  return bodies.map(([atMs, body]) => {
    const event = { ...body, at: new Date(base + atMs).toISOString(), project: 'shop', run: 'a' };
    return event;
  });
}

/** Ids that are the same each time. */
export function fixedIds(): SpanIds {
  let count = 0;
  return {
    traceId: 'a'.repeat(32),
    rootSpanId: 'b'.repeat(16),
    spanIdOf: (service) => Buffer.from(service.padEnd(8, '-')).toString('hex').slice(0, 16),
    newSpanId: () => (count += 1).toString(16).padStart(16, '0'),
  };
}
