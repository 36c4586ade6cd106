import { basename, posix } from 'node:path';
import type { Contracts } from 'devservices';
import type { CommandShell } from 'devservices/runner';
import { dockerWorkstationErrors } from './errors.ts';

/** How the repo gets into a workstation. */
export type Repo =
  | { kind: 'mount'; source: string; folder: string }
  | { kind: 'clone'; url: string; folder: string }
  | { kind: 'none'; reason?: string };

export interface RepoRequest {
  $: CommandShell;
  /** Folder of the configuration. */
  root: string;
  /** Of the options. Default: mounted where the engine is local, else cloned where there is an origin. */
  asked: Repo['kind'] | undefined;
  route: Contracts['engineRoute'];
  /** Of who logs in. */
  home: string;
  signal: AbortSignal;
}

/** Throws DS_WORKSTATION_MOUNT_ELSEWHERE and DS_WORKSTATION_NO_ORIGIN. */
export async function resolveRepo(request: RepoRequest): Promise<Repo> {
  const { asked, route, home, root } = request;
  const kind = asked ?? (route.isLocal ? 'mount' : 'clone');
  if (kind === 'none') return { kind };
  if (kind === 'mount' && !route.isLocal) {
    const facts = { root, engine: route.url };
    throw dockerWorkstationErrors.create('DS_WORKSTATION_MOUNT_ELSEWHERE', facts);
  }
  const git = gitIn(request);
  const top = (await git(['rev-parse', '--show-toplevel'])).text || root;
  const folder = posix.join(home, basename(top) || 'repo');
  if (kind === 'mount') return { kind, source: top, folder };
  const { text: url, reason } = await git(['remote', 'get-url', 'origin']);
  if (url !== '') return { kind, url: withoutSecrets(url), folder };
  if (asked === undefined) return { kind: 'none', reason };
  throw dockerWorkstationErrors.create('DS_WORKSTATION_NO_ORIGIN', { root, reason });
}

function gitIn({ $, root, signal }: RepoRequest) {
  const run = $({ nothrow: true, quiet: true, exports: false, cwd: root, signal });
  return async (args: readonly string[]): Promise<{ text: string; reason: string }> => {
    const { exitCode, stdout, stderr } = await run`git ${args}`;
    signal.throwIfAborted();
    if (exitCode === 0) return { text: stdout.replace(/\r?\n$/, ''), reason: '' };
    if (exitCode === 127) return { text: '', reason: 'there is no `git` on the PATH' };
    const said = stderr.trim().split('\n')[0] ?? '';
    return { text: '', reason: said === '' ? `git ended with ${exitCode}` : said };
  };
}

/** A user's password in an address is the user's, and stays here. */
function withoutSecrets(address: string): string {
  if (!/^https?:/i.test(address) || !URL.canParse(address)) return address;
  const url = new URL(address);
  if (url.username === '' && url.password === '') return address;
  url.username = '';
  url.password = '';
  return url.href;
}
