import { isProcess } from '../run/process-fields.ts';
import type { Run } from '../run/run.ts';
import type { PortBinding } from '../run/runner.ts';
import { isOnHost, networkOwner } from './bind-ports.ts';

/** A port of a process of this machine that a service which is not on this machine needs. */
export interface Route {
  /** Whose port it is, and the kind of its run. */
  service: string;
  kind: string;
  port: PortBinding;
}

/**
 * What one service has to go through its runner's gateway for: ports of those of its dependencies that
 * are processes of this machine, where it is none itself and has a network of its own.
 */
export function findRoutes(
  {
    runs,
    ports,
  }: {
    runs: Readonly<Record<string, Run | undefined>>;
    ports: Readonly<Record<string, readonly PortBinding[]>>;
  },
  { name, needs }: { name: string; needs: readonly string[] },
): Route[] {
  if (isOnHost(runs[networkOwner(runs, name)])) return [];
  return needs.flatMap((service) => {
    const run = runs[service];
    if (!isProcess(run)) return [];
    return (ports[service] ?? []).map((port) => ({ service, kind: run.kind, port }));
  });
}
