import { existsSync, readFileSync } from 'node:fs';
import { isBuiltin } from 'node:module';
import { dirname, extname, join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { BuildFailure, BuildOptions, Loader, Message, Plugin } from 'esbuild';
import { configErrors } from '../errors/catalogue/config.ts';
import type { DevServicesError } from '../errors/error.ts';
import { digest, digestOf, type Transformed } from './module-cache.ts';
import { isLibrary, resolveLibrary } from './resolve-module.ts';

/**
 * Makes one JavaScript text of a module and all that it imports by path. Packages stay outside, named by
 * the URLs of the files that they resolve to from the importing file's folder.
 *
 * Throws DS_CONFIG_MALFORMED and DS_CONFIG_IMPORT_MISSING, each with file, line and column.
 */
export async function transformModule(file: string, library: string): Promise<Transformed> {
  const { build } = await import('esbuild');
  const digests = new Map<string, string | undefined>();
  const tsconfig = nearestTsconfig(dirname(file));
  if (tsconfig !== undefined) digests.set(tsconfig, digestOf(tsconfig));
  try {
    const { outputFiles, metafile } = await build({
      ...options(file),
      plugins: [resolvePackages(library), keepMeta(digests)],
    });
    for (const input of Object.keys(metafile?.inputs ?? {})) {
      const path = resolve(dirname(file), input);
      if (!digests.has(path)) digests.set(path, digestOf(path));
    }
    const textOf = (extension: string): string =>
      outputFiles?.find(({ path }) => path.endsWith(extension))?.text ?? '';
    return { code: textOf('.mjs'), map: wholeSources(file, textOf('.map')), inputs: [...digests] };
  } catch (error) {
    const [message] = (error as Partial<BuildFailure>).errors ?? [];
    throw message ? errorOf(file, message, error) : error;
  }
}

// The transform lies elsewhere than what it was made from.
function wholeSources(file: string, text: string): string {
  const map = JSON.parse(text) as { sources: string[] };
  const sources = map.sources.map((source) => pathToFileURL(resolve(dirname(file), source)).href);
  return JSON.stringify({ ...map, sources });
}

function options(file: string): BuildOptions {
  const main = JSON.stringify(pathToFileURL(file).href);
  return {
    entryPoints: [file],
    absWorkingDir: dirname(file),
    outfile: join(dirname(file), 'module.mjs'),
    write: false,
    bundle: true,
    platform: 'node',
    format: 'esm',
    target: 'node20',
    // Node's own reading of package.json: no bundlers' fields.
    mainFields: ['main'],
    conditions: [],
    sourcemap: 'external',
    sourcesContent: false,
    metafile: true,
    logLevel: 'silent',
    banner: {
      js: `import { createRequire as $require } from 'node:module'; const require = $require(${main});`,
    },
    define: Object.fromEntries(Object.entries(metaNames).map(([name, own]) => [name, own])),
  };
}

/** A module's own place, by the names of constants that stand on top of each file that asks for it. */
const metaNames = {
  'import.meta.url': '$ownUrl',
  'import.meta.filename': '$ownFile',
  'import.meta.dirname': '$ownFolder',
  __filename: '$ownFile',
  __dirname: '$ownFolder',
} as const;

function keepMeta(digests: Map<string, string | undefined>): Plugin {
  return {
    name: 'own-place',
    setup(build) {
      build.onLoad({ filter: /\.[cm]?[jt]sx?$/, namespace: 'file' }, ({ path }) => {
        const text = readFileSync(path, 'utf8');
        // What is transformed and what is digested must be the same reading.
        digests.set(path, digest(text));
        const asks = /import\.meta|__filename|__dirname/.test(text);
        return { contents: asks ? withPlace(path, text) : text, loader: loaderOf(path) };
      });
    },
  };
}

// On the first line of code, so that every line keeps its number.
function withPlace(path: string, text: string): string {
  const own = [pathToFileURL(path).href, path, dirname(path)].map((each) => JSON.stringify(each));
  const constants = `const $ownUrl = ${own[0]}, $ownFile = ${own[1]}, $ownFolder = ${own[2]};`;
  const start = text.startsWith('#!') ? text.indexOf('\n') + 1 : 0;
  return `${text.slice(0, start)}${constants}${text.slice(start)}`;
}

function loaderOf(path: string): Loader {
  const extension = extname(path);
  if (extension === '.tsx') return 'tsx';
  if (extension === '.jsx') return 'jsx';
  return extension.endsWith('ts') ? 'ts' : 'js';
}

function resolvePackages(library: string): Plugin {
  const asked = Symbol('asked');
  return {
    name: 'packages',
    setup(build) {
      build.onResolve({ filter: /^[^./\\]/ }, async (request) => {
        const { path, kind, resolveDir, importer, pluginData } = request;
        if (pluginData === asked || kind === 'entry-point') return undefined;
        if (isBuiltin(path)) return { path, external: true };
        if (isLibrary(path)) {
          const url = resolveLibrary(path, library);
          return url === undefined
            ? { errors: [{ text: `Could not resolve "${path}"` }] }
            : { path: url, external: true };
        }
        const found = await build.resolve(path, { kind, resolveDir, importer, pluginData: asked });
        if (found.errors.length > 0 || found.external) return found;
        // Linked packages of a workspace are the repo's own code, and may be TypeScript.
        if (!/[\\/]node_modules[\\/]/.test(found.path)) return found;
        const isRequired = kind === 'require-call' || kind === 'require-resolve';
        const target = isRequired ? found.path : pathToFileURL(found.path).href;
        return { path: target, external: true };
      });
    },
  };
}

function errorOf(main: string, message: Message, cause: unknown): DevServicesError {
  const { location, text } = message;
  const place = {
    file: location ? resolve(dirname(main), location.file) : main,
    line: location?.line,
    column: location ? location.column + 1 : undefined,
  };
  const specifier = /^Could not resolve "(.*)"$/.exec(text)?.[1];
  return specifier === undefined
    ? configErrors.create('DS_CONFIG_MALFORMED', { ...place, text }, cause)
    : configErrors.create('DS_CONFIG_IMPORT_MISSING', { ...place, specifier }, cause);
}

// Its `paths` decide what an import means, so that a change of it makes a transform anew.
function nearestTsconfig(folder: string): string | undefined {
  const file = join(folder, 'tsconfig.json');
  if (existsSync(file)) return file;
  return folder === dirname(folder) ? undefined : nearestTsconfig(dirname(folder));
}
