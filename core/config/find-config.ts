import { existsSync, lstatSync, readdirSync, readFileSync, realpathSync, statSync } from 'node:fs';
import { homedir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { reasonOf } from '../errors/as-error.ts';
import { configErrors } from '../errors/catalogue/config.ts';

/** The files that a folder is looked through for. */
export const configNames = ['ts', 'mts', 'js', 'mjs', 'json', 'yaml', 'yml'].map(
  (extension) => `devservices.config.${extension}`,
);
/** The files that lie beside one of those. */
export const localNames = ['ts', 'mts', 'js', 'json', 'yaml'].map(
  (extension) => `devservices.local.${extension}`,
);

export interface FindRequest {
  cwd: string;
  /** `--config`: taken as it is, whoever owns it. */
  configFile?: string | undefined;
  env: Readonly<Record<string, string | undefined>>;
}

/**
 * The configuration that holds for a folder: looked for from `cwd` up to the git top level and no
 * further, never above the home folder, and never another user's file; outside of git in `cwd` alone.
 * Throws DS_CONFIG_NOT_FOUND, DS_CONFIG_AMBIGUOUS, DS_CONFIG_FOREIGN, DS_CONFIG_UNREADABLE.
 */
export function findConfig({ cwd, configFile, env }: FindRequest): string {
  const named = configFile ?? (env['DEVSERVICES_CONFIG'] || undefined);
  if (named !== undefined) {
    return assertReadable(
      resolve(cwd, named),
      configFile === undefined ? 'DEVSERVICES_CONFIG' : '--config',
    );
  }
  const { folders, limit } = foldersUpwards(realFolder(cwd), realFolder(env['HOME'] || homedir()));
  for (const folder of folders) {
    const names = namesIn(folder, configNames);
    if (hasPackageKey(folder)) names.push('package.json');
    const file = assertSole(folder, names);
    if (file !== undefined) return assertOwn(file, env);
  }
  throw configErrors.create('DS_CONFIG_NOT_FOUND', { looked: folders, limit });
}

/**
 * The git-ignored file beside a configuration, or undefined.
 * Throws DS_CONFIG_AMBIGUOUS and DS_CONFIG_FOREIGN.
 */
export function findLocalConfig(
  folder: string,
  env: Readonly<Record<string, string | undefined>>,
): string | undefined {
  const file = assertSole(folder, namesIn(folder, localNames));
  return file === undefined ? undefined : assertOwn(file, env);
}

function assertReadable(file: string, namedBy: string): string {
  try {
    if (statSync(file).isFile()) return file;
  } catch (error) {
    throw configErrors.create(
      'DS_CONFIG_UNREADABLE',
      { file, namedBy, reason: reasonOf(error) },
      error,
    );
  }
  throw configErrors.create('DS_CONFIG_UNREADABLE', { file, namedBy, reason: 'it is no file' });
}

function realFolder(cwd: string): string {
  try {
    return realpathSync(cwd);
  } catch {
    return resolve(cwd);
  }
}

function foldersUpwards(start: string, home: string): { folders: string[]; limit: string } {
  const folders: string[] = [];
  for (let folder = start; ; folder = dirname(folder)) {
    folders.push(folder);
    if (existsSync(join(folder, '.git'))) {
      return { folders, limit: `up to the git top level, ${folder}` };
    }
    if (folder === home || folder === dirname(folder)) {
      return { folders: [start], limit: 'it is in no git repository' };
    }
  }
}

function namesIn(folder: string, wanted: readonly string[]): string[] {
  try {
    const present = new Set(readdirSync(folder));
    return wanted.filter((name) => present.has(name));
  } catch {
    return [];
  }
}

function hasPackageKey(folder: string): boolean {
  try {
    const content: unknown = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
    return typeof content === 'object' && content !== null && Object.hasOwn(content, 'devservices');
  } catch {
    return false;
  }
}

function assertSole(folder: string, names: readonly string[]): string | undefined {
  if (names.length > 1) throw configErrors.create('DS_CONFIG_AMBIGUOUS', { folder, names });
  return names[0] === undefined ? undefined : join(folder, names[0]);
}

function assertOwn(file: string, env: FindRequest['env']): string {
  const user = process.getuid?.();
  if (user === undefined) return file;
  // Under sudo the person is still the same one.
  const trusted = [user, ...(user === 0 && env['SUDO_UID'] ? [Number(env['SUDO_UID'])] : [])];
  for (const look of [lstatSync, statSync]) {
    const owner = look(file, { throwIfNoEntry: false })?.uid;
    if (owner !== undefined && !trusted.includes(owner)) {
      throw configErrors.create('DS_CONFIG_FOREIGN', { file, owner, user });
    }
  }
  return file;
}
