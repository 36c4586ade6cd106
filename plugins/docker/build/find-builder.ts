import { execFile } from 'node:child_process';
import { constants } from 'node:fs';
import { access, stat } from 'node:fs/promises';
import { delimiter, isAbsolute, join } from 'node:path';

/** The docker command line, and which builder it has. */
export interface Builder {
  /** Absolute path of the program. */
  path: string;
  /** `classic` has no BuildKit: a newer command line brings none without buildx. */
  kind: 'buildx' | 'buildkit' | 'classic';
  /** As people read it: `docker 28.2.2 without buildx`. */
  name: string;
}

export type BuilderSearch = Builder | { problem: string };

/** Looks for the docker command line in PATH and asks it what it has; throws nothing. */
export async function findBuilder(
  env: Readonly<Record<string, string | undefined>>,
): Promise<BuilderSearch> {
  const path = await findProgram(process.platform === 'win32' ? 'docker.exe' : 'docker', env);
  if (path === undefined) return { problem: 'there is no `docker` in PATH' };
  const [version, buildx] = await Promise.all([
    printed(path, ['--version'], env),
    printed(path, ['buildx', 'version'], env),
  ]);
  const [, number, major] = /^Docker version ((\d+)\.[^\s,]+)/.exec(version ?? '') ?? [];
  if (number === undefined) {
    return {
      problem: `${path} is something else, and builds on another engine than the one in use`,
    };
  }
  const [, ownNumber] = /\bv?(\d+\.\d+\.\d+)/.exec(buildx ?? '') ?? [];
  if (ownNumber !== undefined) {
    return { path, kind: 'buildx', name: `docker ${number} with buildx ${ownNumber}` };
  }
  const kind = Number(major) < 23 ? 'buildkit' : 'classic';
  return { path, kind, name: `docker ${number} without buildx` };
}

// A relative folder in PATH would let a repo bring the program that gets its secrets.
async function findProgram(
  name: string,
  env: Readonly<Record<string, string | undefined>>,
): Promise<string | undefined> {
  for (const folder of (env['PATH'] ?? '').split(delimiter).filter(isAbsolute)) {
    const path = join(folder, name);
    const isProgram = await access(path, constants.X_OK).then(
      async () => (await stat(path)).isFile(),
      () => false,
    );
    if (isProgram) return path;
  }
  return undefined;
}

const patienceMs = 20_000;

function printed(
  path: string,
  args: readonly string[],
  env: Readonly<Record<string, string | undefined>>,
): Promise<string | undefined> {
  return new Promise((resolve) => {
    execFile(path, args, { env: { ...env }, timeout: patienceMs }, (error, stdout) =>
      resolve(error ? undefined : stdout),
    );
  });
}
