import type { Client, Envelope } from '@sentry/core';

const marked = new WeakSet<object>();

/**
 * What `sdkProcessingMetadata` of an event or scope says of one that `upstream` alone is told of. It goes
 * no further: the SDK takes the metadata off before it sends.
 *
 * @example scope.setSDKProcessingMetadata({ [upstreamOnly]: true });
 */
export const upstreamOnly = 'devservicesUpstreamOnly';

/** Has the marks of a client's events kept until they are sent. */
export function carryMarks(client: Pick<Client, 'on'>): void {
  client.on('beforeSendEvent', (event) => {
    if (event.sdkProcessingMetadata?.[upstreamOnly] === true) marked.add(event);
  });
}

/** Whether an item of it is of a marked event. */
export function isMarked([, items]: Envelope): boolean {
  return items.some(([, payload]) => typeof payload === 'object' && marked.has(payload));
}
