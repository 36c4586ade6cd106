import { type FSWatcher, readdirSync, statSync, watch } from 'node:fs';
import { join, relative } from 'node:path';
import { type Clock, reasonOf } from 'devservices/machine';
import { compileGlobs } from './compile-globs.ts';

/** Files that are watched. */
export interface FileWatch {
  close(): void;
}

export interface FileWatchOptions {
  /** Globs are relative to it. */
  cwd: string;
  /** One that begins with `!` takes out what the others match. */
  globs: readonly string[];
  clock: Clock;
  /** Called when so long nothing more changed. Default 100. */
  quietMs?: number;
  onChange(): void;
  /** Told what cannot be watched; all else is. */
  onTrouble(text: string): void;
}

/**
 * Watches files, from its return on: folders one by one, since the system's own recursion goes through
 * node_modules as well. What is in `node_modules` and `.git` never counts; links to folders are not
 * followed.
 */
export async function watchFiles(options: FileWatchOptions): Promise<FileWatch> {
  const { cwd, clock, quietMs = 100 } = options;
  const globs = await compileGlobs(options);
  const folders = new Map<string, FSWatcher>();
  let quiet = new AbortController();
  let isClosed = false;

  const saw = (): void => {
    quiet.abort();
    quiet = new AbortController();
    clock.sleep(quietMs, quiet.signal).then(
      () => options.onChange(),
      () => {},
    );
  };
  const isThere = (path: string): boolean => {
    try {
      return statSync(path).isDirectory();
    } catch {
      return false;
    }
  };
  const look = (folder: string, name: string | null): void => {
    if (isClosed) return;
    // Unnamed: it may have been any of them.
    if (name === null) return saw();
    const path = join(folder, name);
    if (globs.matches(relative(cwd, path))) saw();
    if (!globs.mayHold(path)) return;
    if (isThere(path)) {
      if (open(path) > 0) saw();
    } else if (folders.has(path)) {
      shut(path);
      saw();
    }
  };
  /** How many files in it are watched that were not before. */
  const open = (folder: string): number => {
    if (folders.has(folder)) return 0;
    try {
      const watcher = watch(folder, (_, name) => look(folder, name));
      watcher.on('error', (error) => tell(folder, error));
      folders.set(folder, watcher);
      // After the watch began: what comes between the two is seen twice rather than never.
      let count = 0;
      for (const entry of readdirSync(folder, { withFileTypes: true })) {
        const path = join(folder, entry.name);
        if (globs.matches(relative(cwd, path))) count += 1;
        if (entry.isDirectory() && globs.mayHold(path)) count += open(path);
      }
      return count;
    } catch (error) {
      tell(folder, error);
      return 0;
    }
  };
  const shut = (folder: string): void => {
    for (const [path, watcher] of folders) {
      if (path !== folder && !path.startsWith(`${folder}/`)) continue;
      watcher.close();
      folders.delete(path);
    }
  };
  const tell = (folder: string, error: unknown): void => {
    // A folder that was removed is no trouble.
    if (isThere(folder)) options.onTrouble(`${folder} cannot be watched: ${reasonOf(error)}`);
  };

  for (const root of globs.roots) open(root);
  return {
    close() {
      isClosed = true;
      quiet.abort();
      for (const watcher of folders.values()) watcher.close();
      folders.clear();
    },
  };
}
