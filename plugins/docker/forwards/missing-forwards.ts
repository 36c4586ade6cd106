import { createServer } from 'node:net';
import type { Address, Instance, PortBinding } from 'devservices/runner';
import { formatForward } from './forward.ts';
import type { Forward } from './forward.ts';

/** Whether a forward is not among those. */
export function isMissing(forward: Forward, opened: readonly Forward[]): boolean {
  const wanted = formatForward(forward);
  return !opened.some((one) => one.service === forward.service && formatForward(one) === wanted);
}

/** The instances, each that runs with a note where its ports are not to be reached from here. */
export function withNotes(
  looked: readonly { instance: Instance; isUp: boolean; forwards: readonly Forward[] }[],
  opened: readonly Forward[],
): Promise<Instance[]> {
  return Promise.all(
    looked.map(async ({ instance, isUp, forwards }) => {
      const missing = isUp ? forwards.filter((one) => isMissing(one, opened)) : [];
      // Somebody listens there where that machine is this one.
      const free = await Promise.all(missing.map(({ here }) => isFree(here)));
      if (!free.includes(true)) return instance;
      return {
        ...instance,
        note: 'its ports are not forwarded to this machine: `devservices up` does that',
      };
    }),
  );
}

/** Says which ports of a service are not to be had on this machine, and why. */
export function describeLeft({
  service,
  left,
  address,
}: {
  service: string;
  left: readonly PortBinding[];
  address: { host: string };
}): string {
  const names = left.map(({ name, protocol, host }) =>
    protocol === 'udp' ? `${name} (${host}, UDP)` : `${name} (${host})`,
  );
  return (
    `${names.join(', ')} of ${service} ${left.length === 1 ? 'is' : 'are'} on ${address.host} alone: ` +
    'ssh forwards TCP ports of its loopback address.'
  );
}

function isFree({ host, port }: Address): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(false));
    server.listen({ host, port, exclusive: true }, () => server.close(() => resolve(true)));
  });
}
