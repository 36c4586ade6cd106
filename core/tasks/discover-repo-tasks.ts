import { readdirSync } from 'node:fs';
import { basename, join } from 'node:path';
import { isBuiltInFile } from './built-in.ts';
import type { FoundTask } from './discover-config-tasks.ts';
import type { MetadataCache } from './metadata-cache.ts';
import { readText } from './read-text.ts';
import { extractTaskMetadata } from './task-metadata.ts';

/** The tasks that files of the repo's `tasks` folder export, read without running them. */
export async function discoverRepoTasks(root: string, cache: MetadataCache): Promise<FoundTask[]> {
  const found = await Promise.all(
    taskFilesIn(join(root, 'tasks')).map(async (file) => {
      const text = readText(file);
      const read = () => extractTaskMetadata(text, file);
      const task = await cache.recall(`task:${basename(file)}`, text, read);
      return task === undefined ? [] : [{ file, task }];
    }),
  );
  return found.flat();
}

function taskFilesIn(folder: string): string[] {
  try {
    return readdirSync(folder)
      .filter((name) => /^[^._].*\.(ts|mts|js|mjs)$/.test(name))
      .filter((name) => !/\.(d|test|spec)\.m?[tj]s$/.test(name))
      .toSorted()
      .map((name) => join(folder, name))
      .filter((file) => !isBuiltInFile(file));
  } catch {
    return [];
  }
}
