import { createReadStream } from 'node:fs';
import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';

import type Docker from 'dockerode';

import { canBootstrapDebian } from './install-packages.ts';
import { findDebianMirrors } from './debian-mirrors.ts';
import { buildImage, finish } from './build-image.ts';
import { cacheFolder } from './places.ts';
import { runOrThrow } from './run-command.ts';
import { say } from './say.ts';

/** What the images need; kept in one base so that Debian's packages are fetched once. */
const basePackages = 'postgresql-15 redis-server netcat-openbsd busybox curl python3-minimal'.split(
  ' ',
);

/** Left out of the base: documentation, and the compiler that postgres uses for slow queries only. */
const excludedPaths = [
  '/usr/share/doc/*',
  '/usr/share/man/*',
  '/usr/share/info/*',
  '/usr/share/locale/*',
  '/usr/share/i18n/*',
  '/usr/lib/*/gconv/*',
  '/usr/lib/*/libLLVM*',
  '/usr/lib/*/libz3*',
  '/usr/lib/postgresql/*/lib/bitcode/*',
  '/usr/lib/postgresql/*/lib/llvmjit*',
];

/** Keeps the package from making a database cluster that nobody uses; `$1` is the root folder. */
const withoutCluster = `mkdir -p "$1/etc/postgresql-common" &&
  echo 'create_main_cluster = false' > "$1/etc/postgresql-common/createcluster.conf"`;

/** Everything that decides what comes out, for the build stamp. */
export const baseRecipe: readonly string[] = [...basePackages, ...excludedPaths, withoutCluster];

export interface BaseImage {
  tag: string;
  labels: Readonly<Record<string, string>>;
}

/** Makes the base image: from Debian's packages where this machine can, else by an image build. */
export async function buildBaseImage(engine: Docker, image: BaseImage): Promise<void> {
  if (!(await canBootstrapDebian())) {
    await buildImage(engine, {
      ...image,
      folder: join(import.meta.dirname, '../images'),
      dockerfile: 'base.Dockerfile',
      files: [],
      buildArgs: { PACKAGES: basePackages.join(' ') },
    });
    return;
  }
  const folder = cacheFolder('base-image');
  await mkdir(folder, { recursive: true });
  const archive = join(folder, `${process.pid}.tar`);
  try {
    await bootstrap(archive);
    say(`importing ${image.tag}`);
    const [repo = '', tag = ''] = image.tag.split(':');
    const labels = Object.entries(image.labels).map(([name, value]) => `"${name}"="${value}"`);
    const options = { repo, tag, changes: `LABEL ${labels.join(' ')}` };
    await finish(engine, await engine.importImage(createReadStream(archive), options));
  } finally {
    await rm(archive, { force: true });
  }
}

async function bootstrap(archive: string): Promise<void> {
  const { main, security } = await findDebianMirrors();
  say('putting the base image together from Debian packages (about half a minute)');
  await runOrThrow('mmdebstrap', [
    '--variant=minbase',
    '--format=tar',
    `--include=${basePackages.join(',')}`,
    '--aptopt=Apt::Install-Recommends "false"',
    '--aptopt=Acquire::Languages "none"',
    '--dpkgopt=force-unsafe-io',
    '--dpkgopt=force-confold',
    ...excludedPaths.map((path) => `--dpkgopt=path-exclude=${path}`),
    `--essential-hook=${withoutCluster}`,
    'bookworm',
    archive,
    `deb ${main} bookworm main`,
    ...(security ? [`deb ${security} bookworm-security main`] : []),
  ]);
}
