import { spawn } from 'node:child_process';
import { closeSync, mkdirSync, openSync, readFileSync } from 'node:fs';
import { homedir, tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Starter } from 'devservices/runner';
import type { EngineOptions } from './engine.ts';
import { findKnownStart } from './find-starter.ts';
import type { KnownStart } from './find-starter.ts';

/** How the engine that these options look for could be started, if a way is known. */
export async function findEngineStarter(
  { env = process.env, home = homedir(), ...options }: EngineOptions & { cacheFolder?: string },
  signal: AbortSignal,
): Promise<Starter | undefined> {
  const found = await findKnownStart({ ...options, env, home, signal });
  const logFolder = options.cacheFolder ?? tmpdir();
  return found && createStarter(found, { env, logFolder });
}

function createStarter(
  { what, program, args }: KnownStart,
  { env, logFolder }: { env: Readonly<Record<string, string | undefined>>; logFolder: string },
): Starter {
  return {
    what,
    command: [program, ...args.map((one) => (/^[\w./@:=-]+$/.test(one) ? one : `'${one}'`))].join(
      ' ',
    ),
    start: (signal) => start({ program, args, env, logFolder }, signal),
  };
}

function start(
  { program, args, env, logFolder }: Omit<KnownStart, 'what'> & Parameters<typeof createStarter>[1],
  signal: AbortSignal,
): Promise<void> {
  // What starts a virtual machine may outlive us: its words go where nobody has to read them.
  mkdirSync(logFolder, { recursive: true, mode: 0o700 });
  const path = join(logFolder, 'engine-start.log');
  const log = openSync(path, 'w', 0o600);
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, {
      env: { ...process.env, ...env },
      stdio: ['ignore', log, log],
      detached: true,
      signal,
    });
    closeSync(log);
    child.unref();
    child.once('error', reject);
    child.once('exit', (exitCode, by) => {
      if (exitCode === 0) return resolve();
      const said = readFileSync(path, 'utf8').trim().split('\n').slice(-3).join(' ');
      reject(new Error(`it ended with ${exitCode ?? by}${said === '' ? '.' : `: ${said}`}`));
    });
  });
}
