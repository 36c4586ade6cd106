import { runOrThrow } from './run-command.ts';

export interface DebianMirrors {
  main: string;
  /** Null where the machine names no mirror of the security archive. */
  security: string | null;
}

/** The Debian mirrors that this machine's apt is set up with; throws where there are none. */
export async function findDebianMirrors(): Promise<DebianMirrors> {
  const listing = await runOrThrow('apt-get', ['indextargets', '--format', '$(SITE) $(RELEASE)']);
  const targets = listing.split('\n').map((line) => line.split(' '));
  const siteOf = (release: RegExp): string | undefined =>
    targets.find(([site, name]) => isDebian(site) && release.test(name ?? ''))?.[0];
  const main = siteOf(/^[a-z]+$/);
  if (!main) throw new Error('apt knows no Debian mirror: see /etc/apt/sources.list.d.');
  return { main, security: siteOf(/-security$/) ?? null };
}

function isDebian(site: string | undefined): site is string {
  return /\/debian(-security)?\/?$/.test(site ?? '');
}
