import { existsSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { topLevelOf } from 'devservices/machine';
import { processErrors } from '../errors.ts';
import type { ProcessRecord } from '../record/process-record.ts';
import { asProcess } from '../record/resolved-process.ts';
import { environmentOf } from './environment.ts';
import { findProgram } from './find-program.ts';

/** What `spawn` takes. */
export interface SpawnCommand {
  /** Absolute. */
  file: string;
  args: readonly string[];
  options: {
    cwd: string;
    env: Record<string, string>;
    /** The program's name as it was written. */
    argv0: string;
    uid?: number;
    gid?: number;
  };
}

/**
 * How a service's command, or another one in the same place, is spawned.
 *
 * Throws DS_PROCESS_CWD_MISSING, and DS_PROCESS_NOT_FOUND and DS_PROCESS_NOT_EXECUTABLE with the
 * `shellStatus` that a shell would end with.
 */
export function commandOf(record: ProcessRecord, command?: readonly string[]): SpawnCommand {
  const { service } = record.target;
  const run = asProcess(record.target.run);
  const { cwd, user } = run;
  const [program = '', ...args] = command ?? run.command;
  assertFolder(service, cwd);
  const env = environmentOf(record);
  const found = findProgram(program, { path: env['PATH'], cwd, user });
  if ('denied' in found) {
    const facts = { service, path: found.denied, shellStatus: 126 } as const;
    throw processErrors.create('DS_PROCESS_NOT_EXECUTABLE', facts);
  }
  if ('looked' in found) {
    const install = findInstallCommand(cwd);
    throw processErrors.create('DS_PROCESS_NOT_FOUND', {
      service,
      program,
      looked: found.looked,
      ...(install !== undefined && !program.includes('/') && { install }),
      shellStatus: 127,
    });
  }
  const as = user && { uid: user.uid, gid: user.gid };
  return { file: found.path, args, options: { cwd, env, argv0: program, ...as } };
}

function assertFolder(service: string, cwd: string): void {
  const problem = problemOf(cwd);
  if (problem === undefined) return;
  throw processErrors.create('DS_PROCESS_CWD_MISSING', { service, cwd, problem });
}

function problemOf(cwd: string): string | undefined {
  try {
    return statSync(cwd).isDirectory() ? undefined : 'that is no folder';
  } catch {
    return 'there is no such folder';
  }
}

const installers = [
  ['package-lock.json', 'npm ci'],
  ['pnpm-lock.yaml', 'pnpm install'],
  ['yarn.lock', 'yarn install'],
  ['bun.lock', 'bun install'],
  ['package.json', 'npm install'],
] as const;

// A repo with packages that nobody installed is the usual reason why a program is not there.
function findInstallCommand(cwd: string): string | undefined {
  const top = topLevelOf(cwd) ?? cwd;
  for (let folder = cwd; ; folder = dirname(folder)) {
    if (existsSync(join(folder, 'package.json')) && !existsSync(join(folder, 'node_modules'))) {
      return installers.find(([file]) => existsSync(join(folder, file)))?.[1];
    }
    if (folder === top || folder === dirname(folder)) return undefined;
  }
}
