import { mkdirSync, mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { onTestFinished } from 'vitest';

import { runCommand } from './engine/run-command.ts';
import { say } from './engine/say.ts';
import { unpackTrixie } from './engine/trixie-packages.ts';

/** What a docker command line builds with: buildx, the BuildKit of an older one, or neither. */
export const cliKinds = ['buildx', 'buildkit', 'classic'] as const;
export type CliKind = (typeof cliKinds)[number];

/** Where programs of that kind are, found once. */
const programs = new Map<CliKind, Promise<Programs | null>>();

interface Programs {
  docker: string;
  buildx?: string;
}

/**
 * Variables with which `docker` is a command line of that kind, with a configuration of its own; null,
 * with the reason on stderr, where it can not be had. For the time of one test.
 */
export async function dockerCli(kind: CliKind): Promise<Record<string, string> | null> {
  const found = programs.get(kind) ?? findPrograms(kind);
  programs.set(kind, found);
  const known = await found;
  if (!known) return null;
  const folder = mkdtempSync(join(tmpdir(), 'ds-cli-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  mkdirSync(join(folder, 'bin'));
  mkdirSync(join(folder, 'config/cli-plugins'), { recursive: true });
  symlinkSync(known.docker, join(folder, 'bin/docker'));
  if (known.buildx) symlinkSync(known.buildx, join(folder, 'config/cli-plugins/docker-buildx'));
  return {
    PATH: [join(folder, 'bin'), process.env['PATH']].join(delimiter),
    DOCKER_CONFIG: join(folder, 'config'),
  };
}

async function findPrograms(kind: CliKind): Promise<Programs | null> {
  try {
    if (kind === 'buildkit') return { docker: await findOlder() };
    const packages = ['docker-cli', 'docker-buildx'];
    const root = await unpackTrixie({ name: 'docker-cli', packages });
    const docker = join(root, 'usr/bin/docker');
    if (kind === 'classic') return { docker };
    return { docker, buildx: join(root, 'usr/libexec/docker/cli-plugins/docker-buildx') };
  } catch (error) {
    say(`no docker command line of the kind ${kind}: ${String(error)}`);
    return null;
  }
}

/** The one of Debian 12, which comes with the engine that the rig installs. */
async function findOlder(): Promise<string> {
  for (const folder of (process.env['PATH'] ?? '').split(delimiter)) {
    const { stdout } = await runCommand(join(folder, 'docker'), ['--version']);
    const [, major] = /^Docker version (\d+)\./.exec(stdout) ?? [];
    if (major !== undefined && Number(major) < 23) return join(folder, 'docker');
  }
  throw new Error('PATH has no docker command line before 23.');
}
