import { serviceErrors } from '../errors/catalogue/service.ts';
import { blamePlugin } from '../plugin/blame-plugin.ts';
import type { BroughtRunner } from '../plugin/plugin-host.ts';
import type { RunnerContext } from '../plugin/plugin.ts';
import type { Runner } from '../run/runner.ts';

/** The runners of one host: each made on first need, once, and closed with it. */
export interface RunnerPool {
  /** Throws DS_RUNNER_MISSING. */
  get(kind: string, service: string): Promise<Runner>;
  /** All of `needed` kinds, and those others that can be asked. */
  all(needed: ReadonlySet<string>, signal: AbortSignal): Promise<readonly Runner[]>;
  close(): Promise<void>;
}

export function createRunnerPool(
  brought: ReadonlyMap<string, BroughtRunner>,
  context: RunnerContext,
): RunnerPool {
  const made = new Map<string, Promise<Runner>>();
  const make = (kind: string, { plugin, factory }: BroughtRunner): Promise<Runner> => {
    const known = made.get(kind);
    if (known) return known;
    const runner = (async () => {
      try {
        return await factory(context);
      } catch (thrown) {
        made.delete(kind);
        throw blamePlugin(thrown, { plugin, where: `the runner "${kind}"` });
      }
    })();
    made.set(kind, runner);
    return runner;
  };
  return {
    async get(kind, service) {
      const found = brought.get(kind);
      if (found) return make(kind, found);
      throw serviceErrors.create('DS_RUNNER_MISSING', {
        kind,
        service,
        known: [...brought.keys()],
      });
    },
    async all(needed, signal) {
      const found = await Promise.all(
        [...brought].map(async ([kind, factory]) => {
          const runner = await make(kind, factory);
          // Nothing of ours can be where nothing answers: that is no reason for `down` to fail.
          const isThere = needed.has(kind) || (await runner.available(signal)).available;
          return isThere ? [runner] : [];
        }),
      );
      return found.flat();
    },
    async close() {
      await Promise.all([...made.values()].map(async (runner) => (await runner).close()));
    },
  };
}
