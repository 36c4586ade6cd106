import { isBuiltin } from 'node:module';
import { copyFileSync, readFileSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import type { Rolldown } from 'tsdown';
import { extractTaskMetadata } from '../core/tasks/task-metadata.ts';
import { emitDeclarations } from './emit-declarations.ts';
import { listEntries } from './list-entries.ts';
import { makePackage } from './make-package.ts';
import { root } from './read-root-package.ts';

/** Makes a package of what was bundled into a folder: declarations, metadata of tasks, package.json. */
export async function finishPackage(
  outDir: string,
  outputs: readonly (Rolldown.OutputChunk | Rolldown.OutputAsset)[],
): Promise<void> {
  const entries = listEntries();
  const { mentioned } = emitDeclarations(Object.values(entries), join(outDir, 'types'));
  writeJson(join(outDir, 'tasks.json'), await describeTasks(entries));
  writeJson(
    join(outDir, 'package.json'),
    makePackage({ mentioned, imported: importedPackages(outputs) }),
  );
  for (const file of ['LICENSE', 'README.md', 'CHANGELOG.md']) {
    copyFileSync(join(root, file), join(outDir, file));
  }
}

// What help and completions would otherwise read out of sources, which are not published.
async function describeTasks(entries: Readonly<Record<string, string>>): Promise<unknown[]> {
  const files = Object.entries(entries).flatMap(([name, file]) =>
    name.startsWith('tasks/') ? [file] : [],
  );
  return Promise.all(
    files.map(async (file) => {
      const metadata = await extractTaskMetadata(readFileSync(file, 'utf8'), file);
      if (metadata === undefined) throw new Error(`${basename(file)} exports no task.`);
      return metadata;
    }),
  );
}

function importedPackages(
  outputs: readonly (Rolldown.OutputChunk | Rolldown.OutputAsset)[],
): string[] {
  const chunks = outputs.filter((output) => output.type === 'chunk');
  const own = new Set(chunks.map(({ fileName }) => fileName));
  const specifiers = chunks.flatMap(({ imports, dynamicImports }) => [
    ...imports,
    ...dynamicImports,
  ]);
  const foreign = specifiers.filter((name) => !own.has(name) && !isBuiltin(name));
  return foreign.map((name) => /^(?:@[^/]+\/)?[^/]+/.exec(name)?.[0] ?? name);
}

function writeJson(file: string, value: unknown): void {
  writeFileSync(file, `${JSON.stringify(value, null, 2)}\n`);
}
