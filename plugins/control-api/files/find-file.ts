import { realpath, stat } from 'node:fs/promises';
import { join, relative, sep } from 'node:path';
import type { BigIntStats } from 'node:fs';

export interface FoundFile {
  /** No part of it is a link. */
  readonly path: string;
  readonly stats: BigIntStats;
}

/** The file that the words of an address stand for, or undefined where it is none that may be seen. */
export async function findFile(
  folder: string,
  words: readonly string[],
): Promise<FoundFile | undefined> {
  const names = words.map(decode);
  if (!names.every(isPlain)) return undefined;
  try {
    const root = await realpath(folder);
    const path = await realpath(join(root, ...names));
    // A link may lead anywhere: out of the folder, or to what has a dot.
    if (!relative(root, path).split(sep).every(isPlain)) return undefined;
    const stats = await stat(path, { bigint: true });
    return stats.isFile() ? { path, stats } : undefined;
  } catch {
    return undefined;
  }
}

function decode(word: string): string {
  try {
    return decodeURIComponent(word);
  } catch {
    return '';
  }
}

function isPlain(name: string): boolean {
  // A colon is another stream of the file, or a drive, on Windows.
  return name !== '' && !name.startsWith('.') && !/[/\\:\0]/.test(name);
}
