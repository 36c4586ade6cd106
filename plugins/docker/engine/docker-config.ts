import { readFile } from 'node:fs/promises';
import { join } from 'node:path';

/** What is read of docker's own configuration; it is never written. */
export interface DockerConfig {
  /** The folder: DOCKER_CONFIG, else ~/.docker. */
  folder: string;
  currentContext?: string;
  auths?: Readonly<Record<string, StoredAuth | null>>;
  /** Names the program that keeps the credentials of all registries. */
  credsStore?: string;
  /** The same for one registry each. */
  credHelpers?: Readonly<Record<string, unknown>>;
  /** Why config.json could not be used, where it could not. */
  problem?: string;
}

interface StoredAuth {
  auth?: string;
  identitytoken?: string;
}

/** Where to look; `process.env` and the home folder, but for tests. */
export interface Surroundings {
  env: Readonly<Record<string, string | undefined>>;
  home: string;
}

/** Reads config.json. A missing one is empty, a broken one is a `problem`; throws nothing. */
export async function loadDockerConfig({ env, home }: Surroundings): Promise<DockerConfig> {
  const folder = env['DOCKER_CONFIG'] || join(home, '.docker');
  const path = join(folder, 'config.json');
  try {
    const found: unknown = JSON.parse(await readFile(path, 'utf8'));
    if (!isRecord(found)) return { folder, problem: `${path} does not hold an object` };
    const { currentContext, auths, credsStore, credHelpers } = found;
    return {
      folder,
      ...(typeof currentContext === 'string' ? { currentContext } : {}),
      ...(isRecord(auths) ? { auths: auths as Record<string, StoredAuth | null> } : {}),
      ...(typeof credsStore === 'string' ? { credsStore } : {}),
      ...(isRecord(credHelpers) ? { credHelpers } : {}),
    };
  } catch (thrown) {
    if ((thrown as NodeJS.ErrnoException).code === 'ENOENT') return { folder };
    // The parser's own text quotes the file, and with it what may be a credential.
    const why =
      thrown instanceof SyntaxError ? 'is not JSON' : `can not be read (${codeOf(thrown)})`;
    return { folder, problem: `${path} ${why}` };
  }
}

function codeOf(thrown: unknown): string {
  return (thrown as NodeJS.ErrnoException).code ?? 'unknown error';
}

export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
