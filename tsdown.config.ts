import { defineConfig, type UserConfig } from 'tsdown';
import { bundledPackages } from './build/dependencies.ts';
import { finishPackage } from './build/finish-package.ts';
import { groupChunks } from './build/group-chunks.ts';
import { keepCompiled } from './build/keep-compiled.ts';
import { leaveOut } from './build/leave-out.ts';
import { listEntries } from './build/list-entries.ts';
import { resolveOwnName } from './build/resolve-own-name.ts';
import { writeLicenses } from './build/write-licenses.ts';

const { supervisor, ...entries } = listEntries();

const common: UserConfig = {
  format: 'esm',
  platform: 'node',
  target: 'node20.19',
  hash: false,
  dts: false,
  report: false,
};

export default defineConfig([
  {
    ...common,
    entry: entries,
    deps: { alwaysBundle: bundledPackages.map(anyModuleOf), onlyBundle: false },
    // Modules of one chunk import one another on demand as well.
    checks: { ineffectiveDynamicImport: false },
    plugins: [resolveOwnName(), leaveOut(), writeLicenses(), keepCompiled()],
    outputOptions: {
      chunkFileNames: 'chunks/[name].mjs',
      comments: { legal: false, annotation: true, jsdoc: false },
      codeSplitting: { groups: groupChunks },
    },
    hooks: { 'build:done': ({ options, chunks }) => finishPackage(options.outDir, chunks) },
  },
  {
    // A program of its own, which stays for days: it shares no chunk, and so has nothing in memory that
    // it does not use.
    ...common,
    entry: { supervisor: supervisor as string },
    clean: false,
    checks: { ineffectiveDynamicImport: false },
    plugins: [resolveOwnName()],
    outputOptions: {
      comments: { legal: false, annotation: true, jsdoc: false },
      codeSplitting: false,
    },
  },
]);

function anyModuleOf(name: string): RegExp {
  return new RegExp(`^${name}(/|$)`);
}
