import type { CosmiconfigResult } from 'cosmiconfig';
import * as explorers from 'cosmiconfig/dist/Explorer.js';
import { reasonOf } from '../errors/as-error.ts';
import { configErrors } from '../errors/catalogue/config.ts';
import { isDevServicesError } from '../errors/error.ts';
import { loadModule } from './load-module.ts';
import type { ModuleLoading } from './module-loading.ts';
import { parseJson, parseYaml } from './parse-text.ts';

/**
 * What a configuration file says: a module's default export, a document, or package.json's `devservices`.
 * Throws DS_CONFIG_UNREADABLE, DS_CONFIG_TYPE_UNKNOWN, DS_CONFIG_MALFORMED, DS_CONFIG_THREW,
 * DS_CONFIG_IMPORT_MISSING, DS_CONFIG_NO_DEFAULT.
 */
export async function loadFile(
  file: string,
  { namedBy, ...loading }: ModuleLoading & { namedBy: string },
): Promise<unknown> {
  try {
    const result = await createExplorer(loading).load(file);
    if (result?.isEmpty) {
      if (/\.ya?ml$/.test(file)) return {};
      throw configErrors.create('DS_CONFIG_NO_DEFAULT', { file });
    }
    return (result?.config as Boxed | undefined)?.boxed;
  } catch (error) {
    if (isDevServicesError(error)) throw error;
    if ((error as NodeJS.ErrnoException).code === undefined) {
      throw configErrors.create('DS_CONFIG_TYPE_UNKNOWN', {
        file,
        known: Object.keys(loaders(loading)),
      });
    }
    const facts = { file, namedBy, reason: reasonOf(error) };
    throw configErrors.create('DS_CONFIG_UNREADABLE', facts, error);
  }
}

/** Keeps cosmiconfig from looking into what was loaded: a `$import` there is not ours. */
interface Boxed {
  boxed: unknown;
}

interface Explorer {
  load(file: string): Promise<CosmiconfigResult>;
}

// The class, which has no types, and not cosmiconfig(): that one first looks for settings of its own in the
// process's folder, and would run a .config/config.js there, whoever wrote it.
const { Explorer: FolderExplorer } = explorers as unknown as {
  Explorer: new (options: Record<string, unknown>) => Explorer;
};

function createExplorer(loading: ModuleLoading): Explorer {
  return new FolderExplorer({
    moduleName: 'devservices',
    searchPlaces: [],
    searchStrategy: 'none',
    loaders: loaders(loading),
    transform: (result: unknown) => result,
    cache: false,
    ignoreEmptySearchPlaces: false,
    mergeImportArrays: false,
    mergeSearchPlaces: false,
    metaConfigFilePath: null,
  });
}

function loaders(loading: ModuleLoading): Record<string, (file: string, text: string) => unknown> {
  const module = async (file: string): Promise<Boxed> => ({
    boxed: await defaultExport(file, loading),
  });
  const json = (file: string, text: string): unknown => {
    const value = parseJson(file, text.replace(/^\uFEFF/, ''));
    if (!/[\\/]package\.json$/.test(file)) return { boxed: value };
    return { devservices: { boxed: (value as { devservices?: unknown } | null)?.devservices } };
  };
  const yaml = async (file: string, text: string): Promise<Boxed> => ({
    boxed: await parseYaml(file, text),
  });
  return {
    '.ts': module,
    '.mts': module,
    '.js': module,
    '.mjs': module,
    '.json': json,
    '.yaml': yaml,
    '.yml': yaml,
  };
}

async function defaultExport(file: string, loading: ModuleLoading): Promise<unknown> {
  const module = await loadModule(file, loading);
  const exported = module['default'];
  if (exported === undefined) throw configErrors.create('DS_CONFIG_NO_DEFAULT', { file });
  // A .ts file in a package without "type": "module" is CommonJS to some loaders.
  const isWrapped =
    typeof exported === 'object' &&
    exported !== null &&
    '__esModule' in exported &&
    'default' in exported;
  return isWrapped ? exported.default : exported;
}
