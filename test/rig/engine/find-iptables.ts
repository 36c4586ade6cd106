import { mkdir, rm, symlink } from 'node:fs/promises';

import { runCommand } from './run-command.ts';

export const systemPath = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin';

/** The kinds of rule that dockerd writes, tried in a network namespace that ends with the trial. */
const trialRules = [
  '-t nat -A OUTPUT -m addrtype --dst-type LOCAL -j ACCEPT',
  '-t nat -A POSTROUTING -s 10.0.0.0/8 -j MASQUERADE',
  '-t filter -A FORWARD -m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT',
];

/**
 * The PATH on which `iptables` is a variant that this kernel takes: the machine's default, else nft,
 * else legacy, linked in `binFolder`. Throws with every refusal when none works.
 */
export async function findIptables(binFolder: string): Promise<string> {
  await rm(binFolder, { recursive: true, force: true });
  const refusals: string[] = [];
  for (const variant of ['', '-nft', '-legacy']) {
    const refusal = await tryVariant(variant);
    if (refusal !== null) {
      refusals.push(refusal);
      continue;
    }
    if (variant === '') return systemPath;
    await mkdir(binFolder, { mode: 0o700 });
    await symlink(`/usr/sbin/iptables${variant}`, `${binFolder}/iptables`);
    await symlink(`/usr/sbin/ip6tables${variant}`, `${binFolder}/ip6tables`);
    return `${binFolder}:${systemPath}`;
  }
  throw new Error(`No iptables works on this kernel:\n${refusals.join('\n')}`);
}

async function tryVariant(variant: string): Promise<string | null> {
  const script = trialRules.map((rule) => `iptables${variant} ${rule}`).join(' && ');
  const env = { PATH: systemPath };
  const { exitCode, stderr } = await runCommand('unshare', ['--net', 'sh', '-c', script], { env });
  return exitCode === 0 ? null : `iptables${variant}: ${stderr.trim()}`;
}
