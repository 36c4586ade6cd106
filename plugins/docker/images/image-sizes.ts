import { randomBytes } from 'node:crypto';
import { mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { isRecord } from '../engine/docker-config.ts';
import { resolveFullName } from './image-reference.ts';

/** How large images are, as earlier runs saw: for "about 120 MB" where no registry may be asked. */
export interface ImageSizes {
  /** Bytes to fetch, else bytes on disk; undefined for what was never seen. */
  of(image: string): number | undefined;
  note(image: string, seen: Size): void;
}

interface Size {
  /** Bytes that a pull fetched. */
  fetched?: number;
  /** Bytes that it takes on disk. */
  held?: number;
}

const most = 500;

/** Sizes in a file of that folder; what can not be read or written is not known. */
export function createImageSizes(folder: string): ImageSizes {
  const path = join(folder, 'image-sizes.json');
  return {
    of(image) {
      const { fetched, held } = load(path)[resolveFullName(image)] ?? {};
      return fetched ?? held;
    },
    note(image, seen) {
      const sizes = load(path);
      const name = resolveFullName(image);
      const before = sizes[name] ?? {};
      // Layers that were here already are not fetched: the largest pull was the whole image.
      const fetched = Math.max(before.fetched ?? 0, seen.fetched ?? 0);
      const after: Size = { ...before, ...seen, ...(fetched > 0 ? { fetched } : {}) };
      if (before.fetched === after.fetched && before.held === after.held) return;
      delete sizes[name];
      const kept = Object.entries({ ...sizes, [name]: after }).slice(-most);
      save({ folder, path }, JSON.stringify({ v: 1, sizes: Object.fromEntries(kept) }));
    },
  };
}

function load(path: string): Record<string, Size> {
  try {
    const found: unknown = JSON.parse(readFileSync(path, 'utf8'));
    const sizes = isRecord(found) && found['v'] === 1 ? found['sizes'] : undefined;
    if (!isRecord(sizes)) return {};
    return Object.fromEntries(
      Object.entries(sizes).flatMap(([name, size]) =>
        isRecord(size) ? [[name, readSize(size)]] : [],
      ),
    );
  } catch {
    return {};
  }
}

function readSize({ fetched, held }: Record<string, unknown>): Size {
  return {
    ...(typeof fetched === 'number' ? { fetched } : {}),
    ...(typeof held === 'number' ? { held } : {}),
  };
}

// In one step, so that another process reads the old ones or the new ones.
function save({ folder, path }: { folder: string; path: string }, text: string): void {
  const prepared = `${path}.${randomBytes(6).toString('hex')}.tmp`;
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    writeFileSync(prepared, text, { mode: 0o600, flag: 'wx' });
    renameSync(prepared, path);
  } catch {
    drop(prepared);
  }
}

function drop(path: string): void {
  try {
    rmSync(path, { force: true });
  } catch {
    // Where the folder is none, there is no file either.
  }
}
