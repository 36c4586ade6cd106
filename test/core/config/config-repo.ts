import {
  chownSync,
  mkdirSync,
  mkdtempSync,
  realpathSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { onTestFinished } from 'vitest';
import type { ConfigProblem } from '../../../core/errors/catalogue/config.ts';
import { type DevServicesError, isDevServicesError } from '../../../core/errors/error.ts';
import { type LayersRequest, loadLayers } from '../../../core/config/layers.ts';
import { loadCoreKinds } from '../../../core/config/core-kinds.ts';
import { mergeLayers } from '../../../core/config/merge-layers.ts';
import { validateConfig } from '../../../core/config/validate-config.ts';

const kinds = await loadCoreKinds();

/** A folder with a git top level in it and files of a test; gone when the test is over. */
export function createRepo(files: Readonly<Record<string, string>> = {}) {
  const home = realpathSync(mkdtempSync(join(tmpdir(), 'devservices-config-')));
  onTestFinished(() => rmSync(home, { recursive: true, force: true }));
  const root = join(home, 'shop');
  const path = (...names: string[]): string => join(root, ...names);
  const write = (name: string, text: string): string => {
    mkdirSync(dirname(path(name)), { recursive: true });
    writeFileSync(path(name), text);
    return path(name);
  };
  mkdirSync(path('.git'), { recursive: true });
  for (const [name, text] of Object.entries(files)) write(name, text);

  const request = (options: Partial<LayersRequest> = {}): LayersRequest => ({
    cwd: root,
    cacheFolder: join(home, 'cache'),
    library: pathToFileURL(join(import.meta.dirname, '../../../core/index.ts')).href,
    ...options,
    env: { HOME: home, ...options.env },
  });
  const load = (options?: Partial<LayersRequest>) => loadLayers(request(options));
  return {
    home,
    root,
    path,
    write,
    request,
    load,
    /** Loads and merges; `origin` gives file names relative to the repo. */
    async merge(options?: Partial<LayersRequest>) {
      const { layers } = await load(options);
      return mergeLayers(layers);
    },
    async validate(options?: Partial<LayersRequest>) {
      const { layers } = await load(options);
      return validateConfig({ ...mergeLayers(layers), root, kinds });
    },
  };
}

/** Makes a file another user's, and says whose. Who is not root can only link to one of root's. */
export function giveAway(file: string): number {
  if (process.getuid?.() === 0) chownSync(file, 65_534, 65_534);
  else {
    rmSync(file);
    symlinkSync('/etc/passwd', file);
  }
  return statSync(file).uid;
}

/** The error of ours that an act ends with. */
export async function errorOf(act: () => unknown): Promise<DevServicesError> {
  try {
    await act();
  } catch (error) {
    if (isDevServicesError(error)) return error;
    throw error;
  }
  throw new Error('it did not throw');
}

/** The problems of an invalid configuration as lines. */
export async function problemsOf(act: () => unknown): Promise<string[]> {
  const { code, facts } = await errorOf(act);
  if (!code.endsWith('CONFIG_INVALID')) throw new Error(`it threw ${code}`);
  return (facts['problems'] as ConfigProblem[]).map(
    ({ path, origin, text }) => `${path}${origin === undefined ? '' : ` (${origin})`}: ${text}`,
  );
}
