import { existsSync } from 'node:fs';
import { chmod, readFile, readdir, rm, writeFile } from 'node:fs/promises';

import { runCommand, runOrThrow } from './run-command.ts';
import { say } from './say.ts';

const enginePackages = ['docker.io', 'iptables', 'mmdebstrap'];

/** The programs of `enginePackages`: where all are there nothing is installed. */
const enginePrograms = ['dockerd', 'containerd', 'runc', 'iptables', 'mmdebstrap', 'unshare'];

/** Whether a private engine may be set up here: root on Debian. */
export async function mayInstallEngine(): Promise<boolean> {
  if (process.platform !== 'linux' || process.getuid?.() !== 0) return false;
  const release = await readFile('/etc/os-release', 'utf8').catch(() => '');
  return /^ID=debian$/m.test(release);
}

/** Whether a Debian root file system can be put together here. */
export async function canBootstrapDebian(): Promise<boolean> {
  return (await mayInstallEngine()) && hasProgram('mmdebstrap');
}

/** Installs the engine's packages if a program is missing. Throws with apt's last lines. */
export function installEnginePackages(): Promise<void> {
  return installMissing({ programs: enginePrograms, packages: enginePackages });
}

/** Installs packages if one of their programs is missing. Throws with apt's last lines. */
export async function installMissing({
  programs,
  packages,
}: {
  programs: readonly string[];
  packages: readonly string[];
}): Promise<void> {
  const missing = programs.filter((program) => !hasProgram(program));
  if (missing.length === 0) return;
  say(`${missing.join(', ')} missing here: installing ${packages.join(' ')}`);
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  const lists = await readdir('/var/lib/apt/lists').catch(() => []);
  if (!lists.some((name) => name.includes('_Packages')))
    await runOrThrow('apt-get', ['update'], { env });
  await withoutServiceStarts(async () => {
    const install = ['install', '-y', '--no-install-recommends', ...packages];
    if ((await runCommand('apt-get', install, { env })).exitCode === 0) return;
    // Lists that are too old name versions that the mirror no longer has.
    await runOrThrow('apt-get', ['update'], { env });
    await runOrThrow('apt-get', install, { env });
  });
}

function hasProgram(name: string): boolean {
  const folders = ['/usr/local/sbin', '/usr/local/bin', '/usr/sbin', '/usr/bin', '/sbin', '/bin'];
  return folders.some((folder) => existsSync(`${folder}/${name}`));
}

/** Keeps the package from starting an engine of the system's, which would not be ours to use or end. */
async function withoutServiceStarts(work: () => Promise<void>): Promise<void> {
  const policy = '/usr/sbin/policy-rc.d';
  if (existsSync(policy)) return work();
  await writeFile(policy, '#!/bin/sh\nexit 101\n');
  await chmod(policy, 0o755);
  try {
    await work();
  } finally {
    await rm(policy, { force: true });
  }
}
