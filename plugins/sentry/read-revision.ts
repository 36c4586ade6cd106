import { readFile } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';

/**
 * The commit that is checked out in the repo of a folder, read from git's own files without a process;
 * undefined where there is none. Never rejects.
 */
export async function readRevision(folder: string): Promise<string | undefined> {
  const place = await findGit(folder);
  if (place === undefined) return undefined;
  const { own, common } = place;
  let name = (await readText(join(own, 'HEAD'))) ?? '';
  // A ref may stand for another; none does so often.
  for (let step = 0; step < 5; step += 1) {
    if (isCommit(name)) return name;
    const ref = /^ref: (refs\/\S+)$/.exec(name)?.[1];
    if (ref === undefined || ref.split('/').includes('..')) return undefined;
    name =
      (await readText(join(own, ref))) ??
      (await readText(join(common, ref))) ??
      (await readPacked(common, ref)) ??
      '';
  }
  return undefined;
}

interface GitPlace {
  /** Of this work tree alone: HEAD. */
  own: string;
  /** Of all work trees: branches. */
  common: string;
}

async function findGit(folder: string): Promise<GitPlace | undefined> {
  const git = join(folder, '.git');
  if ((await readText(join(git, 'HEAD'))) !== undefined) return { own: git, common: git };
  // Of a further work tree or a submodule it is a file that says where.
  const elsewhere = /^gitdir: (.+)$/.exec((await readText(git)) ?? '')?.[1];
  if (elsewhere !== undefined) {
    const own = resolve(folder, elsewhere);
    const common = await readText(join(own, 'commondir'));
    return { own, common: common === undefined ? own : resolve(own, common) };
  }
  const parent = dirname(folder);
  return parent === folder ? undefined : findGit(parent);
}

async function readPacked(common: string, ref: string): Promise<string | undefined> {
  const lines = ((await readText(join(common, 'packed-refs'))) ?? '').split('\n');
  return lines.find((line) => line.endsWith(` ${ref}`))?.split(' ')[0];
}

const isCommit = (text: string): boolean => /^(?:[0-9a-f]{40}|[0-9a-f]{64})$/.test(text);

async function readText(file: string): Promise<string | undefined> {
  return readFile(file, 'utf8').then(
    (text) => text.trim(),
    () => undefined,
  );
}
