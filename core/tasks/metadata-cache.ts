import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { ensurePrivateFolder } from '../identity/private-folder.ts';
import { loadStateFile, parseObject, replaceStateFile } from '../identity/state-file.ts';

/** Remembers by content what was read from files, so that a listing parses a file once. */
export interface MetadataCache {
  /** What `read` gave for this text once, or gives now; JSON. */
  recall<T>(kind: string, text: string, read: () => Promise<T>): Promise<T>;
  /** Puts a value under a key of its own, for what no text tells. */
  put(kind: string, key: string, value: unknown): void;
  get(kind: string, key: string): unknown;
  /** Writes what is new. A cache that cannot be written is no failure. */
  save(): void;
}

// Raised when what is extracted changes.
const version = 3;
const maxEntries = 500;

/** Opens the cache in that folder; a missing or damaged one is empty. */
export function openMetadataCache(folder: string): MetadataCache {
  const path = join(folder, 'task-metadata.json');
  const entries = new Map(loadEntries(path));
  const added = new Map<string, unknown>();
  const look = (id: string) => (added.has(id) ? added.get(id) : entries.get(id));
  return {
    async recall<T>(kind: string, text: string, read: () => Promise<T>): Promise<T> {
      const id = idOf(kind, text);
      const known = look(id);
      if (known !== undefined) return (known as { value: T }).value;
      const value = await read();
      added.set(id, { value });
      return value;
    },
    put(kind, key, value) {
      const id = idOf(kind, key);
      if (JSON.stringify(look(id)) !== JSON.stringify({ value })) added.set(id, { value });
    },
    get(kind, key) {
      return (look(idOf(kind, key)) as { value?: unknown } | undefined)?.value;
    },
    save() {
      if (added.size === 0) return;
      const kept = [...entries].filter(([id]) => !added.has(id));
      try {
        ensurePrivateFolder(folder);
        const all = [...kept, ...added].slice(-maxEntries);
        replaceStateFile(path, JSON.stringify({ version, entries: Object.fromEntries(all) }));
      } catch {
        // The next listing parses again.
      }
    },
  };
}

function loadEntries(path: string): [string, unknown][] {
  try {
    const stored = parseObject(loadStateFile(path) ?? '');
    return stored?.['version'] === version ? Object.entries(stored['entries'] ?? {}) : [];
  } catch {
    return [];
  }
}

function idOf(kind: string, text: string): string {
  return createHash('sha256').update(`${kind}\0${text}`).digest('hex').slice(0, 32);
}
