import type { Metrics } from 'devservices/runner';

const patched = new WeakSet<object>();

/**
 * Has a transport count `internal.sent_requests.<name>.events` before each attempt at sending. One that is
 * patched already counts once; one without `send` is left alone.
 *
 * @example patchTransportForInstrumentation(transport, 'upstream', metrics);
 */
export function patchTransportForInstrumentation(
  transport: object | undefined,
  name: string,
  metrics: Pick<Metrics, 'incr'>,
): void {
  if (!canSend(transport) || patched.has(transport)) return;
  patched.add(transport);
  const { send } = transport;
  transport.send = function sendCounted(this: unknown, ...args: unknown[]) {
    metrics.incr(`internal.sent_requests.${name}.events`);
    return send.apply(this, args);
  };
}

function canSend(
  transport: object | undefined,
): transport is { send: (...args: unknown[]) => unknown } {
  return transport !== undefined && 'send' in transport && typeof transport.send === 'function';
}
