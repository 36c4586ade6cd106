import type { Route } from '../plan/find-routes.ts';
import type { PlannedService } from '../plan/plan.ts';
import type { Kernel } from './kernel.ts';
import { inPhase } from './phase.ts';

/** Ways from what has a network of its own to processes of this machine, each as soon as it can be made. */
export interface Relays {
  /**
   * Before a service counts as ready: makes the ways to it for those who wait for that, so that nothing
   * is left to do between its readiness and their start. What fails is theirs: never rejects.
   */
  openTo(service: string): Promise<void>;
  /** Ahead of conditions: makes the ways to what is not waited for until it is ready. */
  openFrom(planned: PlannedService): Promise<void>;
  /** Throws what went wrong with the ways that a service needs. */
  assertOpen(service: string): void;
}

/** `services`: all that take part. */
export function createRelays(kernel: Kernel, services: readonly PlannedService[]): Relays {
  const { signal } = kernel;
  const names = new Set(services.map(({ service }) => service));
  const gateways = new Map<string, Promise<string | undefined>>();
  const failures = new Map<string, unknown>();

  const gatewayOf = ({ run: { kind }, service, project }: PlannedService) => {
    const known = gateways.get(kind);
    if (known) return known;
    const asking = (async () => (await kernel.runner(kind, service)).gateway?.(project, signal))();
    gateways.set(kind, asking);
    return asking;
  };
  const open = async (planned: PlannedService, routes: readonly Route[]): Promise<void> => {
    const at = await gatewayOf(planned);
    if (at === undefined) return;
    const { project } = planned;
    const opening = routes.map(async ({ service, kind, port }) => {
      const runner = await kernel.runner(kind, service);
      await runner.relay?.({ project, service, port, at }, signal);
    });
    await Promise.all(opening);
  };
  const isAwaited = ({ dependsOn }: PlannedService, service: string): boolean =>
    names.has(service) &&
    dependsOn.some((need) => need.service === service && need.condition === 'ready');

  return {
    async openTo(service) {
      const asked = services.flatMap((planned) => {
        const routes = planned.routes.filter((route) => route.service === service);
        return routes.length > 0 && isAwaited(planned, service) ? [{ planned, routes }] : [];
      });
      if (asked.length === 0) return;
      await inPhase(kernel, { phase: 'relay', service }, () =>
        Promise.all(
          asked.map(({ planned, routes }) =>
            open(planned, routes).catch((thrown: unknown) => failures.set(planned.service, thrown)),
          ),
        ),
      );
    },
    async openFrom(planned) {
      const routes = planned.routes.filter(({ service }) => !isAwaited(planned, service));
      if (routes.length > 0) await open(planned, routes);
    },
    assertOpen(service) {
      if (failures.has(service)) throw failures.get(service);
    },
  };
}
