import type { Instance, InstanceStats, Runner } from '../run/runner.ts';
import type { FakeRunner } from './fake-runner-contract.ts';

/** What instances use that do not exist: what a test says, while they run. */
export function createFakeStats(
  instances: ReadonlyMap<string, Instance>,
): Pick<FakeRunner, 'setStats'> & Required<Pick<Runner, 'stats'>> {
  const said = new Map<string, InstanceStats | (() => Promise<InstanceStats | undefined>)>();
  return {
    setStats: (service, stats) => void said.set(service, stats),
    async stats({ service, id }) {
      const now = instances.get(service);
      if (now?.id !== id || now.status !== 'running') return undefined;
      const stats = said.get(service);
      return typeof stats === 'function' ? stats() : stats;
    },
  };
}
