import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';

import Docker from 'dockerode';

import { baseRecipe, buildBaseImage } from './base-image.ts';
import { buildImage } from './build-image.ts';
import { withFolderLock } from './folder-lock.ts';
import { runFolder } from './places.ts';
import { say } from './say.ts';

/** Names of the images that the rig builds; none is a name that a registry has. */
export const testImages = {
  /** PostgreSQL 15, with the official image's variables, volume, port and stop signal. */
  postgres: 'devservices-test/postgres:15',
  /** Redis 7, with the official image's port, volume and defaults. */
  redis: 'devservices-test/redis:7',
  /** No entrypoint, `sh` by default; busybox, nc, curl, python3 for scripted containers. */
  tools: 'devservices-test/tools:1',
  /** The same with sshd, git and sudo, and without host keys of its own. */
  workstation: 'devservices-test/workstation:1',
} as const;

export type TestImages = typeof testImages;

const baseTag = 'devservices-test/base:1';
const stampLabel = 'devservices-test.stamp';
const imagesFolder = join(import.meta.dirname, '../images');

/** The files of each image, its Dockerfile first. */
const sources: Readonly<Record<keyof TestImages, readonly string[]>> = {
  postgres: ['Dockerfile', 'entrypoint.sh'],
  redis: ['Dockerfile', 'entrypoint.sh'],
  tools: ['Dockerfile'],
  workstation: ['Dockerfile'],
};

/** Builds those images that the engine has not, or has from another recipe. */
export async function ensureTestImages(socketPath: string): Promise<TestImages> {
  const engine = new Docker({ socketPath });
  if ((await findOutdated(engine)).length === 0) return testImages;
  const lock = join(runFolder(), 'images.lock');
  await withFolderLock(lock, () => buildOutdated(engine), sayWaiting);
  return testImages;
}

function sayWaiting({ pid }: { pid: number }): void {
  say(`waiting for process ${pid}, which builds images`);
}

async function buildOutdated(engine: Docker): Promise<void> {
  for (const recipe of await findOutdated(engine)) {
    say(`building ${recipe.tag}`);
    try {
      await build(engine, recipe);
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      throw new Error(`The test image ${recipe.tag} can not be built: ${reason}`, { cause: error });
    }
  }
  // Images that lost their name to a newer build; one that a container still uses stays.
  const filters = { dangling: ['true'], label: [stampLabel] };
  await engine.pruneImages({ filters: JSON.stringify(filters) });
}

function build(engine: Docker, { name, tag, stamp }: Recipe): Promise<void> {
  const labels = { [stampLabel]: stamp };
  if (name === 'base') return buildBaseImage(engine, { tag, labels });
  const [dockerfile = '', ...files] = sources[name];
  return buildImage(engine, { tag, labels, dockerfile, files, folder: join(imagesFolder, name) });
}

export interface Recipe {
  name: keyof TestImages | 'base';
  tag: string;
  /** Changes whenever the image would come out otherwise. */
  stamp: string;
}

/** What is to be built, in an order in which it can be. */
export async function findOutdated(engine: Docker): Promise<Recipe[]> {
  const filters = JSON.stringify({ label: [stampLabel] });
  const present = await engine.listImages({ filters });
  const stamps = new Map(
    present.flatMap((image) =>
      // Podman names what no registry has after the registry `localhost`.
      (image.RepoTags ?? []).map(
        (tag) => [tag.replace(/^localhost\//, ''), image.Labels?.[stampLabel]] as const,
      ),
    ),
  );
  return (await readRecipes()).filter(({ tag, stamp }) => stamps.get(tag) !== stamp);
}

async function readRecipes(): Promise<Recipe[]> {
  const baseFile = await readFile(join(imagesFolder, 'base.Dockerfile'), 'utf8');
  const base = hash([baseFile, ...baseRecipe]);
  const names = Object.keys(testImages) as (keyof TestImages)[];
  const recipes = names.map(async (name) => {
    const read = (file: string): Promise<string> =>
      readFile(join(imagesFolder, name, file), 'utf8');
    const texts = await Promise.all(sources[name].map(read));
    return { name, tag: testImages[name], stamp: hash([base, ...texts]) };
  });
  return [{ name: 'base', tag: baseTag, stamp: base }, ...(await Promise.all(recipes))];
}

function hash(texts: readonly string[]): string {
  return createHash('sha256').update(JSON.stringify(texts)).digest('hex').slice(0, 16);
}
