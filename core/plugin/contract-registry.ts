import type { ContractToken } from '../contract-token.ts';
import type { Contracts } from '../contracts.ts';
import { pluginErrors } from '../errors/catalogue/plugin.ts';
import { isDevServicesError } from '../errors/error.ts';
import { blamePlugin } from './blame-plugin.ts';
import type { RunnerContext } from './plugin.ts';

type Factory = (context: RunnerContext) => unknown;
type Extension = (contract: never) => unknown;

interface Exposed {
  plugin: string;
  factory: Factory;
}

/** What plugins expose to one another: made on first use, once, and known by who asks. */
export interface ContractRegistry {
  /** Throws DS_PLUGIN_CLASH where another plugin exposes the token. */
  assertFree(plugin: string, token: string): void;
  expose(plugin: string, token: string, factory: Factory): void;
  /**
   * Adds to the contract when it is made; several do so in the order in which they asked. Throws
   * DS_CONTRACT_MADE where it has been made.
   */
  extend(plugin: string, token: string, extension: Extension): void;
  use<Token extends ContractToken>(asker: string, token: Token): Promise<Contracts[Token]>;
}

export function createContractRegistry(context: () => RunnerContext): ContractRegistry {
  const factories = new Map<string, Exposed>();
  const extensions = new Map<string, { plugin: string; extension: Extension }[]>();
  const made = new Map<string, Promise<unknown>>();
  const make = async (token: string, { plugin, factory }: Exposed): Promise<unknown> => {
    const where = `the contract "${token}"`;
    const contract = await blaming({ plugin, where }, () => factory(context()));
    for (const { plugin: other, extension } of extensions.get(token) ?? []) {
      const who = { plugin: other, where: `its extension of ${where}` };
      await blaming(who, () => extension(contract as never)).catch((thrown: unknown) => {
        throw blameExtension(thrown, who);
      });
    }
    return contract;
  };
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
    extend(plugin, token, extension) {
      if (made.has(token)) throw pluginErrors.create('DS_CONTRACT_MADE', { token, plugin });
      extensions.set(token, [...(extensions.get(token) ?? []), { plugin, extension }]);
    },
    async use(asker, token) {
      const found = factories.get(token);
      if (!found) {
        const known = [...factories.keys()];
        throw pluginErrors.create('DS_CONTRACT_MISSING', { token, asker, known });
      }
      const value = made.get(token) ?? make(token, found);
      made.set(token, value);
      try {
        return (await value) as Contracts[typeof token];
      } catch (thrown) {
        // A failed attempt is forgotten: what was not there yet may be there at the next.
        if (made.get(token) === value) made.delete(token);
        throw thrown;
      }
    },
  };
}

interface Who {
  plugin: string;
  where: string;
}

// What a contract refuses there is none of the user's words: the plugin is named, and is to mend it.
function blameExtension(thrown: unknown, who: Who): unknown {
  const isRefused = isDevServicesError(thrown) && ['user', 'plugin'].includes(thrown.blame);
  if (!isRefused || thrown.code === 'DS_PLUGIN_THREW') return thrown;
  return pluginErrors.create('DS_PLUGIN_THREW', { ...who, reason: thrown.message }, thrown);
}

async function blaming(who: Who, work: () => unknown): Promise<unknown> {
  try {
    return await work();
  } catch (thrown) {
    throw blamePlugin(thrown, who);
  }
}
