import { basename } from 'node:path';
import type { MetadataCache } from './metadata-cache.ts';
import { readText } from './read-text.ts';
import { describeConfigTasks, extractConfigTasks, type TaskMetadata } from './task-metadata.ts';

/** A task, and the file that writes it out. */
export interface FoundTask {
  readonly file: string;
  readonly task: TaskMetadata;
}

/** The tasks that configuration files write out; later files win. Nothing of them is run. */
export async function discoverConfigTasks(
  files: readonly string[],
  cache: MetadataCache,
): Promise<FoundTask[]> {
  const found = await Promise.all(
    files.map(async (file) => {
      const text = readText(file);
      const read = () => readConfigTasks(text, basename(file));
      const tasks = await cache.recall(`config:${basename(file)}`, text, read);
      return tasks.map((task) => ({ file, task }));
    }),
  );
  return found.flat();
}

async function readConfigTasks(text: string, name: string): Promise<TaskMetadata[]> {
  try {
    if (name === 'package.json') {
      const content = JSON.parse(text) as { devservices?: unknown };
      return describeConfigTasks(content.devservices);
    }
    if (name.endsWith('.json')) return describeConfigTasks(JSON.parse(text));
    if (/\.ya?ml$/.test(name)) return describeConfigTasks((await import('yaml')).parse(text));
    return await extractConfigTasks(text);
  } catch {
    // A malformed configuration is named when it is loaded; a listing does without it.
    return [];
  }
}
