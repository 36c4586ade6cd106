import { serviceErrors } from '../errors/catalogue/service.ts';
import type { DevServicesError } from '../errors/error.ts';
import type { PortPlace } from '../identity/port-choice.ts';
import type { KeptPort } from '../run/runner.ts';
import type { PlannedService } from './plan.ts';

/** A port of this machine that a service needs and somebody else holds. */
export interface TakenPort {
  service: string;
  port: string;
  number: number;
  holder: string;
}

export interface PortCheck {
  services: readonly PlannedService[];
  /** What runners keep; a service's own are no strangers'. */
  kept: readonly KeptPort[];
  isFree(port: number, place: PortPlace): Promise<boolean>;
  /** Who holds it, in words. */
  holderOf(port: number, protocol: 'tcp' | 'udp'): Promise<string>;
}

/** Finds every port that is taken, before anything starts. What the service itself holds is its own. */
export async function findTakenPorts({
  services,
  kept,
  isFree,
  holderOf,
}: PortCheck): Promise<TakenPort[]> {
  const names = new Set(services.map(({ service }) => service));
  const held = new Set([
    ...services
      .flatMap(({ instance, replaced }) => [...(instance ? [instance] : []), ...replaced])
      .filter(({ status }) => status === 'running')
      .flatMap(({ endpoints }) => Object.values(endpoints).map(({ port }) => port)),
    ...kept.filter(({ service }) => names.has(service)).map(({ port }) => port),
  ]);
  const asked = new Set<string>();
  const checks = services
    .filter(({ action }) => action === 'create' || action === 'recreate' || action === 'start')
    .flatMap(({ service, ports }) => ports.map((port) => ({ service, port })))
    .filter(({ port }) => !held.has(port.host))
    // Containers on one network have the same port of this machine, and asking twice at once disturbs.
    .filter(({ port }) => {
      const key = `${port.host}/${port.protocol}`;
      return !asked.has(key) && asked.add(key);
    })
    .map(async ({ service, port }): Promise<TakenPort[]> => {
      const { name, host, protocol, interface: at } = port;
      const place: PortPlace = {
        ...(protocol === 'udp' ? { protocol } : {}),
        ...(at === undefined ? {} : { interface: at }),
      };
      if (await isFree(host, place)) return [];
      return [{ service, port: name, number: host, holder: await holderOf(host, protocol) }];
    });
  return (await Promise.all(checks)).flat();
}

export function portTakenErrors(taken: readonly TakenPort[]): DevServicesError[] {
  return taken.map(({ service, number, holder }) =>
    serviceErrors.create('DS_PORT_TAKEN', { service, port: number, holder }),
  );
}
