import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { runOrThrow } from '../test/rig/engine/run-command.ts';
import type { PackedCheckout } from '../test/rig/packed-checkout.ts';
import { assertDone } from './assert-done.ts';
import { type Contestant, measureInTurns } from './measure.ts';
import { createRow, type Row } from './row.ts';

const repo = resolve(import.meta.dirname, '..');

/** What stands against everything that starts: Node, doing nothing. */
export const bareNode: Contestant = {
  name: 'node -e 0',
  run: () => runOrThrow(process.execPath, ['-e', '0']),
};

/** Files of the published package that a run of a task imports, in turn. */
const ownFiles = [
  'index.mjs',
  'chunks/edge.mjs',
  'chunks/kernel.mjs',
  'chunks/vendor.mjs',
  'plugins/docker.mjs',
  'tasks/up.mjs',
  // On demand: by tasks that look at services, or change them; where a container runs; when one is created.
  'chunks/acting.mjs',
  'chunks/engine-side.mjs',
  'chunks/docker.mjs',
];

/** Packages as they cost from their own folders: what bundling saves, and what is kept for later. */
const packages = [
  'zod',
  'tapable',
  'cosmiconfig/dist/Explorer.js',
  'dockerode',
  'zx/core',
  'yaml',
  '@babel/parser',
  'esbuild',
  'kysely',
  'libsql',
  'pg',
];

/** What it costs to say something of the package, and to import each part of it by itself. */
export async function measureStartUp(checkout: PackedCheckout, runs: number): Promise<Row[]> {
  const folder = join(checkout.root, 'node_modules/devservices');
  const subjects = [
    ...['--version', '--help'].map((flag) => ({
      name: `devservices ${flag}`,
      run: async () => assertDone(await checkout.bin([flag])),
    })),
    ...ownFiles.map((file) =>
      importing(`import of our ${file}`, pathToFileURL(join(folder, file)).href),
    ),
    ...packages.map((name) => importing(`import of ${name}`, name)),
  ];
  const times = await measureInTurns([bareNode, ...subjects], { runs });
  return subjects.map(({ name }) => createRow(times, { subject: name, peer: bareNode.name }));
}

function importing(name: string, specifier: string): Contestant {
  const script = `import ${JSON.stringify(specifier)}`;
  const run = () =>
    runOrThrow(process.execPath, ['--input-type=module', '-e', script], { cwd: repo });
  return { name, run };
}
