import type { PlanOptions } from '../plan/plan-context.ts';
import type { Instance } from '../run/runner.ts';
import { dependenciesOf } from '../selection.ts';
import { observe } from './observe.ts';
import type { Kernel } from './kernel.ts';

/** Names what a restart is about: the named services, or all that run, and who follows them. */
export async function selectRestarted<Options extends PlanOptions>(
  kernel: Kernel,
  options: Options,
): Promise<Options> {
  const services = kernel.config?.services ?? {};
  const found = await observe(kernel, await kernel.runners());
  const isUp = new Set(
    found.filter(({ instance }) => isRunning(instance)).map(({ instance }) => instance.service),
  );
  const strangers = [...isUp].filter((name) => !Object.hasOwn(services, name));
  const named = options.restart ?? [];
  if (named.length === 0 && strangers.length > 0) {
    kernel.log.info(`Left alone, no longer in the configuration: ${strangers.join(', ')}.`);
  }
  const restart = new Set(
    named.length > 0 ? named : Object.keys(services).filter((name) => isUp.has(name)),
  );
  // A set goes on to those that are added while it is gone through.
  for (const cause of restart) {
    for (const name of isUp) {
      const follows = dependenciesOf(services[name]).some(
        ([need, how]) => need === cause && how.restart,
      );
      if (follows) restart.add(name);
    }
  }
  if (restart.size === 0) {
    kernel.log.info('Nothing runs that could be restarted.');
    return { ...options, restart: [], exclude: Object.keys(services) };
  }
  const restarted = [...restart].filter((name) => {
    const own = found.find(({ instance }) => instance.service === name)?.instance;
    return wasRestarted(own, options.askedAt);
  });
  return { ...options, restart: [...restart], restarted, services: [...restart] };
}

// Two restarts at once are one. Where a look does not tell the start, as with engines, the clock that
// would have to be asked may be another machine's.
function wasRestarted(instance: Instance | undefined, askedAt = Infinity): boolean {
  return instance !== undefined && isRunning(instance) && (instance.startedAt ?? 0) > askedAt;
}

const isRunning = ({ status }: Instance): boolean => status !== 'exited' && status !== 'created';
