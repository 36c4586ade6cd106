import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync } from 'node:fs';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';

import type { EmbeddedProgram, ProgramPlace } from '../../../core/run/embedded-program.ts';
import type { Json } from '../../../core/run/run.ts';
import {
  ensureDataFolder,
  resolveDataFolder,
} from '../../../plugins/process/runner/kept-folders.ts';
import { freePorts } from '../../rig/free-ports.ts';
import { createTempFolder } from '../../rig/state/temp-folder.ts';

const repo = join(import.meta.dirname, '../../..');

/** A place as the process runner would make it, on ports that are free. */
export async function createPlace(
  { isRootRefused }: Pick<EmbeddedProgram, 'isRootRefused'>,
  ports: readonly string[],
  options: { readonly [name: string]: Json } = {},
): Promise<ProgramPlace> {
  const folder = createTempFolder();
  chmodSync(folder, 0o755);
  const places = { stateHome: join(folder, 'state'), sharedBase: join(folder, 'shared') };
  const owner = {
    project: { project: 'shop', checkout: '3f9a1c22e0b7' },
    service: 'tried',
    runKey: 'local',
  };
  const { path, user } = resolveDataFolder(places, owner, { isRootRefused });
  ensureDataFolder(places, owner, { path, ...(user && { user }) });
  const numbers = await freePorts(ports.length);
  return {
    service: 'tried',
    options,
    root: repo,
    cacheFolder: join(folder, 'cache'),
    dataFolder: path,
    ports: ports.map((name, at) => {
      const host = numbers[at] ?? 0;
      return { name, container: host, host, protocol: 'tcp' as const };
    }),
    ...(user && { user }),
  };
}

/** A program that runs. */
export interface Started {
  /** Sends the signal to it alone and resolves when it has ended. */
  end(signal: NodeJS.Signals): Promise<{ exitCode: number | null; signal: string | null }>;
  output(): string;
}

/** Runs what goes before, then the program, until it says so; ended with the test. */
export async function startProgram(
  program: EmbeddedProgram,
  place: ProgramPlace,
  says: string,
): Promise<Started> {
  const run = await program.resolve(place);
  const env = { ...process.env, ...run.environment };
  const as = place.user && { uid: place.user.uid, gid: place.user.gid };
  const cwd = createTempFolder();
  for (const [file, ...args] of run.before ?? []) {
    const done = spawnSync(file ?? '', args, { cwd, env, ...as, encoding: 'utf8' });
    if (done.status !== 0) throw new Error(`${done.stdout}${done.stderr}`);
  }
  const [file, ...args] = run.command;
  const child = spawn(file, args, { cwd, env, ...as, stdio: ['ignore', 'pipe', 'pipe'] });
  const ended = once(child, 'close') as Promise<[number | null, string | null]>;
  onTestFinished(async () => {
    child.kill('SIGKILL');
    await ended;
  });
  let output = '';
  await new Promise<void>((resolve, reject) => {
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding('utf8').on('data', (text: string) => {
        output += text;
        if (output.includes(says)) resolve();
      });
    }
    void ended.then(() => reject(new Error(`It ended: ${output}`)));
  });
  return {
    output: () => output,
    async end(signal) {
      child.kill(signal);
      const [exitCode, by] = await ended;
      return { exitCode, signal: by };
    },
  };
}
