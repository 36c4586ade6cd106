import { serviceErrors } from '../errors/catalogue/service.ts';
import type { DevServicesError } from '../errors/error.ts';
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
  isFree(port: number): Promise<boolean>;
  /** Who holds it, in words. */
  holderOf(port: number): Promise<string>;
}

/** Finds every port that is taken, before anything starts. What the service itself holds is its own. */
export async function findTakenPorts({
  services,
  isFree,
  holderOf,
}: PortCheck): Promise<TakenPort[]> {
  const held = new Set(
    services
      .flatMap(({ instance, replaced }) => [...(instance ? [instance] : []), ...replaced])
      .filter(({ status }) => status === 'running')
      .flatMap(({ endpoints }) => Object.values(endpoints).map(({ port }) => port)),
  );
  const checks = services
    .filter(({ action }) => action === 'create' || action === 'recreate' || action === 'start')
    .flatMap(({ service, ports }) => ports.map((port) => ({ service, port })))
    .filter(({ port }) => port.protocol === 'tcp' && !held.has(port.host))
    .map(async ({ service, port }) =>
      (await isFree(port.host))
        ? []
        : [{ service, port: port.name, number: port.host, holder: await holderOf(port.host) }],
    );
  return (await Promise.all(checks)).flat();
}

export function portTakenErrors(taken: readonly TakenPort[]): DevServicesError[] {
  return taken.map(({ service, number, holder }) =>
    serviceErrors.create('DS_PORT_TAKEN', { service, port: number, holder }),
  );
}
