import { defineConfig } from 'tsdown';
import { bundledPackages } from './build/dependencies.ts';
import { finishPackage } from './build/finish-package.ts';
import { groupChunks } from './build/group-chunks.ts';
import { leaveOut } from './build/leave-out.ts';
import { listEntries } from './build/list-entries.ts';
import { resolveOwnName } from './build/resolve-own-name.ts';
import { writeLicenses } from './build/write-licenses.ts';

export default defineConfig({
  entry: listEntries(),
  format: 'esm',
  platform: 'node',
  target: 'node20.19',
  hash: false,
  dts: false,
  report: false,
  deps: { alwaysBundle: bundledPackages.map(anyModuleOf), onlyBundle: false },
  // Modules of one chunk import one another on demand as well.
  checks: { ineffectiveDynamicImport: false },
  plugins: [resolveOwnName(), leaveOut(), writeLicenses()],
  outputOptions: {
    chunkFileNames: 'chunks/[name].mjs',
    comments: { legal: false, annotation: true, jsdoc: false },
    codeSplitting: { groups: groupChunks },
  },
  hooks: { 'build:done': ({ options, chunks }) => finishPackage(options.outDir, chunks) },
});

function anyModuleOf(name: string): RegExp {
  return new RegExp(`^${name}(/|$)`);
}
