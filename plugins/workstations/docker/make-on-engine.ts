import { askEngine } from './ask-engine.ts';
import { type Account, resolveAccount } from './account.ts';
import { cloneRepo } from './clone-repo.ts';
import { createContainer } from './create-container.ts';
import type { DockerSide } from './docker-side.ts';
import { ensureImage } from './ensure-image.ts';
import type { Owner } from './own-names.ts';
import { findContainer } from './read-workstation.ts';
import { type Repo, resolveRepo } from './resolve-repo.ts';
import { startContainer } from './start-container.ts';

export interface MakeRequest {
  owner: Owner;
  name: string;
  signal: AbortSignal;
  say(text: string): void;
}

/** Makes a workstation, starts it and has the repo there; one that is there already is left as it is. */
export async function makeOnEngine(side: DockerSide, request: MakeRequest): Promise<void> {
  const { owner, name, signal, say } = request;
  const engine = await side.engine();
  if (await findContainer({ engine, owner, name }, signal)) return;
  const { account, repo } = await planRepo(side, signal);
  const { image: named, build } = side.options;
  const image = await ensureImage({ engine, image: named, build, signal, say });
  sayRepo(repo, say);
  const { reference, environment } = image;
  const wanted = { owner, name, image: reference, account, repo, environment };
  const container = await createContainer({ ...wanted, engine, keys: side.keys, signal });
  if (!container) return;
  await startContainer({ engine, id: container.id, name, signal });
  if (repo.kind !== 'clone') return;
  const { failure } = await cloneRepo({ ...repo, engine, id: container.id, account, signal });
  if (failure === undefined) return;
  const command = `devservices workstations ssh ${name} -- git clone ${repo.url} ${repo.folder}`;
  side.log.warn(`${repo.url} could not be cloned in ${name}: ${failure}`);
  side.log.warn(`${name} is there all the same; clone it yourself: \`${command}\``);
}

/** Who logs in, and how the repo gets there. */
export async function planRepo(
  { engine, route, options, root, caller, $ }: DockerSide,
  signal: AbortSignal,
): Promise<{ account: Account; repo: Repo }> {
  const [client, way] = await Promise.all([engine(), route()]);
  const info = await askEngine({ doing: 'say what it is', signal }, () => client.info());
  const { SecurityOptions = [] } = (info ?? {}) as { SecurityOptions?: readonly string[] };
  const isRootless = SecurityOptions.some((option) => /^name=rootless\b/.test(option));
  const account = resolveAccount({ asked: options.user, caller: caller(), isRootless });
  const { home } = account;
  const repo = await resolveRepo({ $, root, asked: options.repo, route: way, home, signal });
  return { account, repo };
}

function sayRepo(repo: Repo, say: (text: string) => void): void {
  if (repo.kind === 'mount') say(`${repo.source} is mounted at ${repo.folder}`);
  if (repo.kind === 'clone') say(`${repo.url} is cloned to ${repo.folder}`);
  if (repo.kind === 'none' && repo.reason !== undefined) {
    say(`The repo is not there, as nothing says where it could be cloned from (${repo.reason})`);
  }
}
