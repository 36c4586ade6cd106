import type { Runner } from '../run/runner.ts';
import type { FakeRunnerOptions, RunnerCall } from './fake-runner-contract.ts';

/** What a fake runner can besides what every runner must: only what it was asked to. */
export function createFakeExtras(
  { tends, gateway, relays }: FakeRunnerOptions,
  step: (call: RunnerCall, signal: AbortSignal) => Promise<void>,
): Pick<Runner, 'tend' | 'gateway' | 'relay'> {
  return {
    ...(tends ? { tend: (_, signal) => step('tend', signal) } : {}),
    ...(gateway === undefined
      ? {}
      : {
          gateway: async (_, signal) => {
            await step('gateway', signal);
            return gateway ?? undefined;
          },
        }),
    ...(relays
      ? {
          relay: ({ service, port, at }, signal) =>
            step(`relay ${service} ${port.name} at ${at}`, signal),
        }
      : {}),
  };
}
