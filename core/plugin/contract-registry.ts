import type { ContractToken, Contracts } from '../contracts.ts';
import { pluginErrors } from '../errors/catalogue/plugin.ts';
import { blamePlugin } from './blame-plugin.ts';
import type { RunnerContext } from './plugin.ts';

type Factory = (context: RunnerContext) => unknown;

/** What plugins expose to one another: made on first use, once, and known by who asks. */
export interface ContractRegistry {
  /** Throws DS_PLUGIN_CLASH where another plugin exposes the token. */
  assertFree(plugin: string, token: string): void;
  expose(plugin: string, token: string, factory: Factory): void;
  use<Token extends ContractToken>(asker: string, token: Token): Promise<Contracts[Token]>;
}

export function createContractRegistry(context: () => RunnerContext): ContractRegistry {
  const factories = new Map<string, { plugin: string; factory: Factory }>();
  const made = new Map<string, Promise<unknown>>();
  return {
    assertFree(plugin, token) {
      const other = factories.get(token);
      if (!other) return;
      const plugins = [other.plugin, plugin] as const;
      throw pluginErrors.create('DS_PLUGIN_CLASH', { what: 'contract', name: token, plugins });
    },
    expose(plugin, token, factory) {
      factories.set(token, { plugin, factory });
    },
    async use(asker, token) {
      const found = factories.get(token);
      if (!found) {
        const known = [...factories.keys()];
        throw pluginErrors.create('DS_CONTRACT_MISSING', { token, asker, known });
      }
      const value = made.get(token) ?? Promise.resolve().then(() => found.factory(context()));
      made.set(token, value);
      try {
        return (await value) as Contracts[typeof token];
      } catch (thrown) {
        // A failed attempt is forgotten: what was not there yet may be there at the next.
        made.delete(token);
        throw blamePlugin(thrown, { plugin: found.plugin, where: `the contract "${token}"` });
      }
    },
  };
}
